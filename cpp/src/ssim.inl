// One tile of the map: its pixels are read into planes, filtered along rows, then down columns.
// Every sum of a window has the same order: pairs from the outermost inwards, then the centre, so
// that partial sums stay small.

static void read_codes(const ImageView& image, std::int64_t y, std::int64_t x, int n,
                       std::uint8_t* const planes[3]) {
  Bytes bytes;
  load_bytes(image, y, x, n, bytes);
  const std::uint8_t* const from[3] = {bytes.x, bytes.y, bytes.z};
  for (int c = 0; c < 3; ++c) std::memcpy(planes[c], from[c], static_cast<std::size_t>(n));
}

static void scale_levels(const float* __restrict from, int n, float* __restrict to) {
  for (int i = 0; i < n; ++i) to[i] = from[i] * 255.0f;
}

static void widen_codes(const std::uint8_t* __restrict from, int n, float* __restrict to) {
  for (int i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);
}

static void read_codes(const ImageView& image, std::int64_t y, std::int64_t x, int n,
                       float* const planes[3]) {
  if (image.scalar == Scalar::u8) {
    Bytes bytes;
    load_bytes(image, y, x, n, bytes);
    widen_codes(bytes.x, n, planes[0]);
    widen_codes(bytes.y, n, planes[1]);
    widen_codes(bytes.z, n, planes[2]);
  } else {
    Block block;
    load(image, y, x, n, block);
    scale_levels(block.x, n, planes[0]);
    scale_levels(block.y, n, planes[1]);
    scale_levels(block.z, n, planes[2]);
  }
}

// Row r of the pixels under a tile, zero where there is no image.
template <class Sample>
static void read_row(const ImageView& image, const SsimTile& tile, int r, int n,
                     Sample (*planes)[kSsimRows][kSsimPitch]) {
  const std::int64_t y = tile.top + r;
  const std::int64_t begin = tile.left < 0 ? 0 : tile.left;
  const std::int64_t end = tile.left + n < image.width ? tile.left + n : image.width;
  const bool inside = y >= 0 && y < image.height;
  const int left = inside ? static_cast<int>(begin - tile.left) : 0;
  const int right = inside ? static_cast<int>(end - tile.left) : 0;
  Sample* const at[3] = {planes[0][r] + left, planes[1][r] + left, planes[2][r] + left};
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < left; ++i) planes[c][r][i] = Sample(0);
    for (int i = right; i < kSsimPitch; ++i) planes[c][r][i] = Sample(0);
  }
  if (inside) read_codes(image, y, begin, right - left, at);
}

// A row of a tile is too short for the processor to see where the next one lies.
static void prefetch_row([[maybe_unused]] const ImageView& image,
                         [[maybe_unused]] const SsimTile& tile, [[maybe_unused]] int r,
                         [[maybe_unused]] int n) {
#if defined(__GNUC__)
  const std::int64_t y = tile.top + r;
  if (y < 0 || y >= image.height) return;
  const std::int64_t x = tile.left < 0 ? 0 : tile.left;
  const std::uint8_t* const from = image.at(y, x);
  const std::int64_t bytes = n * image.pixel_stride;
  for (std::int64_t i = 0; i < bytes; i += 64) __builtin_prefetch(from + i);
#endif
}

template <class Sample>
static bool same(const Sample* __restrict a, const Sample* __restrict b) {
  int differing = 0;
  for (int i = 0; i < kSsimPitch; ++i) differing |= a[i] != b[i];
  return differing == 0;
}

template <class Sample>
static void read_pair(const ImageView& output, const ImageView& target, const SsimTile& tile,
                      int radius, SsimPair<Sample>& pair) {
  const int n = tile.width + 2 * radius;
  for (int r = 0; r < tile.height + 2 * radius; ++r) {
    prefetch_row(output, tile, r + kPrefetchedRows, n);
    prefetch_row(target, tile, r + kPrefetchedRows, n);
    read_row(output, tile, r, n, pair.output);
    read_row(target, tile, r, n, pair.target);
    for (int c = 0; c < 3; ++c) pair.equal[c][r] = same(pair.output[c][r], pair.target[c][r]);
  }
}

static std::int64_t sum_weights(const float* __restrict w, int n) {
  std::int64_t sum = 0;
  for (int i = 0; i < n; ++i) sum += pixel::ssim_fixed_weighted(1.0f, w[i]);
  return sum;
}

static void read_weights(const MaskView& mask, const SsimTile& tile, int shift,
                         SsimWeights& weights, SsimTileSums& sums) {
  for (int r = 0; r < tile.height; ++r) {
    const std::uint8_t* from = mask.at(tile.top + shift + r, tile.left + shift);
    float* const w = weights.w[r];
    bool any = false;
    for (int i = 0; i < tile.width; ++i, from += mask.pixel_stride) {
      w[i] = mask.scalar == MaskScalar::f32  ? *reinterpret_cast<const float*>(from) * 255.0f
             : mask.scalar == MaskScalar::u8 ? static_cast<float>(*from)
             : *from != 0                    ? 255.0f
                                             : 0.0f;
      any = any || w[i] != 0.0f;
    }
    for (int i = tile.width; i < padded(tile.width); ++i) w[i] = 0.0f;
    weights.any[r] = any;
    if (any) sums.weight += sum_weights(w, tile.width);
  }
}

static std::int32_t whole(std::uint8_t level) { return level; }

static std::int32_t whole(float level) { return near_code(level); }

// Whole numbers near the means of sum and difference.
template <class Sample>
static void sum_codes(const Sample* __restrict a, const Sample* __restrict b, int n,
                      std::int32_t& sum, std::int32_t& difference) {
  std::int32_t s = 0, d = 0;
  for (int i = 0; i < n; ++i) {
    const std::int32_t x = whole(a[i]), y = whole(b[i]);
    s += x + y;
    d += x - y;
  }
  sum += s;
  difference += d;
}

template <class Sample, class Real>
static void find_centre(const SsimPair<Sample>& pair, int channel, int rows, int columns,
                        pixel::SsimScale<Real>& scale) {
  std::int32_t sum = 0, difference = 0, count = 0;
  for (int r = 0; r < rows; r += kCentreRows) {
    sum_codes(pair.output[channel][r], pair.target[channel][r], columns, sum, difference);
    count += columns;
  }
  scale.sum_centre = static_cast<Real>(sum / count);
  scale.difference_centre = static_cast<Real>(difference / count);
}

// The weighted sum of 2 * radius + 1 values, `step` apart, and of their squares.
template <class Real, int left, int radius>
HARMONIA_HD Real fold_pairs(const Real* v, const Real* taps, std::int64_t step, Real sum) {
  if constexpr (left == 0) {
    return sum;
  } else {
    constexpr int k = radius - left;
    const Real a = v[k * step], b = v[(2 * radius - k) * step];
    return fold_pairs<Real, left - 1, radius>(v, taps, step, sum + taps[k] * (a + b));
  }
}

template <class Real, int left, int radius>
HARMONIA_HD Real fold_squares(const Real* v, const Real* taps, Real sum) {
  if constexpr (left == 0) {
    return sum;
  } else {
    constexpr int k = radius - left;
    const Real a = v[k], b = v[2 * radius - k];
    return fold_squares<Real, left - 1, radius>(v, taps, sum + taps[k] * (a * a + b * b));
  }
}

// Down columns, of known radius: unrolled, and each sum stays in its register.
template <class Real, int radius>
static void fold_column(const Real* __restrict from, const Real* __restrict given, int n,
                        Real* __restrict to) {
  constexpr int kStep = SsimRows<Real>::kPitch;
  Real taps[radius + 1];
  for (int k = 0; k <= radius; ++k) taps[k] = given[k];
  for (int i = 0; i < n; ++i) {
    const Real pairs = fold_pairs<Real, radius, radius>(from + i, taps, kStep, Real(0));
    to[i] = pairs + taps[radius] * from[i + radius * kStep];
  }
}

// Along a row, values and squares at once: the same loads serve both.
template <class Real, int radius>
static void fold_row(const Real* __restrict from, const Real* __restrict given, int n,
                     Real* __restrict means, Real* __restrict squares) {
  Real taps[radius + 1];
  for (int k = 0; k <= radius; ++k) taps[k] = given[k];
  for (int i = 0; i < n; ++i) {
    const Real centre = from[i + radius];
    const Real pairs = fold_pairs<Real, radius, radius>(from + i, taps, 1, Real(0));
    means[i] = pairs + taps[radius] * centre;
    const Real of_squares = fold_squares<Real, radius, radius>(from + i, taps, Real(0));
    squares[i] = of_squares + taps[radius] * (centre * centre);
  }
}

template <class Real>
static void fold_column(const Real* __restrict from, const SsimPlan<Real>& plan, int n,
                        Real* __restrict to) {
  constexpr int kStep = SsimRows<Real>::kPitch;
  const int radius = plan.radius;
  const Real* const taps = plan.taps;
  if (radius == 5) return fold_column<Real, 5>(from, taps, n, to);
  if (radius == 3) return fold_column<Real, 3>(from, taps, n, to);
  for (int i = 0; i < n; ++i) to[i] = Real(0);
  for (int k = 0; k < radius; ++k) {
    const Real* const a = from + k * kStep;
    const Real* const b = from + (2 * radius - k) * kStep;
    for (int i = 0; i < n; ++i) to[i] = to[i] + taps[k] * (a[i] + b[i]);
  }
  for (int i = 0; i < n; ++i) to[i] = to[i] + taps[radius] * from[i + radius * kStep];
}

template <class Real>
static void fold_row(const Real* __restrict from, const SsimPlan<Real>& plan, int n,
                     Real* __restrict means, Real* __restrict squares) {
  const int radius = plan.radius;
  const Real* const taps = plan.taps;
  if (radius == 5) return fold_row<Real, 5>(from, taps, n, means, squares);
  if (radius == 3) return fold_row<Real, 3>(from, taps, n, means, squares);
  for (int i = 0; i < n; ++i) means[i] = squares[i] = Real(0);
  for (int k = 0; k < radius; ++k) {
    for (int i = 0; i < n; ++i) {
      const Real a = from[i + k], b = from[i + 2 * radius - k];
      means[i] = means[i] + taps[k] * (a + b);
      squares[i] = squares[i] + taps[k] * (a * a + b * b);
    }
  }
  for (int i = 0; i < n; ++i) {
    const Real centre = from[i + radius];
    means[i] = means[i] + taps[radius] * centre;
    squares[i] = squares[i] + taps[radius] * (centre * centre);
  }
}

template <class Real>
struct SsimLine {
  alignas(64) Real v[4][kSsimPitch];
};

template <class Sample, class Real>
static void spread(const Sample* __restrict a, const Sample* __restrict b, int n,
                   const pixel::SsimScale<Real>& scale, SsimLine<Real>& __restrict line) {
  const Real cs = scale.sum_centre, cd = scale.difference_centre;
  for (int i = 0; i < n; ++i) {
    const Real x = static_cast<Real>(a[i]), y = static_cast<Real>(b[i]);
    line.v[0][i] = (x + y) - cs;
    line.v[1][i] = (x - y) - cd;
  }
}

template <class Real>
static pixel::SsimMoments<Real> moments_at(const SsimLine<Real>& line, int i) {
  return {line.v[0][i], line.v[1][i], line.v[2][i], line.v[3][i]};
}

template <class Real>
static void add_values(const SsimLine<Real>& __restrict line, int n,
                       const pixel::SsimScale<Real>& scale, const float* __restrict weights,
                       SsimChannelSums& __restrict sums) {
  alignas(64) std::int32_t ssim[kSsimWidth], cs[kSsimWidth], weighted[kSsimWidth];
  const pixel::SsimScale<Real> constants = scale;
  if (weights != nullptr) {
    for (int i = 0; i < padded(n); ++i) {
      const pixel::SsimValue<Real> value = pixel::ssim_value(moments_at(line, i), constants);
      ssim[i] = pixel::ssim_fixed(value.ssim);
      cs[i] = pixel::ssim_fixed(value.cs);
      weighted[i] = pixel::ssim_fixed_weighted(value.ssim, weights[i]);
    }
  } else {
    for (int i = 0; i < padded(n); ++i) {
      const pixel::SsimValue<Real> value = pixel::ssim_value(moments_at(line, i), constants);
      ssim[i] = pixel::ssim_fixed(value.ssim);
      cs[i] = pixel::ssim_fixed(value.cs);
      weighted[i] = 0;
    }
  }
  std::int64_t of_ssim = 0, of_cs = 0, of_weighted = 0;
  for (int i = 0; i < n; ++i) {
    of_ssim += ssim[i];
    of_cs += cs[i];
    of_weighted += weighted[i];
  }
  sums.ssim += of_ssim;
  sums.cs += of_cs;
  sums.masked += of_weighted;
}

// Of n windows without a difference.
static void add_ones(int n, const float* weights, SsimChannelSums& sums) {
  sums.ssim += n * std::int64_t{pixel::ssim_fixed(1.0f)};
  sums.cs += n * std::int64_t{pixel::ssim_fixed(1.0f)};
  if (weights != nullptr) sums.masked += sum_weights(weights, n);
}

template <class Real>
static std::int64_t sum_conditions(const SsimLine<Real>& __restrict line, int n,
                                   const pixel::SsimScale<Real>& scale) {
  const pixel::SsimScale<Real> constants = scale;
  std::int64_t sum = 0;
  for (int i = 0; i < n; ++i) {
    sum += fixed_condition(pixel::ssim_condition(moments_at(line, i), constants));
  }
  return sum;
}

// One channel of a tile. False, and nothing added, where Real is not exact enough.
template <class Sample, class Real>
static bool add_channel(const SsimPair<Sample>& pair, int channel, const SsimTile& tile,
                        const SsimPlan<Real>& plan, const SsimWeights* weights,
                        SsimRows<Real>& rows, SsimTileSums& sums) {
  constexpr bool kChecked = sizeof(Real) == sizeof(float);
  const int reach = 2 * plan.radius, columns = padded(tile.width);
  pixel::SsimScale<Real> scale = plan.scale;
  find_centre(pair, channel, tile.height + reach, tile.width + reach, scale);
  SsimLine<Real> line;
  SsimChannelSums found;
  std::int64_t conditions = 0;
  int ready = 0, equal = 0, filtered = 0, looked_at = 0;
  for (int k = 0; k < reach; ++k) equal = pair.equal[channel][k] ? equal + 1 : 0;
  for (int r = 0; r < tile.height; ++r) {
    const float* const w = weights != nullptr && weights->any[r] ? weights->w[r] : nullptr;
    equal = pair.equal[channel][r + reach] ? equal + 1 : 0;
    if (equal > reach) {  // the windows of this row see no difference: each value is 1
      add_ones(tile.width, w, found);
      continue;
    }
    ready = ready < r ? r : ready;
    for (; ready <= r + reach; ++ready) {
      spread(pair.output[channel][ready], pair.target[channel][ready], padded(columns + reach),
             scale, line);  // of lanes beyond the tile too: what they hold shall be numbers
      Real* const to = rows.moments[ready];
      fold_row(line.v[0], plan, columns, to, to + 2 * kSsimWidth);
      fold_row(line.v[1], plan, columns, to + kSsimWidth, to + 3 * kSsimWidth);
    }
    for (int m = 0; m < 4; ++m) {
      fold_column(rows.moments[r] + m * kSsimWidth, plan, columns, line.v[m]);
    }
    add_values(line, tile.width, scale, w, found);
    if (kChecked && filtered++ % kConditionRows == 0) {
      conditions += sum_conditions(line, tile.width, scale);
      looked_at += tile.width;
    }
  }
  if (kChecked && too_coarse(conditions, looked_at, plan.radius)) return false;
  sums.add(channel, found);
  return true;
}

template <class Sample>
static bool add_coarse(const SsimPair<Sample>& pair, int channel, const SsimTile& tile,
                       const SsimPlan<float>& plan, const SsimWeights* weights,
                       SsimRows<float>& rows, SsimTileSums& sums) {
  return add_channel(pair, channel, tile, plan, weights, rows, sums);
}

template <class Sample>
static bool add_fine(const SsimPair<Sample>& pair, int channel, const SsimTile& tile,
                     const SsimPlan<double>& plan, const SsimWeights* weights,
                     SsimRows<double>& rows, SsimTileSums& sums) {
  return add_channel(pair, channel, tile, plan, weights, rows, sums);
}
