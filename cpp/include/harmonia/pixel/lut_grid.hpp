// A look-up in one table of a grid of tables.
#pragma once

#include "harmonia/pixel/lut3d.hpp"

namespace harmonia::pixel {

// What colours are held within: 0..1, or so far beyond that tables of moderate size still give
// finite sums: three shares of 129 steps each multiply to less than 1e25.
struct LutSpan {
  float low, high;
};

HARMONIA_HD LutSpan lut_span(bool clamped) {
  return clamped ? LutSpan{0.0f, 1.0f} : LutSpan{-1e6f, 1e6f};
}

HARMONIA_HD float held_in(LutSpan span, float v) { return clamp(v, span.low, span.high); }

// Weights of the four corners of a square, numbered 2 * x + y, as trilinear_weights has them.
HARMONIA_HD void bilinear_weights(float x, float y, float* w) {
  const float xy = x * y, x_only = x - xy, y_only = y - xy;
  w[0] = (1.0f - x) - y_only, w[1] = y_only, w[2] = x_only, w[3] = xy;
}

HARMONIA_HD float weighted(const float* w, float a, float b, float c, float d) {
  return w[0] * a + w[1] * b + w[2] * c + w[3] * d;
}

}  // namespace harmonia::pixel
