// Sums in whole numbers, which no order of additions can change.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// To nearest, ties to even, of values from 0 to below 2^31. From 2^23 on floats are whole; below,
// adding that much leaves no digits behind the point.
HARMONIA_HD std::uint32_t nearest_whole(float v) {
  const float whole = v < 8388608.0f ? (v + 8388608.0f) - 8388608.0f : v;
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(whole));
}

// More than 64 bits hold: high * 2^32 + low.
struct WideSum {
  std::uint64_t high = 0, low = 0;

  HARMONIA_HD void add(std::uint64_t v) {
    high += v >> 32;
    low += v & 0xffffffffu;
  }

  HARMONIA_HD void add(const WideSum& other) {
    high += other.high;
    low += other.low;
  }

  // Rounded once, however the sum came about, while `high` is below 2^53.
  double value() const {
    const std::uint64_t whole = high + (low >> 32);
    return static_cast<double>(whole) * 4294967296.0 + static_cast<double>(low & 0xffffffffu);
  }
};

}  // namespace harmonia::pixel
