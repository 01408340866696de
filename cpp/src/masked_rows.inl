// A change of colour, blended through the mask a block at a time. Blocks the mask leaves out are
// copied, and so are the groups of lanes before and behind what it reaches within a block. A map
// prepares a row that the mask reaches, then changes the n pixels from (y, x) on:
//   void enter(std::int64_t y)
//   void operator()(std::int64_t y, std::int64_t x, int n, const Block& old, Block& fresh)
// It fills whole groups of lanes. What it gives of float images is held within 0..1 if kHeld. If
// kChecks, colours that have weight are checked here rather than in a pass of their own. If kJoins,
// it writes R G B R G B ..., of n pixels and no more, asks for those to come as it goes, and is
// told whether all colours lie within 0..1:
//   void operator()(std::int64_t y, std::int64_t x, int n, const Block& old, bool within,
//                   FetchAhead& ahead, int step, float* to)
#include "row_writer.inl"

// All exponents but the one of NaN and infinity.
static bool finite(const float* __restrict values, int n) {
  std::int32_t most = 0;
  for (int i = 0; i < n; ++i) {
    const std::int32_t magnitude = pixel::bits_of(values[i]) & 0x7fffffff;
    most = magnitude > most ? magnitude : most;
  }
  return most < 0x7f800000;
}

static inline bool finite(const Block& block, int n) {
  return finite(block.x, n) && finite(block.y, n) && finite(block.z, n);
}

static HARMONIA_HD std::uint32_t more(std::uint32_t a, std::uint32_t b) { return a > b ? a : b; }

// Whether all are 0..1 and none is a negative zero: as integers, no bits are more than those of 1.
static inline bool within_unit(const Block& block, int n) {
  std::uint32_t most = 0;
  for (int i = 0; i < n; ++i) {
    const auto x = static_cast<std::uint32_t>(pixel::bits_of(block.x[i])),
               y = static_cast<std::uint32_t>(pixel::bits_of(block.y[i])),
               z = static_cast<std::uint32_t>(pixel::bits_of(block.z[i]));
    most = more(most, more(x, more(y, z)));
  }
  return most <= 0x3f800000;
}

// What is not finite as 0. Throws where it has weight.
static inline void clean(const Block& from, const Weights& weights, int n, Block& to) {
  to = from;
  float* const planes[3] = {to.x, to.y, to.z};
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < n; ++i) {
      if (finite(planes[c] + i, 1)) continue;
      if (weights.w[i] > 0.0f) throw NotFinite();
      planes[c][i] = 0.0f;
    }
  }
}

// What a map that joins gives: where it belongs, if that is where floats like these are wanted, or
// else through planes.
template <class Map>
static void write_joined(Map& map, std::int64_t y, std::int64_t x, int n, Cover cover,
                         const Block& colors, bool within, const Block& old, const Weights& weights,
                         FetchAhead& ahead, const MutableImageView& to) {
  const bool whole = cover == Cover::all && to.scalar == Scalar::f32 && map.finite();
  const int step = static_cast<int>(to.channels);  // alpha follows
  if (whole && packed(to, sizeof(float), step)) {
    return map(y, x, n, colors, within, ahead, step, reinterpret_cast<float*>(to.data));
  }
  alignas(64) float joined[3 * kBlock];
  Block fresh;
  map(y, x, n, colors, within, ahead, 3, joined);
  load({reinterpret_cast<const std::uint8_t*>(joined), Scalar::f32, 1, n, 3, 0, 3 * sizeof(float),
        sizeof(float)},
       0, 0, n, fresh);
  if (whole) return store(fresh, to, 0, 0, n);
  store_blend_unbounded(fresh, old, weights, to, 0, 0, n);
}

template <class Map>
static void masked_rows(const ImageView& image, const MaskView& mask, float strength, Map& map,
                        const MutableImageView& out, std::int64_t begin, std::int64_t end) {
  Block old;
  [[maybe_unused]] Block fresh;
  Weights weights;
  RowWriter writer(image, out);
  [[maybe_unused]] const bool floats = image.scalar == Scalar::f16 || image.scalar == Scalar::f32;
  for (std::int64_t y = begin; y < end; ++y) {
    bool entered = false;
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      const Cover cover = load_mask(mask, y, x, n, strength, weights);
      if (cover == Cover::none) {
        writer.skip(n);
        continue;
      }
      Span span{0, n};
      if (cover == Cover::some) {
        span = reached(weights, n);
        if (span.begin > 0) {
          load_mask(mask, y, x + span.begin, span.end - span.begin, strength, weights);
        }
      }
      writer.skip(span.begin);
      if (!entered) map.enter(y);
      entered = true;
      const std::int64_t from = x + span.begin;
      const int count = span.end - span.begin;
      FetchAhead ahead(image, y, from + count, kBlock);
      load(image, y, from, count, old);
      const Block* colors = &old;
      [[maybe_unused]] Block finite_old;
      [[maybe_unused]] bool within = !floats;
      if constexpr (Map::kChecks) {
        if (floats) within = within_unit(old, count);
        if (!within && !finite(old, count)) {
          clean(old, weights, count, finite_old);
          colors = &finite_old;
        }
      }
      const MutableImageView& to = writer.open(y, from);
      if constexpr (Map::kJoins) {
        write_joined(map, y, from, count, cover, *colors, within, old, weights, ahead, to);
      } else {
        ahead.next(kBlock / 2);
        map(y, from, count, *colors, fresh);
        ahead.next(kBlock / 2);
        if constexpr (Map::kHeld) {
          store_blend(fresh, old, weights, to, 0, 0, count);
        } else {
          store_blend_unbounded(fresh, old, weights, to, 0, 0, count);
        }
      }
      writer.close(count);
      writer.skip(n - span.end);
    }
    writer.end_row(y);
  }
}
