// Mask-weighted histograms and percentiles of the first three channels, in the image's own values.
#pragma once

#include <vector>

#include "harmonia/image.hpp"

namespace harmonia {

constexpr std::int64_t kMostBins = 65536;

// One bin a code for uint8 and uint16, 256 for the floats.
std::int64_t default_bins(Scalar scalar);

// Weights of the bins, [3][bins]: m goes to inside, 1 - m to outside. The bins (1 .. kMostBins)
// divide the whole range of the type, 0..255, 0..65535 or 0..1, evenly; the upper edge belongs to
// the last one. Exact where the mask is not float32.
void masked_histogram(const ImageView& image, const MaskView& mask, std::int64_t bins,
                      double* inside, double* outside);

// The smallest value whose cumulative weight, out of a total of W, is positive and at least q / 100
// * W: always a value of the image, nothing is interpolated. [q.size()][3]; empty where no pixel
// has weight.
std::vector<double> masked_percentile(const ImageView& image, const MaskView& mask,
                                      const std::vector<double>& q);

}  // namespace harmonia
