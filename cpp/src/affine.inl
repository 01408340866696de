// RGB -> space -> affine map -> RGB -> blend, a block at a time. Blocks the mask leaves out are
// copied.

static void map_block(Block& __restrict block, const float* __restrict m, int n) {
  const float a = m[0], b = m[1], c = m[2], d = m[3], e = m[4], f = m[5], g = m[6], h = m[7],
              k = m[8];
  const float ox = m[9], oy = m[10], oz = m[11];
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const float x = block.x[i], y = block.y[i], z = block.z[i];
    block.x[i] = a * x + b * y + c * z + ox;
    block.y[i] = d * x + e * y + f * z + oy;
    block.z[i] = g * x + h * y + k * z + oz;
  }
}

static void affine_rows(const ImageView& image, const MaskView& mask, float strength, Space space,
                        const float* map, const MutableImageView& out, std::int64_t begin,
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
      fresh = old;
      from_rgb(space, fresh, padded(n));
      map_block(fresh, map, padded(n));
      to_rgb(space, fresh, padded(n));
      store_blend(fresh, old, weights, out, y, x, n);
      copy_alpha(image, out, y, x, n);
    }
  }
}
