// CIE xyY: chromaticity x, y and luminance Y of XYZ.
#pragma once

#include "harmonia/pixel/xyz.hpp"

namespace harmonia::pixel {

// Divisors below this are black: the chromaticity is that of white, and nothing is divided by zero.
constexpr float kLeastDivisor = 1.0e-12f;

HARMONIA_HD Color linear_to_xyy(Color linear) {
  constexpr float white_sum = kWhiteX + 1.0f + kWhiteZ;
  const Color xyz = linear_to_xyz(linear);
  const float sum = xyz.x + xyz.y + xyz.z;
  const bool black = sum < kLeastDivisor;
  const float scale = 1.0f / (black ? white_sum : sum);
  return {scale * (black ? kWhiteX : xyz.x), scale * (black ? 1.0f : xyz.y), xyz.y};
}

HARMONIA_HD Color xyy_to_linear(Color xyy) {
  const bool none = xyy.y < kLeastDivisor;
  const float scale = (none ? 0.0f : xyy.z) / (none ? 1.0f : xyy.y);
  return xyz_to_linear({xyy.x * scale, xyy.z, (1.0f - xyy.x - xyy.y) * scale});
}

}  // namespace harmonia::pixel
