// An affine map of colours in single precision, as the kernels apply it.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// Rows of the matrix, each with its offset.
struct Affine {
  float xx, xy, xz, x1;
  float yx, yy, yz, y1;
  float zx, zy, zz, z1;
};

inline Affine to_affine(const double matrix[9], const double offset[3]) {
  const auto f = [](double v) { return static_cast<float>(v); };
  return {f(matrix[0]), f(matrix[1]), f(matrix[2]), f(offset[0]),  //
          f(matrix[3]), f(matrix[4]), f(matrix[5]), f(offset[1]),  //
          f(matrix[6]), f(matrix[7]), f(matrix[8]), f(offset[2])};
}

HARMONIA_HD Color apply(const Affine& m, Color c) {
  return {m.xx * c.x + m.xy * c.y + m.xz * c.z + m.x1, m.yx * c.x + m.yy * c.y + m.yz * c.z + m.y1,
          m.zx * c.x + m.zy * c.y + m.zz * c.z + m.z1};
}

}  // namespace harmonia::pixel
