// A 3D table for 8-bit images in integers. Integers add up exactly in any order, so that each
// machine may sum as suits it and all give the same bits.
//
// Positions have 15 bits behind the point, nodes are 16-bit integers, 128 to a level (fewer where a
// table reaches beyond 0..1). Nodes and weights are kept negated: the weight 1 is then -32768,
// which fits 16 bits, and their products have their sign back.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

constexpr int kLutPointBits = 15;
constexpr std::int32_t kLutOne = 1 << kLutPointBits;

// Where a code lies on an axis: the cell, and the share of the way through it.
template <class Integer>
struct LutCodeStepOf {
  Integer index, fraction;
};
using LutCodeStep = LutCodeStepOf<std::uint16_t>;

// A code on an axis of steps + 1 nodes over 0..1, steps at most 128. Code 255 lies on the last
// node, so that fractions stay below one. All of it fits 16 bits, since 255 * 128 < 2^15.
template <class Integer>
HARMONIA_HD LutCodeStepOf<Integer> lut_code_step(std::uint8_t code, Integer steps) {
  // Cut to the integer at every step, or the compiler widens what it cannot know to fit.
  const Integer place = static_cast<Integer>(code * steps);
  const Integer index = static_cast<Integer>(static_cast<std::uint32_t>(place) / 255);
  const Integer rest = static_cast<Integer>(place - index * 255);
  // rest / 255 * 2^15 = 128.502 rest, which 128.5 rest, rounded up, meets to less than a unit.
  const Integer twice = static_cast<Integer>(rest * 257);
  return {index, static_cast<Integer>(static_cast<Integer>(twice + 1) >> 1)};
}

// a * b as fractions, to nearest; a tie goes up.
HARMONIA_HD std::int32_t lut_rounded_product(std::int32_t a, std::int32_t b) {
  return (a * b + (kLutOne >> 1)) >> kLutPointBits;
}

// Negated weights of the eight nodes, which add up to -2^15 exactly.
HARMONIA_HD void trilinear_code_weights(std::int32_t x, std::int32_t y, std::int32_t z,
                                        std::int32_t* w) {
  const std::int32_t both = lut_rounded_product(-x, y), only_x = -x - both, only_y = -y - both;
  const std::int32_t neither = -kLutOne - both - only_x - only_y;
  w[1] = lut_rounded_product(neither, z), w[0] = neither - w[1];
  w[3] = lut_rounded_product(only_y, z), w[2] = only_y - w[3];
  w[5] = lut_rounded_product(only_x, z), w[4] = only_x - w[5];
  w[7] = lut_rounded_product(both, z), w[6] = both - w[7];
}

// The same of tetrahedral interpolation: a node between counts by as much as the least of its own
// axes exceeds the greatest of the others, and not at all where that is negative.
HARMONIA_HD void tetrahedral_code_weights(std::int32_t x, std::int32_t y, std::int32_t z,
                                          std::int32_t* w) {
  const std::int32_t least_xy = x < y ? x : y, least_xz = x < z ? x : z, least_yz = y < z ? y : z;
  const std::int32_t most_xy = x > y ? x : y, most_xz = x > z ? x : z, most_yz = y > z ? y : z;
  const std::int32_t inner[6] = {most_xy - z, most_xz - y,  x - least_yz,
                                 most_yz - x, y - least_xz, z - least_xy};
  w[0] = (most_xy > z ? most_xy : z) - kLutOne;
  for (int j = 0; j < 6; ++j) w[j + 1] = inner[j] < 0 ? inner[j] : 0;
  w[7] = -(least_xy < z ? least_xy : z);
}

// The sum of eight weighted nodes in levels, `bits` of a node's bits lying behind the point: 24
// bits of it, which a float holds, so that the blend with weight 1 and plain rounding agree.
HARMONIA_HD float lut_level(std::int32_t sum, int bits) {
  return static_cast<float>(sum >> 7) * float_of((127 - 8 - bits) << 23);  // 2^-(8 + bits)
}

// weight * fresh + (1 - weight) * old, `fresh` in levels and held within 0..255.
HARMONIA_HD std::uint8_t lut_blend(float fresh, std::uint8_t old, float weight) {
  const float mixed =
      weight * clamp(fresh, 0.0f, 255.0f) + (1.0f - weight) * static_cast<float>(old);
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(mixed + 0.5f));
}

}  // namespace harmonia::pixel
