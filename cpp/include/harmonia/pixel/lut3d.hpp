// Where a colour lies in a 3D table, and how much each node around it counts.
//
// The eight nodes of a cell are numbered 4 * red + 2 * green + blue: node 5 is one step along red
// and blue from the cell's own node 0.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// A position along one axis: between node `index` and the next, as a share of the way.
struct LutStep {
  std::int32_t index;
  float fraction;
};

// `t` is 0 at node 0 and 1 at the last of steps + 1 nodes. For up to 4096 steps the fraction is
// exact to a rounding of itself, not of the position: t is taken apart so that both products are
// exact. Beyond 0..1 the fraction is, too, and the index stays.
HARMONIA_HD LutStep lut_step(float t, std::int32_t steps) {
  const float high = float_of(bits_of(t) & ~0xfff), low = t - high;
  const float scale = static_cast<float>(steps);
  const float coarse = high * scale, fine = low * scale;
  const float place = clamp(coarse + fine, 0.0f, static_cast<float>(steps - 1));
  const std::int32_t index = static_cast<std::int32_t>(place);
  return {index, (coarse - static_cast<float>(index)) + fine};
}

// Weights of the nodes by trilinear interpolation. They add up to 1, but for rounding.
HARMONIA_HD void trilinear_weights(float x, float y, float z, float* w) {
  const float xy = x * y, x_only = x - xy, y_only = y - xy, neither = (1.0f - x) - y_only;
  w[1] = neither * z, w[0] = neither - w[1];
  w[3] = y_only * z, w[2] = y_only - w[3];
  w[5] = x_only * z, w[4] = x_only - w[5];
  w[7] = xy * z, w[6] = xy - w[7];
}

// Tetrahedral interpolation walks from node 0 to node 7 along the axes in the order of their
// fractions, the largest first: four nodes count, and the weights are differences of fractions.
struct LutWalk {
  std::int32_t second, third;  // the nodes between, 1..6
  float w[4];                  // of node 0, second, third and node 7
};

HARMONIA_HD LutWalk tetrahedral_walk(float x, float y, float z) {
  // Of equal fractions any order gives the same value.
  const float least = x < y ? (x < z ? x : z) : (y < z ? y : z);
  const float most = x > y ? (x > z ? x : z) : (y > z ? y : z);
  const float xy = x > y ? x : y, low_xy = x > y ? y : x;
  const float low_or_z = low_xy > z ? low_xy : z;
  const float middle = xy < low_or_z ? xy : low_or_z;
  const bool x_first = x >= y && x >= z, y_first = !x_first && y >= z;
  const bool z_last = z <= x && z <= y, y_last = !z_last && y <= x;
  const std::int32_t second = x_first ? 4 : y_first ? 2 : 1;
  const std::int32_t third = 7 - (z_last ? 1 : y_last ? 2 : 4);
  return {second, third, {1.0f - most, most - middle, middle - least, least}};
}

}  // namespace harmonia::pixel
