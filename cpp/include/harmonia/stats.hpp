// Mask-weighted statistics of an image: inside the mask with weight m, outside with weight 1 - m.
#pragma once

#include "harmonia/image.hpp"
#include "harmonia/space.hpp"

namespace harmonia {

// Weight, mean and sums of products of deviations (xx, xy, xz, yy, yz, zz) of one region.
struct Moments {
  double weight = 0.0;
  double mean[3] = {};
  double products[6] = {};

  // Joins another region, as if both had been measured at once (Chan et al. 1979).
  void add(const Moments& other);

  // Row-major 3 x 3, normalised by weight - 1 as for whole pixels; zero where that is not positive.
  void covariance(double out[9]) const;
};

struct RegionMoments {
  Moments inside, outside;
};

// In l-alpha-beta and log_lms, 8-bit black has no logarithm and is left out.
RegionMoments masked_moments(const ImageView& image, const MaskView& mask, Space space);

}  // namespace harmonia
