// Mask-weighted histograms of the three channels of a colour space.
#pragma once

#include "harmonia/image.hpp"
#include "harmonia/space.hpp"

namespace harmonia {

// Weights of evenly spaced bins in a colour space, [3][bins]: m goes to inside, 1 - m to outside.
// The first bin of channel c is centred on low[c] and the last on high[c]; a value falls into the
// bin with the nearest centre. Exact where the mask is not float32, but for values within a few
// 2^-24 of the range from an edge between two bins.
void space_histogram(const ImageView& image, const MaskView& mask, Space space, const double low[3],
                     const double high[3], std::int64_t bins, double* inside, double* outside);

}  // namespace harmonia
