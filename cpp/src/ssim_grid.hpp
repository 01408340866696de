// What the CPU and the device must agree on for equal bits: where tiles lie, the rounded window,
// and when float32 is exact enough.
#pragma once

#include <stdexcept>
#include <string>

#include "harmonia/pixel/ssim.hpp"
#include "harmonia/ssim.hpp"

namespace harmonia {

constexpr int kSsimWidth = 128, kSsimHeight = 128;

// Part of the map: its pixel (0, 0) has its window's first pixel at (top, left) of the image.
struct SsimTile {
  std::int64_t top, left;
  int height, width;
};

// The map in tiles of nearly one size.
struct SsimGrid {
  std::int64_t height, width, shift;
  std::int64_t rows, columns;

  HARMONIA_HD SsimTile tile(std::int64_t row, std::int64_t column) const {
    const std::int64_t top = height * row / rows, left = width * column / columns;
    return {top - shift, left - shift, static_cast<int>(height * (row + 1) / rows - top),
            static_cast<int>(width * (column + 1) / columns - left)};
  }
};

inline SsimGrid ssim_grid(const ImageView& image, const SsimWindow& window) {
  SsimGrid grid;
  grid.height = image.height - (window.zero_padding ? 0 : 2 * window.radius);
  grid.width = image.width - (window.zero_padding ? 0 : 2 * window.radius);
  grid.shift = window.zero_padding ? window.radius : 0;
  grid.rows = (grid.height + kSsimHeight - 1) / kSsimHeight;
  grid.columns = (grid.width + kSsimWidth - 1) / kSsimWidth;
  if (grid.height > 0 && grid.width > 0) return grid;
  const std::string side = std::to_string(2 * window.radius + 1);
  throw std::invalid_argument("ssim: no window of " + side + " x " + side +
                              " pixels lies inside an image of " + std::to_string(image.width) +
                              " x " + std::to_string(image.height));
}

// The window in one precision; the centres of the scale are those of a tile.
template <class Real>
struct SsimPlan {
  int radius;
  Real taps[kMostSsimRadius + 1];
  pixel::SsimScale<Real> scale;
};

template <class Real>
SsimPlan<Real> ssim_plan(const SsimWindow& window) {
  SsimPlan<Real> plan = {};
  plan.radius = window.radius;
  double missing = 0.0;
  for (int k = 0; k <= window.radius; ++k) {
    plan.taps[k] = static_cast<Real>(window.taps[k]);
    missing += (window.taps[k] - static_cast<double>(plan.taps[k])) * (k < window.radius ? 2 : 1);
  }
  // Rounded taps must still add up, or the variance of a flat window is a share of its square. The
  // outermost are small, and so is what rounds them.
  plan.taps[0] = static_cast<Real>(plan.taps[0] + missing / (window.radius > 0 ? 2 : 1));
  plan.scale.c1 = static_cast<Real>(2.0 * window.c1);
  plan.scale.c2 = static_cast<Real>(2.0 * window.c2);
  plan.scale.covariance = static_cast<Real>(window.covariance_scale);
  return plan;
}

// Nothing is tried in float32 where flat windows are divided by next to nothing.
inline bool always_in_double(const SsimWindow& window) { return window.c2 < 1.0; }

// Above this mean of pixel::ssim_condition a channel of a tile is computed in double. A moment in
// float32 is off by a few roundings of 2^-24, in a flat region all to the same side: 1.5 of them at
// most were seen under 11 taps, and 3 under 31, so that a mean is off by less than 9e-7.
HARMONIA_HD std::int64_t most_condition(int radius) { return radius <= 5 ? 8 : 4; }

// Conditions are summed in steps, each held below a bound.
constexpr float kConditionStep = 64.0f, kConditionBound = 1048576.0f;

template <class Real>
HARMONIA_HD std::int32_t fixed_condition(Real condition) {
  constexpr Real kBound = static_cast<Real>(kConditionBound);
  const Real held = condition < kBound ? condition : kBound;
  return static_cast<std::int32_t>(held * static_cast<Real>(kConditionStep));
}

HARMONIA_HD bool too_coarse(std::int64_t conditions, std::int64_t windows, int radius) {
  return conditions > windows * most_condition(radius) * static_cast<std::int64_t>(kConditionStep);
}

// One of so many rows is asked for the means of a tile, and of those filtered for its condition.
constexpr int kCentreRows = 8, kConditionRows = 8;

// For the means of a tile, of which only whole numbers near them are wanted.
HARMONIA_HD std::int32_t near_code(float level) {
  return static_cast<std::int32_t>(pixel::clamp(level, -4096.0f, 4096.0f));
}

// Sums in steps of pixel::kSsimStep, and of pixel::kSsimWeightedStep.
struct SsimChannelSums {
  std::int64_t ssim = 0, cs = 0, masked = 0;
};

struct SsimTileSums {
  SsimChannelSums channels[3];
  std::int64_t weight = 0;

  HARMONIA_HD void add(int channel, const SsimChannelSums& more) {
    channels[channel].ssim += more.ssim;
    channels[channel].cs += more.cs;
    channels[channel].masked += more.masked;
  }

  HARMONIA_HD void add(const SsimTileSums& other) {
    for (int c = 0; c < 3; ++c) add(c, other.channels[c]);
    weight += other.weight;
  }
};

// In whole pixels; without a mask all of them count.
inline SsimSums ssim_sums(const SsimTileSums& all, const SsimGrid& grid, bool masked) {
  constexpr double kStep = 1.0 / pixel::kSsimStep;
  constexpr double kWeightedStep = 1.0 / pixel::kSsimWeightedStep;
  SsimSums sums;
  sums.count = grid.height * grid.width;
  for (int c = 0; c < 3; ++c) {
    sums.ssim[c] = static_cast<double>(all.channels[c].ssim) * kStep;
    sums.cs[c] = static_cast<double>(all.channels[c].cs) * kStep;
    const double weighted = static_cast<double>(all.channels[c].masked) * kWeightedStep / 255.0;
    sums.masked[c] = masked ? weighted : sums.ssim[c];
  }
  sums.weight = masked ? static_cast<double>(all.weight) * kWeightedStep / 255.0
                       : static_cast<double>(sums.count);
  return sums;
}

}  // namespace harmonia
