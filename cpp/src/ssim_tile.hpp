// The pixels under one tile of the map, and what is kept of them between rows and columns.
//
// A tile is filtered along its rows, then down its columns, and nothing larger is ever stored.
#pragma once

#include "block.hpp"
#include "ssim_grid.hpp"

namespace harmonia {

constexpr int kSsimRows = kSsimHeight + 2 * kMostSsimRadius;
constexpr int kSsimPitch = kSsimWidth + 2 * kMostSsimRadius + 2;
static_assert(kSsimPitch <= kBlock && kSsimPitch % kLanes == 0);

// So many rows ahead are asked of the memory.
constexpr int kPrefetchedRows = 8;

// On the scale 0..255, as codes of 8 bits or as floats.
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

}  // namespace harmonia
