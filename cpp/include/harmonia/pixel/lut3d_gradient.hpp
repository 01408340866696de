// The derivatives of a look-up in a 3D table, for one pixel.
//
// With g the gradient of the output, m the mask, J the Jacobian of the table and w_j the weight of
// node j (pixel/lut3d.hpp), out = m * lut(image) + (1 - m) * image gives
//
//   the image     (1 - m) * g + m * J^T g
//   node j        w_j * (m * g)
//   the mask      g . (lut(image) - image)
//
// A table has kinks where cells meet. There the derivatives are those of the cell, and for
// tetrahedra of the walk, which the look-up itself takes.
#pragma once

#include "harmonia/pixel/lut3d.hpp"

namespace harmonia::pixel {

// What lies at a place in a cell, and its derivatives along red, green and blue, the cell being
// one long. V is a float for one channel, or anything that has the sum, the difference and the
// multiple of several.
template <class V>
struct LutSlope {
  V value, red, green, blue;
};

// `node` are the eight nodes of the cell.
template <class V>
HARMONIA_HD LutSlope<V> trilinear_slope(const V* node, float x, float y, float z) {
  // First along blue, on the four edges red 0 or 1, green 0 or 1.
  const V z00 = node[1] - node[0], z01 = node[3] - node[2];
  const V z10 = node[5] - node[4], z11 = node[7] - node[6];
  const V e00 = node[0] + z * z00, e01 = node[2] + z * z01;
  const V e10 = node[4] + z * z10, e11 = node[6] + z * z11;
  // Then along green, on the two faces.
  const V y0 = e01 - e00, y1 = e11 - e10;
  const V f0 = e00 + y * y0, f1 = e10 + y * y1;
  const V z0 = z00 + y * (z01 - z00), z1 = z10 + y * (z11 - z10);
  const V red = f1 - f0;
  return {f0 + x * red, red, y0 + x * (y1 - y0), z0 + x * (z1 - z0)};
}

// `node` are the four nodes of the walk: 0, second, third and 7.
template <class V>
HARMONIA_HD LutSlope<V> tetrahedral_slope(const V* node, const LutWalk& walk) {
  const V step[3] = {node[1] - node[0], node[2] - node[1], node[3] - node[2]};
  const V value =
      ((walk.w[0] * node[0] + walk.w[1] * node[1]) + walk.w[2] * node[2]) + walk.w[3] * node[3];
  // The bit of an axis is set in all nodes behind the step along it.
  const std::int32_t red = 2 - (walk.second >> 2) - (walk.third >> 2);
  const std::int32_t green = 2 - (walk.second >> 1 & 1) - (walk.third >> 1 & 1);
  const std::int32_t blue = 2 - (walk.second & 1) - (walk.third & 1);
  return {value, step[red], step[green], step[blue]};
}

// How fast the place among the nodes of an axis moves with the colour: t = (colour - low) * scale
// is what lut_step is given, before a clamp. A colour that is clamped moves nothing; one on the
// border does.
HARMONIA_HD float lut_pace(float t, float scale, std::int32_t steps, bool clamped) {
  const float pace = scale * static_cast<float>(steps);
  return clamped && (t < 0.0f || t > 1.0f) ? 0.0f : pace;
}

HARMONIA_HD float dot(Color a, Color b) { return (a.x * b.x + a.y * b.y) + a.z * b.z; }

// One channel of the gradient of the image. `along` is the derivative of the three channels along
// this channel's axis, `g` the gradient of the output and `own` its value for this channel.
HARMONIA_HD float lut_image_gradient(Color along, Color g, float own, float pace, float weight) {
  return weight * (pace * dot(along, g)) + (1.0f - weight) * own;
}

HARMONIA_HD float lut_mask_gradient(Color value, Color old, Color g) {
  return dot({value.x - old.x, value.y - old.y, value.z - old.z}, g);
}

}  // namespace harmonia::pixel
