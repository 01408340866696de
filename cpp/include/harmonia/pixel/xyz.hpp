// CIE XYZ of linear light, D65: the matrix that follows from the sRGB primaries and the white
// (0.95047, 1, 1.08883).
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

constexpr float kWhiteX = 0.95047f, kWhiteZ = 1.08883f;

// XYZ over its white. The rows of the matrix sum to one, so it is written in differences to one
// channel: grey (g, g, g) becomes (g, g, g) in every bit, and back.
HARMONIA_HD Color linear_to_relative_xyz(Color linear) {
  const float g = linear.y, red = linear.x - g, blue = linear.z - g;
  return {g + (0.433949977f * red + 0.189840272f * blue),
          g + (0.212672845f * red + 0.0721749961f * blue),
          g + (0.0177565794f * red + 0.872775435f * blue)};
}

HARMONIA_HD Color relative_xyz_to_linear(Color xyz) {
  const float y = xyz.y, dx = xyz.x - y, dz = xyz.z - y;
  return {y + (3.07995439f * dx - 0.542815983f * dz), y + (0.0452474393f * dz - 0.921258271f * dx),
          y + (0.0528874137f * dx + 1.15113854f * dz)};
}

HARMONIA_HD Color linear_to_xyz(Color linear) {
  const Color relative = linear_to_relative_xyz(linear);
  return {kWhiteX * relative.x, relative.y, kWhiteZ * relative.z};
}

HARMONIA_HD Color xyz_to_linear(Color xyz) {
  return relative_xyz_to_linear({xyz.x * (1.0f / kWhiteX), xyz.y, xyz.z * (1.0f / kWhiteZ)});
}

}  // namespace harmonia::pixel
