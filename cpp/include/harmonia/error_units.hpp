// What error sums are summed in, on the CPU and on CUDA, before they become levels of 8 bits.
#pragma once

#include <cstdint>

#include "harmonia/error_sums.hpp"

namespace harmonia {

// The unit in which two images are compared, where a stored number is a whole number of it if it is
// an integer: a level of 8 bits, or of 16 where one of the images has them.
struct ErrorUnits {
  double output, target;  // in a stored number
  double level;           // in a level of 8 bits
  double full;            // the stored weight that means 1
  bool exact;             // all numbers are whole
};
ErrorUnits error_units(Scalar output, Scalar target, const MaskView& mask);

// A sum of up to 2^32 whole numbers below 2^64.
struct ExactSum {
  std::uint64_t low = 0, high = 0;

  void add(std::uint64_t value) {
    low += value & 0xffffffffu;
    high += value >> 32;
  }

  // Rounded once, for the upper part is below 2^53 in a sum below 2^85.
  double value() const {
    const std::uint64_t carried = high + (low >> 32);
    return static_cast<double>(carried) * 4294967296.0 + static_cast<double>(low & 0xffffffffu);
  }
};

// From sums in the units' own numbers to those of levels of 8 bits and weights 0..1.
ErrorSums in_levels(const double sums[kErrorTerms], const ErrorUnits& units);

}  // namespace harmonia
