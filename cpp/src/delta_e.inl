// Colour differences of blocks. Most pixels of a harmonized picture are those of its target, so
// only groups of kLanes pixels that differ somewhere are computed:
//
//   loaded     a a a a | b b B b | c c c c | D d d D        capitals differ
//   computed   b b B b | D d d D |                          kept = 1, 3

struct DeltaEBlock {
  Block output, target;
  alignas(64) float difference[kBlock];
  int kept[kBlock / kLanes];  // which groups
  int count;                  // how many
};

// What the steps of pixel/ciede2000.hpp hand on.
struct DeltaEStretches {
  alignas(64) float stretch[kBlock], sign[kBlock];
};
struct DeltaEHues {
  alignas(64) float chroma[kBlock], difference[kBlock], product[kBlock], turn[kBlock];
  alignas(64) float c[kBlock], s[kBlock];
};

// True only where every code of both is equal; false, too, where finding out takes a loop.
static bool same_bytes(const ImageView& output, const ImageView& target, std::int64_t y,
                       std::int64_t x, int n) {
  const std::int64_t size = scalar_size(output.scalar), channels = output.channels;
  if (output.scalar != target.scalar) return false;
  const std::uint8_t *a = output.at(y, x), *b = target.at(y, x);
  const auto bytes = static_cast<std::size_t>(n * size);
  if (output.pixel_stride == size && target.pixel_stride == size) {
    for (int c = 0; c < 3; ++c, a += output.channel_stride, b += target.channel_stride) {
      if (std::memcmp(a, b, bytes) != 0) return false;
    }
    return true;
  }
  if (channels != target.channels) return false;
  if (!packed(output, size, channels) || !packed(target, size, channels)) return false;
  return std::memcmp(a, b, bytes * static_cast<std::size_t>(channels)) == 0;
}

static std::int32_t changed_bits(const float* __restrict a, const float* __restrict b) {
  std::int32_t bits = 0;
  for (int j = 0; j < kLanes; ++j) bits |= pixel::bits_of(a[j]) ^ pixel::bits_of(b[j]);
  return bits;
}

static void move_group(Block& block, int to, int from) {
  constexpr std::size_t bytes = kLanes * sizeof(float);
  std::memcpy(block.x + to, block.x + from, bytes);
  std::memcpy(block.y + to, block.y + from, bytes);
  std::memcpy(block.z + to, block.z + from, bytes);
}

static void keep_changed(DeltaEBlock& pair, int n) {
  pair.count = 0;
  for (int i = 0; i < n; i += kLanes) {
    const std::int32_t changed = changed_bits(pair.output.x + i, pair.target.x + i) |
                                 changed_bits(pair.output.y + i, pair.target.y + i) |
                                 changed_bits(pair.output.z + i, pair.target.z + i);
    if (changed == 0) continue;
    const int to = pair.count * kLanes;
    if (to != i) {
      move_group(pair.output, to, i);
      move_group(pair.target, to, i);
    }
    pair.kept[pair.count++] = i / kLanes;
  }
}

static void hold_plane(float* plane, int n) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    plane[i] = pixel::clamp(plane[i], -kLargestValue, kLargestValue);
  }
}

static void enter_lab(Scalar scalar, DeltaESpace space, Block& block, int n) {
  if (scalar == Scalar::f32) {
    hold_plane(block.x, n);
    hold_plane(block.y, n);
    hold_plane(block.z, n);
  }
  if (space == DeltaESpace::rgb) from_rgb(Space::lab, block, n);
}

static void stretches_of(const float* __restrict a1, const float* __restrict b1,
                         const float* __restrict a2, const float* __restrict b2, int n,
                         float* __restrict stretch, float* __restrict sign) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const auto by = pixel::ciede2000_stretch({0.0f, a1[i], b1[i]}, {0.0f, a2[i], b2[i]});
    stretch[i] = by.stretch;
    sign[i] = by.sign;
  }
}

static void hues_of(const Block& __restrict output, const Block& __restrict target,
                    const DeltaEStretches& __restrict stretches, int n, DeltaEHues& __restrict to) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const auto hues =
        pixel::ciede2000_hues({0.0f, output.y[i], output.z[i]}, {0.0f, target.y[i], target.z[i]},
                              {stretches.stretch[i], stretches.sign[i]});
    to.chroma[i] = hues.chroma;
    to.difference[i] = hues.difference;
    to.product[i] = hues.product;
    to.turn[i] = hues.turn;
    to.c[i] = hues.c;
    to.s[i] = hues.s;
  }
}

static void differences_of(const float* __restrict light1, const float* __restrict light2,
                           const DeltaEHues& __restrict hues, int n, float* __restrict to) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    to[i] = pixel::ciede2000_of(
        light1[i], light2[i],
        {hues.chroma[i], hues.difference[i], hues.product[i], hues.turn[i], hues.c[i], hues.s[i]});
  }
}

// The differences of the groups that are kept, next to each other.
static void find_differences(const ImageView& output, const ImageView& target, DeltaESpace space,
                             std::int64_t y, std::int64_t x, int n, DeltaEBlock& pair) {
  pair.count = 0;
  if (same_bytes(output, target, y, x, n)) return;
  load(output, y, x, n, pair.output);
  load(target, y, x, n, pair.target);
  keep_changed(pair, n);
  const int kept = pair.count * kLanes;
  enter_lab(output.scalar, space, pair.output, kept);
  enter_lab(target.scalar, space, pair.target, kept);
  DeltaEStretches stretches;
  DeltaEHues hues;
  stretches_of(pair.output.y, pair.output.z, pair.target.y, pair.target.z, kept, stretches.stretch,
               stretches.sign);
  hues_of(pair.output, pair.target, stretches, kept, hues);
  differences_of(pair.output.x, pair.target.x, hues, kept, pair.difference);
}

static void to_units(const float* __restrict from, int n, std::uint32_t* __restrict to,
                     float& largest) {
  float most = 0.0f;
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    to[i] = delta_e_units(from[i]);
    most = from[i] > most ? from[i] : most;
  }
  largest = most > largest ? most : largest;
}

static std::uint64_t sum_of(const std::uint32_t* __restrict values, int n) {
  std::uint64_t sum = 0;
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) sum += values[i];
  return sum;
}

static std::uint64_t sum_of_products(const std::uint32_t* __restrict a,
                                     const std::uint32_t* __restrict b) {
  std::uint64_t sum = 0;
  for (int j = 0; j < kLanes; ++j) sum += static_cast<std::uint64_t>(a[j]) * b[j];
  return sum;
}

static void weigh_block(const float* __restrict weights, float units, int n,
                        std::uint32_t* __restrict to) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) to[i] = pixel::nearest_whole(weights[i] * units);
}

static void delta_e_rows(const ImageView& output, const ImageView& target, const MaskView& mask,
                         std::int64_t begin, std::int64_t end, DeltaECounts& counts) {
  const float units = mask_units(mask.scalar);
  DeltaEBlock pair;
  Weights weights;
  alignas(64) std::uint32_t differences[kBlock], whole[kBlock];
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < output.width; x += kBlock) {
      const int n = static_cast<int>(output.width - x < kBlock ? output.width - x : kBlock);
      const Cover cover = load_mask(mask, y, x, n, 1.0f, weights);
      find_differences(output, target, DeltaESpace::rgb, y, x, n, pair);
      to_units(pair.difference, pair.count * kLanes, differences, counts.largest);
      const std::uint64_t sum = sum_of(differences, pair.count * kLanes);
      counts.sum.add(sum);
      if (cover == Cover::all) {
        const auto full = static_cast<std::uint64_t>(units);
        counts.weight += static_cast<std::uint64_t>(n) * full;
        counts.weighted.add(sum * full);
      } else if (cover == Cover::some) {
        weigh_block(weights.w, units, padded(n), whole);
        counts.weight += sum_of(whole, padded(n));
        std::uint64_t weighted = 0;
        for (int k = 0; k < pair.count; ++k) {
          weighted += sum_of_products(differences + k * kLanes, whole + pair.kept[k] * kLanes);
        }
        counts.weighted.add(weighted);
      }
    }
  }
}

static void delta_e_map_rows(const ImageView& output, const ImageView& target, DeltaESpace space,
                             const MutableFloats& out, std::int64_t begin, std::int64_t end) {
  DeltaEBlock pair;
  alignas(64) float line[kBlock];
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < output.width; x += kBlock) {
      const int n = static_cast<int>(output.width - x < kBlock ? output.width - x : kBlock);
      find_differences(output, target, space, y, x, n, pair);
      std::memset(line, 0, sizeof line);
      for (int k = 0; k < pair.count; ++k) {
        std::memcpy(line + pair.kept[k] * kLanes, pair.difference + k * kLanes,
                    kLanes * sizeof(float));
      }
      std::uint8_t* to = out.at(y, x);
      for (int i = 0; i < n; ++i, to += out.pixel_stride) *reinterpret_cast<float*>(to) = line[i];
    }
  }
}
