// What became of the colours of an image: a bin for each that it holds, about.
#pragma once

#include <vector>

#include "harmonia/image.hpp"

namespace harmonia {

constexpr int kBinBits = 6;  // 64 bins a channel: four 8-bit levels each

struct ColorBin {
  double weight;               // its share of all weight
  double before[3], after[3];  // means, 0..1
};

// The bins that have weight, red slowest. Values are taken to 16 bits and float masks to 1/32640,
// so that the sums are of integers: nothing depends on their order.
std::vector<ColorBin> gather_color_bins(const ImageView& before, const ImageView& after,
                                        const MaskView& mask);

}  // namespace harmonia
