// Colours of a region as a list: all of its pixels, or an even share of them where there are many.
#pragma once

#include <vector>

#include "harmonia/image.hpp"
#include "harmonia/space.hpp"

namespace harmonia {

struct Sample {
  std::vector<float> x, y, z, weights;
};

struct RegionSamples {
  Sample inside, outside;
};

// Pixels that have weight inside the mask (m) and outside (1 - m), in reading order. Where more
// than `limit` have weight, each is kept with probability limit / count, by a hash of its position:
// about `limit` of them, the same ones for any number of threads.
RegionSamples masked_sample(const ImageView& image, const MaskView& mask, Space space,
                            std::int64_t limit, std::uint64_t seed);

}  // namespace harmonia
