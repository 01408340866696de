// Images of half the size, the step from one scale of MS-SSIM to the next.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// Rows or columns left of so many: an odd side counts as if a zero stood before and after it.
constexpr std::int64_t half_size(std::int64_t size) { return (size + size % 2) / 2; }

// The means of 2 x 2 pixels of the first three channels; `out` is float32, half_size(height) x
// half_size(width) x 3.
void half_size(const ImageView& image, const MutableImageView& out);

}  // namespace harmonia
