// What the kernel and the driver of ssim share: one tile of the map, and the pixels under it.
//
// Tiles lie on a grid that follows from the sizes of image and window alone. A tile is filtered
// along its rows, then down its columns, and nothing larger than a tile is ever stored.
#pragma once

#include "block.hpp"
#include "harmonia/pixel/ssim.hpp"
#include "harmonia/ssim.hpp"

namespace harmonia {

constexpr int kSsimWidth = 128, kSsimHeight = 128;
constexpr int kSsimRows = kSsimHeight + 2 * kMostSsimRadius;
constexpr int kSsimPitch = kSsimWidth + 2 * kMostSsimRadius + 2;
static_assert(kSsimPitch <= kBlock && kSsimPitch % kLanes == 0);

// Part of the map: its pixel (0, 0) has its window's first pixel at (top, left) of the image.
struct SsimTile {
  std::int64_t top, left;
  int height, width;
};

// The pixels under a tile on the scale 0..255, as codes of 8 bits or as floats.
template <class Sample>
struct SsimPair {
  alignas(64) Sample output[3][kSsimRows][kSsimPitch];
  alignas(64) Sample target[3][kSsimRows][kSsimPitch];
  bool equal[3][kSsimRows];
};

// Weights 0..255 of the tile's pixels.
struct SsimWeights {
  alignas(64) float w[kSsimHeight][kSsimWidth];
  bool any[kSsimHeight];
};

// E[s], E[d], E[s^2], E[d^2] along a row, of as many rows as the columns need. The pitch is no
// power of two, which would make the rows of a column share a set of the cache.
template <class Real>
struct SsimRows {
  static constexpr int kPitch = 4 * kSsimWidth + kLanes;
  alignas(64) Real moments[kSsimRows][kPitch];
};

// In steps of pixel::kSsimStep, and of pixel::kSsimWeightedStep.
struct SsimChannelSums {
  std::int64_t ssim = 0, cs = 0, masked = 0;
};

struct SsimTileSums {
  SsimChannelSums channels[3];
  std::int64_t weight = 0;

  void add(int channel, const SsimChannelSums& more) {
    channels[channel].ssim += more.ssim;
    channels[channel].cs += more.cs;
    channels[channel].masked += more.masked;
  }

  void add(const SsimTileSums& other) {
    for (int c = 0; c < 3; ++c) add(c, other.channels[c]);
    weight += other.weight;
  }
};

// The window in one precision; the centres of the scale are those of a tile.
template <class Real>
struct SsimPlan {
  int radius;
  Real taps[kMostSsimRadius + 1];
  pixel::SsimScale<Real> scale;
};

// Above this mean of pixel::ssim_condition a channel of a tile is computed in double. A moment in
// float32 is off by a few roundings of 2^-24, in a flat region all to the same side: 1.5 of them at
// most were seen under 11 taps, and 3 under 31, so that a mean is off by less than 8e-7.
constexpr std::int64_t most_condition(int radius) { return radius <= 5 ? 8 : 4; }

// Of so many rows one is asked for the means of a tile, and for its condition.
constexpr int kCentreStep = 8, kConditionStep = 8;

}  // namespace harmonia
