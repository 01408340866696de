// Sums of one region of one group of rows. They are taken about a centre, the first pixel of the
// region, so that float32 keeps the small variance of an almost constant region:
//   sums[0] weight; [1..3] w x, w y, w z; [4..9] w xx, w xy, w xz, w yy, w yz, w zz   (x - centre,
//   ...)
// Lane j of 16 holds pixels j, j + 16, ...: the order of every addition is fixed. A lane adds 16
// floats a block, then goes over to double.

static void add_block(const Block& __restrict block, const float* __restrict weight, Span span,
                      RegionSums& __restrict sums) {
  const float cx = sums.centre[0], cy = sums.centre[1], cz = sums.centre[2];
  for (int first = 0; first < kLanes; first += kVectorFloats) {
    float s[10][kVectorFloats] = {};
    for (int i = span.begin + first; i < span.end; i += kLanes) {
      for (int j = 0; j < kVectorFloats; ++j) {
        const float w = weight[i + j];
        const float x = block.x[i + j] - cx, y = block.y[i + j] - cy, z = block.z[i + j] - cz;
        const float wx = w * x, wy = w * y, wz = w * z;
        s[0][j] += w;
        s[1][j] += wx;
        s[2][j] += wy;
        s[3][j] += wz;
        s[4][j] += wx * x;
        s[5][j] += wx * y;
        s[6][j] += wx * z;
        s[7][j] += wy * y;
        s[8][j] += wy * z;
        s[9][j] += wz * z;
      }
    }
    for (int k = 0; k < 10; ++k) {
      for (int j = 0; j < kVectorFloats; ++j) sums.lanes[k][first + j] += s[k][j];
    }
  }
}

// Only what lies between the first and the last pixel with weight; the rest would add zeros.
static void add_region(const Block& block, const Weights& weights, int n, RegionSums& sums) {
  const float* const weight = weights.w;
  const Span span = reached(weights, n);
  if (span.begin >= span.end) return;
  if (!sums.has_centre) {
    for (int i = span.begin; i < n && !sums.has_centre; ++i) {
      if (weight[i] > 0.0f) {
        sums.centre[0] = block.x[i];
        sums.centre[1] = block.y[i];
        sums.centre[2] = block.z[i];
        sums.has_centre = true;
      }
    }
    if (!sums.has_centre) return;
  }
  add_block(block, weight, {span.begin, padded(span.end)}, sums);
}

static void drop_black(const Block& __restrict rgb, int n, float* __restrict presence) {
  for (int i = 0; i < n; ++i) {
    presence[i] = pixel::is_black({rgb.x[i], rgb.y[i], rgb.z[i]}) ? 0.0f : presence[i];
  }
}

static void split(const float* __restrict presence, const float* __restrict mask, int n,
                  float* __restrict inside, float* __restrict outside) {
  for (int i = 0; i < n; ++i) {
    inside[i] = mask[i] * presence[i];
    outside[i] = presence[i] - inside[i];
  }
}

static void moments_of_rows(const ImageView& image, const MaskView& mask, Space space,
                            std::int64_t begin, std::int64_t end, RegionSums& inside,
                            RegionSums& outside) {
  const bool logarithmic = space == Space::log_lms || space == Space::lalphabeta;
  Block block;
  Weights weights, presence, in, out;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      const Cover cover = load_mask(mask, y, x, n, 1.0f, weights);
      load(image, y, x, n, block);
      for (int i = 0; i < padded(n); ++i) presence.w[i] = i < n ? 1.0f : 0.0f;
      if (logarithmic) drop_black(block, padded(n), presence.w);
      from_rgb(space, block, padded(n));
      if (cover == Cover::none) {
        add_region(block, presence, n, outside);
      } else if (cover == Cover::all) {
        add_region(block, presence, n, inside);
      } else {
        split(presence.w, weights.w, padded(n), in.w, out.w);
        add_region(block, in, n, inside);
        add_region(block, out, n, outside);
      }
    }
  }
}
