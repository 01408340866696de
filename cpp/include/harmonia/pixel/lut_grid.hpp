// A look-up in one table of a grid of tables.
#pragma once

#include "harmonia/pixel/lut3d.hpp"

namespace harmonia::pixel {

// Colours further beyond 0..1 than this are held to it, so that tables of moderate size give
// finite sums: three shares of 129 steps each multiply to less than 1e25.
constexpr float kFarthest = 1e6f;

// A colour beyond 0..1 is clamped, or its border cell continued.
HARMONIA_HD float table_place(float v, bool clamped) {
  const float beyond = clamped ? 0.0f : kFarthest;
  return clamp(v, -beyond, 1.0f + beyond);
}

// Weights of the four corners of a square, numbered 2 * x + y, as trilinear_weights has them.
HARMONIA_HD void bilinear_weights(float x, float y, float* w) {
  const float xy = x * y, x_only = x - xy, y_only = y - xy;
  w[0] = (1.0f - x) - y_only, w[1] = y_only, w[2] = x_only, w[3] = xy;
}

HARMONIA_HD float weighted(const float* w, float a, float b, float c, float d) {
  return w[0] * a + w[1] * b + w[2] * c + w[3] * d;
}

}  // namespace harmonia::pixel
