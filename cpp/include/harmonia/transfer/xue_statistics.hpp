// What Xue et al. 2012 measure of a region: the distribution of one property of its pixels.
#pragma once

#include <vector>

#include "harmonia/transfer/xue_contrast.hpp"

namespace harmonia {

// log2 of luminance, mired, log2 of HSV saturation, and |Y - G * Y| / (G * Y) with a Gaussian G of
// 7 x 7 pixels; luminance Y and saturation are of linear light.
enum class XueProperty { luminance, temperature, saturation, contrast };

// top and low are the means of the largest and the smallest 1/1024 of the values; a portion is the
// share of them in a twentieth of the way from top to low.
struct XueStatistics {
  double weight = 0.0;  // of what has the property at all; zero means that there is nothing to say
  double top = 0.0, low = 0.0, median = 0.0, mean = 0.0, spread = 0.0, skewness = 0.0,
         kurtosis = 0.0, entropy = 0.0, range = 0.0;
  double portions[20] = {};
};

// `compat` repeats the published code: a pixel without a colour temperature counts as 1500 K, the
// entropy is taken of saturated codes, and fewer than 100 contrasts are filled up. Weights are
// then 0 or 1, and `cover` is everywhere.
XueStatistics xue_statistics(const XueRegion& region, XueProperty property, bool compat);

// The contrast of a region if its luminance were this plane.
XueStatistics xue_contrast(const XueRegion& region, const std::vector<double>& luminance,
                           bool compat);

}  // namespace harmonia
