// Two images of integers, not both of 8 bits, under a mask of bytes, in whole numbers.

// Distances of codes: whole numbers below 2^16, which floats hold exactly.
struct Distances {
  alignas(64) std::uint32_t planes[3][kBlock];
};

static void plane_distances(const float* __restrict a, const float* __restrict b, float scale_a,
                            float scale_b, int n, std::uint32_t* __restrict to) {
  for (int i = 0; i < n; ++i) {
    const auto d = static_cast<std::int32_t>(a[i] * scale_a - b[i] * scale_b);
    to[i] = static_cast<std::uint32_t>(d < 0 ? -d : d);
  }
}

static void add_plane(const std::uint32_t* __restrict d, int n, std::uint64_t* whole) {
  std::uint64_t squared = 0;
  std::uint32_t absolute = 0;
  for (int i = 0; i < n; ++i) {
    squared += std::uint64_t{d[i]} * d[i];
    absolute += d[i];
  }
  whole[0] += squared;
  whole[1] += absolute;
}

// 2^8 * 2^16 is below 2^32, and so is every factor of what must be wider.
static void add_weighted_plane(const std::uint32_t* __restrict d, const std::uint32_t* __restrict m,
                               int n, std::uint64_t* sums) {
  std::uint64_t squared = 0, absolute = 0, outside = 0;
  for (int i = 0; i < n; ++i) {
    const std::uint32_t weighted = m[i] * d[i], beyond = m[i] == 0 ? d[i] : 0;
    squared += std::uint64_t{weighted} * d[i];
    absolute += weighted;
    outside += std::uint64_t{beyond} * beyond;
  }
  sums[kWeightedSquared] += squared;
  sums[kWeightedAbsolute] += absolute;
  sums[kBackgroundSquared] += outside;
}

static void add_code_weights(const std::uint32_t* __restrict m, int n, std::uint64_t* sums) {
  std::uint32_t weight = 0, background = 0;
  for (int i = 0; i < n; ++i) {
    weight += m[i];
    background += m[i] == 0 ? 1 : 0;
  }
  sums[kPixels] += static_cast<std::uint32_t>(n);
  sums[kWeight] += weight;
  sums[kBackground] += background;
}

static Cover cover_of_codes(const std::uint32_t* __restrict m, int n) {
  std::uint32_t any = 0, lacking = 0;
  for (int i = 0; i < n; ++i) {
    any |= m[i];
    lacking |= m[i] ^ 255;
  }
  return any == 0 ? Cover::none : lacking == 0 ? Cover::all : Cover::some;
}

static void add_codes(const Distances& d, const std::uint32_t* m, int n, std::uint64_t* sums) {
  std::uint64_t whole[2] = {};
  for (const auto& plane : d.planes) add_plane(plane, n, whole);
  sums[kSquared] += whole[0];
  sums[kAbsolute] += whole[1];
  add_code_weights(m, n, sums);
  switch (cover_of_codes(m, n)) {
    case Cover::none: sums[kBackgroundSquared] += whole[0]; return;
    case Cover::all:
      sums[kWeightedSquared] += 255 * whole[0];
      sums[kWeightedAbsolute] += 255 * whole[1];
      return;
    case Cover::some:
      for (const auto& plane : d.planes) add_weighted_plane(plane, m, n, sums);
      return;
  }
}

static void error_codes_piece(const ImageView& output, const ImageView& target,
                              const MaskView& mask, const Piece& piece, ErrorCounts& counts) {
  const ErrorUnits units = error_units(output.scalar, target.scalar, mask);
  const auto scale_a = static_cast<float>(units.output), scale_b = static_cast<float>(units.target);
  Block a, b;
  Distances d;
  alignas(64) std::uint8_t weights[kBlock];
  alignas(64) std::uint32_t m[kBlock];
  for (std::int64_t y = piece.top; y < piece.bottom; ++y) {
    for (std::int64_t x = piece.left; x < piece.right; x += kBlock) {
      const int n = static_cast<int>(piece.right - x < kBlock ? piece.right - x : kBlock);
      load_stored(output, y, x, n, a);
      load_stored(target, y, x, n, b);
      widen_block(a, n, counts.output);
      widen_block(b, n, counts.target);
      const std::uint8_t* const bytes = mask_bytes(mask, y, x, n, weights);
      for (int i = 0; i < n; ++i) m[i] = bytes == nullptr ? 255 : bytes[i];
      plane_distances(a.x, b.x, scale_a, scale_b, n, d.planes[0]);
      plane_distances(a.y, b.y, scale_a, scale_b, n, d.planes[1]);
      plane_distances(a.z, b.z, scale_a, scale_b, n, d.planes[2]);
      add_codes(d, m, n, counts.sums);
    }
  }
}
