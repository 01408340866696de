// What is summed over the pixels of two images and a mask, and what one pixel adds.
#pragma once

#include <cstdint>

#include "harmonia/pixel/pixel.hpp"

namespace harmonia {

enum ErrorTerm : int {
  kPixels,
  kSquared,            // d^2
  kAbsolute,           // |d|
  kWeight,             // m
  kWeightedSquared,    // m d^2
  kWeightedAbsolute,   // m |d|
  kBackground,         // pixels with m = 0
  kBackgroundSquared,  // d^2 where m = 0
  kSummedTerms,
  kOutputMin = kSummedTerms,
  kOutputMax,
  kTargetMin,
  kTargetMax,
  kErrorTerms
};

namespace pixel {

// What a pixel adds beside d^2 and |d|, which are sums over its channels. Number is double, or a
// whole number that holds the sums.
template <class Number>
struct WeightedError {
  Number squared, absolute, background, background_squared;
};

template <class Number>
HARMONIA_HD WeightedError<Number> weighted_error(Number squared, Number absolute, Number m) {
  const Number zero = 0, one = 1;
  const bool outside = m == zero;
  return {m * squared, m * absolute, outside ? one : zero, outside ? squared : zero};
}

}  // namespace pixel
}  // namespace harmonia
