// What values an image or a mask holds: the facts that input checks need, in one pass.
#pragma once

#include <cstdint>

#include "harmonia/image.hpp"

namespace harmonia {

// Smallest and largest value in the view's own units. Where finite is false they mean nothing.
struct Range {
  double low, high;
  bool finite;
};

// Of the first three channels.
Range image_range(const ImageView& image);

Range mask_range(const MaskView& mask, std::int64_t height, std::int64_t width);

}  // namespace harmonia
