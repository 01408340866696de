// Structural similarity (Wang et al. 2004) of two images under a separable window, summed up over
// the map and under a mask.
#pragma once

#include <cstdint>

#include "harmonia/image.hpp"

namespace harmonia {

constexpr int kMostSsimRadius = 15;

// A symmetric window of 2 * radius + 1 taps, of which the outermost comes first and the centre
// last, and the constants on the scale 0..255.
struct SsimWindow {
  int radius = 0;
  double taps[kMostSsimRadius + 1] = {};
  bool zero_padding = false;  // else only windows that lie inside the image count
  double c1 = 6.5025, c2 = 58.5225;
  double covariance_scale = 1.0;  // variances and covariance are multiplied with it
};

// Of every channel: sums of the map, of its part without luminance, and of the map times the mask
// at the centres of the windows. The mask's own sum and the number of pixels of the map.
struct SsimSums {
  double ssim[3] = {}, cs[3] = {}, masked[3] = {};
  double weight = 0.0;
  std::int64_t count = 0;
};

// Three channels of images of one size, of any scalar types. Throws std::invalid_argument where no
// window fits.
//
// Windows are computed in float32 about the means of a tile. A tile where that would show in the
// sixth digit, and all tiles where c2 < 1, are computed in double.
SsimSums ssim(const ImageView& output, const ImageView& target, const MaskView& mask,
              const SsimWindow& window);

}  // namespace harmonia
