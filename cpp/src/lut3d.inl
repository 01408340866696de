// A 3D table over blocks of planar floats.

static void lut3d_block(const Lut3d::Table& lut, Interpolation interpolation,
                        OutOfRange out_of_range, const Block& from, int n, Block& to) {
  (void)interpolation;
  for (int i = 0; i < n; ++i) {
    const float v[3] = {from.x[i], from.y[i], from.z[i]};
    float f[3];
    std::int64_t node = 0;
    for (int c = 0; c < 3; ++c) {
      float t = (v[c] - lut.low[c]) * lut.scale[c];
      if (out_of_range == OutOfRange::clamp) t = pixel::clamp(t, 0.0f, 1.0f);
      const pixel::LutStep step = pixel::lut_step(t, lut.size[c] - 1);
      node = node * lut.size[c] + step.index;
      f[c] = step.fraction;
    }
    float w[8];
    if (interpolation == Interpolation::trilinear) {
      pixel::trilinear_weights(f[0], f[1], f[2], w);
    } else {
      const pixel::LutWalk walk = pixel::tetrahedral_walk(f[0], f[1], f[2]);
      for (int j = 0; j < 8; ++j) w[j] = 0.0f;
      w[0] = walk.w[0], w[walk.second] = walk.w[1], w[walk.third] = walk.w[2], w[7] = walk.w[3];
    }
    float sum[3] = {0, 0, 0};
    for (int j = 0; j < 8; ++j) {
      const std::int64_t at =
          node + ((j >> 2) * lut.size[1] + ((j >> 1) & 1)) * lut.size[2] + (j & 1);
      for (int c = 0; c < 3; ++c) sum[c] += w[j] * lut.nodes[at * 4 + c];
    }
    to.x[i] = sum[0], to.y[i] = sum[1], to.z[i] = sum[2];
  }
}

static void lut3d_rows(const ImageView& image, const MaskView& mask, float strength,
                       const Lut3d::Table& lut, Interpolation interpolation,
                       OutOfRange out_of_range, const MutableImageView& out, std::int64_t begin,
                       std::int64_t end) {
  Block old, fresh;
  Weights weights;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      if (load_mask(mask, y, x, n, strength, weights) == Cover::none) {
        copy(image, out, y, x, n);
        continue;
      }
      load(image, y, x, n, old);
      lut3d_block(lut, interpolation, out_of_range, old, padded(n), fresh);
      store_blend_unbounded(fresh, old, weights, out, y, x, n);
      copy_alpha(image, out, y, x, n);
    }
  }
}
