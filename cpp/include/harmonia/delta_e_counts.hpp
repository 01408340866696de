// How colour differences and weights are summed up as whole numbers, on the CPU and on CUDA.
#pragma once

#include "harmonia/delta_e.hpp"
#include "harmonia/pixel/fixed_sum.hpp"

namespace harmonia {

// A product of a difference and a weight fits into 55 bits, so 256 of them fit into 64.
constexpr float kDeltaEUnits = 1048576.0f, kMostDeltaE = 2047.0f;

HARMONIA_HD std::uint32_t delta_e_units(float difference) {
  const float held = difference < kMostDeltaE ? difference : kMostDeltaE;
  return pixel::nearest_whole(held * kDeltaEUnits);
}

// What a weight of 1 counts: bytes and bools come back as the whole numbers that they were.
HARMONIA_HD float mask_units(MaskScalar scalar) {
  return scalar == MaskScalar::f32 ? 16777216.0f : 255.0f;
}

struct DeltaECounts {
  pixel::WideSum sum, weighted;
  std::uint64_t weight = 0;
  float largest = 0.0f;
};

inline DeltaESums sums_of(const DeltaECounts& counts, MaskScalar mask, std::int64_t pixels) {
  const double units = kDeltaEUnits, full = mask_units(mask);
  return {counts.sum.value() / units, counts.weighted.value() / (units * full),
          static_cast<double>(counts.weight) / full, pixels, counts.largest};
}

}  // namespace harmonia
