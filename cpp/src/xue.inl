#include "transfer_rows.inl"

// One group of lanes. Loops of constant length over local arrays become vectors.
struct XueLanes {
  float r[kLanes], g[kLanes], b[kLanes];
};

static void xue_contrast(XueLanes& __restrict c, float alpha, float threshold, bool compat) {
  for (int j = 0; j < kLanes; ++j) {
    const pixel::Linear<float> p = pixel::clamped(pixel::change_contrast(
        pixel::Linear<float>{c.r[j], c.g[j], c.b[j]}, alpha, threshold, compat));
    c.r[j] = p.r;
    c.g[j] = p.g;
    c.b[j] = p.b;
  }
}

static void xue_luminance(XueLanes& __restrict c, float gain) {
  for (int j = 0; j < kLanes; ++j) {
    const pixel::Linear<float> p =
        pixel::clamped(pixel::scaled(pixel::Linear<float>{c.r[j], c.g[j], c.b[j]}, gain));
    c.r[j] = p.r;
    c.g[j] = p.g;
    c.b[j] = p.b;
  }
}

// The interval of a lane is how many isotherms in a row have it on their warm side, and one.
static void xue_temperature(XueLanes& __restrict c, const pixel::Isotherms<float>& lines,
                            float shift, bool compat) {
  alignas(64) float u[kLanes], v[kLanes];
  alignas(64) std::int32_t interval[kLanes], warm[kLanes];
  for (int j = 0; j < kLanes; ++j) {
    const pixel::Chromaticity<float> at =
        pixel::to_uv(pixel::Linear<float>{c.r[j], c.g[j], c.b[j]});
    u[j] = at.u;
    v[j] = at.v;
    interval[j] = 1;
    warm[j] = 1;
  }
  for (int i = 1; i < pixel::kIsotherms - 1; ++i) {
    for (int j = 0; j < kLanes; ++j) {
      warm[j] = pixel::warmth(lines, i, u[j], v[j]) > 0.0f ? warm[j] : 0;
      interval[j] += warm[j];
    }
  }
  for (int j = 0; j < kLanes; ++j) {
    const pixel::Linear<float> p = pixel::clamped(
        pixel::change_temperature(lines, pixel::Linear<float>{c.r[j], c.g[j], c.b[j]}, {u[j], v[j]},
                                  interval[j], shift, compat));
    c.r[j] = p.r;
    c.g[j] = p.g;
    c.b[j] = p.b;
  }
}

static void xue_saturation(XueLanes& __restrict c, float gain, bool compat) {
  for (int j = 0; j < kLanes; ++j) {
    const pixel::Linear<float> p =
        pixel::change_saturation(pixel::Linear<float>{c.r[j], c.g[j], c.b[j]}, gain, compat);
    c.r[j] = p.r;
    c.g[j] = p.g;
    c.b[j] = p.b;
  }
}

struct ApplyXue {
  XueFactors map;

  void operator()(Block& __restrict block, int n) const {
    const pixel::Isotherms<float>& lines =
        map.compat ? pixel::kRobertsonTypo<float> : pixel::kRobertson<float>;
    XueLanes c;
    for (int i = 0; i < n; i += kLanes) {
      for (int j = 0; j < kLanes; ++j) {
        c.r[j] = block.x[i + j];
        c.g[j] = block.y[i + j];
        c.b[j] = block.z[i + j];
      }
      if (map.alpha != 0.5f) xue_contrast(c, map.alpha, map.threshold, map.compat);
      if (map.gain != 1.0f) xue_luminance(c, map.gain);
      if (map.mired != 0.0f || map.compat) xue_temperature(c, lines, map.mired, map.compat);
      if (map.saturation != 1.0f) xue_saturation(c, map.saturation, map.compat);
      for (int j = 0; j < kLanes; ++j) {
        block.x[i + j] = c.r[j];
        block.y[i + j] = c.g[j];
        block.z[i + j] = c.b[j];
      }
    }
  }
};

static void xue_rows(const ImageView& image, const MaskView& mask, float strength,
                     const XueFactors& map, const MutableImageView& out, std::int64_t begin,
                     std::int64_t end) {
  transfer_rows(image, mask, strength, Space::linear, ApplyXue{map}, out, begin, end);
}
