#include "transfer_rows.inl"

// Each step is a loop over the block, which stays in the first-level cache.

template <bool compat>
static void xue_contrast(Block& __restrict block, int n, float alpha, float threshold) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::Linear<float> c = pixel::clamped(pixel::change_contrast(
        pixel::Linear<float>{block.x[i], block.y[i], block.z[i]}, alpha, threshold, compat));
    block.x[i] = c.r;
    block.y[i] = c.g;
    block.z[i] = c.b;
  }
}

static void xue_luminance(Block& __restrict block, int n, float gain) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::Linear<float> c = pixel::clamped(
        pixel::scaled(pixel::Linear<float>{block.x[i], block.y[i], block.z[i]}, gain));
    block.x[i] = c.r;
    block.y[i] = c.g;
    block.z[i] = c.b;
  }
}

struct XuePlaces {
  alignas(64) float u[kBlock], v[kBlock];
  alignas(64) std::int32_t interval[kBlock], warm[kBlock];
};

// The interval of a pixel is how many isotherms in a row have it on their warm side, and one.
static void xue_intervals(const Block& __restrict block, int n,
                          const pixel::Isotherms<float>& lines, XuePlaces& __restrict places) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::Chromaticity<float> at =
        pixel::to_uv(pixel::Linear<float>{block.x[i], block.y[i], block.z[i]});
    places.u[i] = at.u;
    places.v[i] = at.v;
    places.interval[i] = 1;
    places.warm[i] = 1;
  }
  for (int k = 1; k < pixel::kIsotherms - 1; ++k) {
    for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
      const float away = pixel::warmth(lines, k, places.u[i], places.v[i]);
      places.warm[i] = away > 0.0f ? places.warm[i] : 0;
      places.interval[i] += places.warm[i];
    }
  }
}

template <bool compat>
static void xue_temperature(Block& __restrict block, int n, const pixel::Isotherms<float>& lines,
                            float shift) {
  XuePlaces places;
  xue_intervals(block, n, lines, places);
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::Linear<float> c = pixel::clamped(
        pixel::change_temperature(lines, pixel::Linear<float>{block.x[i], block.y[i], block.z[i]},
                                  {places.u[i], places.v[i]}, places.interval[i], shift, compat));
    block.x[i] = c.r;
    block.y[i] = c.g;
    block.z[i] = c.b;
  }
}

template <bool compat>
static void xue_saturation(Block& __restrict block, int n, float gain) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::Linear<float> c = pixel::change_saturation(
        pixel::Linear<float>{block.x[i], block.y[i], block.z[i]}, gain, compat);
    block.x[i] = c.r;
    block.y[i] = c.g;
    block.z[i] = c.b;
  }
}

// The published code adjusts even by nothing, which is not quite nothing.
template <bool compat>
struct ApplyXue {
  XueFactors map;

  void operator()(Block& __restrict block, int n) const {
    const pixel::Isotherms<float>& lines =
        compat ? pixel::kRobertsonTypo<float> : pixel::kRobertson<float>;
    if (map.alpha != 0.5f || compat) xue_contrast<compat>(block, n, map.alpha, map.threshold);
    if (map.gain != 1.0f) xue_luminance(block, n, map.gain);
    if (map.mired != 0.0f || compat) xue_temperature<compat>(block, n, lines, map.mired);
    if (map.saturation != 1.0f) xue_saturation<compat>(block, n, map.saturation);
  }
};

static void xue_rows(const ImageView& image, const MaskView& mask, float strength,
                     const XueFactors& map, const MutableImageView& out, std::int64_t begin,
                     std::int64_t end) {
  if (map.compat) {
    transfer_rows(image, mask, strength, Space::linear, ApplyXue<true>{map}, out, begin, end);
  } else {
    transfer_rows(image, mask, strength, Space::linear, ApplyXue<false>{map}, out, begin, end);
  }
}
