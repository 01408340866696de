// Xue, Agarwala, Dorsey, Rushmeier 2012, "Understanding and Improving the Realism of Image
// Composites": contrast, luminance, colour temperature and saturation, adjusted one after another.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// What the method changes, in linear light and in this order; colours are held within 0..1 after
// each step.
struct XueMap {
  double alpha = 0.5;       // of the curve on luminance: 0.4 raises contrast, 0.6 lowers it
  double threshold = 0.5;   // the luminance that the curve leaves where it is
  double luminance = 0.0;   // stops
  double mired = 0.0;       // of the correlated colour temperature, at constant tint
  double saturation = 0.0;  // stops of HSV saturation
  bool compat = false;      // as the published code does it
};

// out = m * map(image) + (1 - m) * image with m = strength * mask. Bytes under m = 0 and channels
// beyond the third are the image's own. `out` has the image's size, scalar and channels and does
// not overlap it.
void xue_transfer(const ImageView& image, const MaskView& mask, float strength, const XueMap& map,
                  const MutableImageView& out);

}  // namespace harmonia
