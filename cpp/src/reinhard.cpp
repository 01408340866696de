#include "harmonia/transfer/reinhard.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace harmonia {
namespace {

// log10 LMS = kFromLab * l-alpha-beta; its transpose is its inverse, since the axes are
// orthonormal.
const double kFromLab[9] = {
    1 / std::sqrt(3.0), 1 / std::sqrt(6.0),  1 / std::sqrt(2.0),   //
    1 / std::sqrt(3.0), 1 / std::sqrt(6.0),  -1 / std::sqrt(2.0),  //
    1 / std::sqrt(3.0), -2 / std::sqrt(6.0), 0.0,
};

// The spread that rounding to 8 bits causes: 1 / sqrt(12) of a level. In l-alpha-beta taken at mid
// grey, where a level is log10(129 / 128); in CIELAB, where a level of grey is about 0.4.
constexpr double kRoundingLog = 0.001;
constexpr double kRoundingLab = 0.1;

double spread(double variance, double least) { return std::max(std::sqrt(variance), least); }

}  // namespace

AffineMap reinhard(const Moments& source, const Moments& target, Space space) {
  if (space != Space::lalphabeta && space != Space::lab) {
    throw std::invalid_argument("reinhard: space must be lalphabeta or lab");
  }
  AffineMap map;
  map.space = space == Space::lab ? Space::lab : Space::log_lms;
  if (source.weight <= 0.0 || target.weight <= 0.0) return map;

  double from[9], to[9], gain[3], shift[3];
  source.covariance(from);
  target.covariance(to);
  const double least = space == Space::lab ? kRoundingLab : kRoundingLog;
  for (int c = 0; c < 3; ++c) {
    gain[c] = std::min(spread(to[4 * c], least) / spread(from[4 * c], least), kLargestGain);
    shift[c] = target.mean[c] - gain[c] * source.mean[c];
  }
  if (space == Space::lab) {
    for (int c = 0; c < 3; ++c) {
      map.matrix[4 * c] = gain[c];
      map.offset[c] = shift[c];
    }
    return map;
  }
  // log LMS -> l-alpha-beta -> scaled -> log LMS is one matrix. The map works on base-2 logarithms.
  for (int i = 0; i < 3; ++i) {
    map.offset[i] = 0.0;
    for (int j = 0; j < 3; ++j) {
      map.matrix[3 * i + j] = 0.0;
      for (int c = 0; c < 3; ++c) {
        map.matrix[3 * i + j] += kFromLab[3 * i + c] * gain[c] * kFromLab[3 * j + c];
      }
      map.offset[i] += kFromLab[3 * i + j] * shift[j] * std::log2(10.0);
    }
  }
  return map;
}

}  // namespace harmonia
