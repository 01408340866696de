// The regions that Xue et al. 2012 measure: a foreground and the background around it.
#pragma once

#include <vector>

#include "harmonia/image.hpp"
#include "harmonia/transfer/xue_statistics.hpp"

namespace harmonia {

struct XueRegions {
  XueRegion inside, outside;
  double inside_luminance = 0.0;  // the mean of all of the inside, before the erosion
};

// The picture within three times the box of the mask, averaged over squares of pixels where that
// is more than 512 x 512, and blurred by a Gaussian of 1/1024 of its shorter side: inside and
// outside each for itself, so that no colour bleeds over the mask's edge. Pixels near that edge do
// not count, as far as enough are left.
XueRegions xue_regions(const ImageView& image, const MaskView& mask);

}  // namespace harmonia
