// Where a colour lies in a 3D table, and how much each node around it counts.
//
// The eight nodes of a cell are numbered 4 * red + 2 * green + blue: node 5 is one step along red
// and blue from the cell's own node 0.
#pragma once

#include "harmonia/pixel/pixel.hpp"

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

// The two of a t within 0..1. There the coarse product less the index is exact, so that the
// fraction is t * steps - index, rounded once: a machine that fuses the two need not take t apart.
HARMONIA_HD std::int32_t lut_index_inside(float t, std::int32_t steps) {
  const float place = t * static_cast<float>(steps), last = static_cast<float>(steps - 1);
  return static_cast<std::int32_t>(place < last ? place : last);
}

HARMONIA_HD float lut_fraction_inside(float t, std::int32_t steps, std::int32_t index) {
  const float high = float_of(bits_of(t) & ~0xfff), low = t - high;
  const float scale = static_cast<float>(steps);
  return (high * scale - static_cast<float>(index)) + low * scale;
}

// How far node number 0..7 of a cell lies from node 0 in a table [r][g][b].
HARMONIA_HD std::int32_t lut_offset(std::int32_t node, std::int32_t slice, std::int32_t row) {
  return (node >> 2) * slice + ((node >> 1) & 1) * row + (node & 1);
}

// Trilinear interpolation is bilinear along red and green, for either end along blue, and then a
// step between the two: end0 + z * (end1 - end0). Products are summed in the order of the weights.
struct BilinearWeights {
  float w[4];  // of 2 * red + green steps
};

HARMONIA_HD BilinearWeights bilinear_weights(float x, float y) {
  const float both = x * y, only_x = x - both, only_y = y - both;
  return {{(1.0f - x) - only_y, only_y, only_x, both}};
}

// Tetrahedral interpolation walks from node 0 to node 7 along the axes in the order of their
// fractions, the largest first: four nodes count, and the weights are differences of fractions.
// Products are summed in the order of the walk.
struct LutWalk {
  std::int32_t second, third;  // the nodes between
  float w[4];                  // of node 0, second, third and node 7
};

// Nodes are numbers 1..6, or what the steps along red, green and blue add up to. Of equal fractions
// any order gives the same value. Without && and ?: of more than values, so that loops over it
// vectorize.
HARMONIA_HD LutWalk tetrahedral_walk(float x, float y, float z, std::int32_t red = 4,
                                     std::int32_t green = 2, std::int32_t blue = 1) {
  const float least_xy = x < y ? x : y, most_xy = x > y ? x : y;
  const float least = least_xy < z ? least_xy : z, most = most_xy > z ? most_xy : z;
  const float rest = least_xy > z ? least_xy : z, middle = most_xy < rest ? most_xy : rest;
  const std::int32_t not_red = y == most ? green : blue, second = x == most ? red : not_red;
  const std::int32_t not_blue = y == least ? green : red, last = z == least ? blue : not_blue;
  return {second, red + green + blue - last, {1.0f - most, most - middle, middle - least, least}};
}

// What brings an axis from low..high to 0..1.
inline float lut_scale(float low, float high) {
  return static_cast<float>(1.0 / (static_cast<double>(high) - static_cast<double>(low)));
}

HARMONIA_HD Color add_weighted(Color sum, float weight, Color v) {
  return {sum.x + weight * v.x, sum.y + weight * v.y, sum.z + weight * v.z};
}

// The colour at the shares (x, y, z) of the way through a cell, as BilinearWeights describes it;
// `node(j)` is the colour of node j.
template <class Nodes>
HARMONIA_HD Color lut_trilinear(const Nodes& node, float x, float y, float z) {
  const BilinearWeights b = bilinear_weights(x, y);
  const Color n0 = node(0), n1 = node(1);
  Color low = {b.w[0] * n0.x, b.w[0] * n0.y, b.w[0] * n0.z};
  Color high = {b.w[0] * n1.x, b.w[0] * n1.y, b.w[0] * n1.z};
  low = add_weighted(low, b.w[1], node(2)), high = add_weighted(high, b.w[1], node(3));
  low = add_weighted(low, b.w[2], node(4)), high = add_weighted(high, b.w[2], node(5));
  low = add_weighted(low, b.w[3], node(6)), high = add_weighted(high, b.w[3], node(7));
  return {low.x + z * (high.x - low.x), low.y + z * (high.y - low.y), low.z + z * (high.z - low.z)};
}

// The same by the four nodes of the walk.
template <class Nodes>
HARMONIA_HD Color lut_tetrahedral(const Nodes& node, float x, float y, float z) {
  const LutWalk walk = tetrahedral_walk(x, y, z);
  const Color own = node(0);
  Color sum = {walk.w[0] * own.x, walk.w[0] * own.y, walk.w[0] * own.z};
  sum = add_weighted(sum, walk.w[1], node(walk.second));
  sum = add_weighted(sum, walk.w[2], node(walk.third));
  return add_weighted(sum, walk.w[3], node(7));
}

// One channel of a shaper: nodes `stride` apart, `t` as for lut_step.
HARMONIA_HD float lut_shape(const float* nodes, std::int32_t stride, std::int32_t size, float t) {
  const LutStep step = lut_step(t, size - 1);
  const float here = nodes[step.index * stride], next = nodes[(step.index + 1) * stride];
  return here + step.fraction * (next - here);
}

}  // namespace harmonia::pixel
