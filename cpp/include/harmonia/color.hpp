// Whole images between colour spaces.
#pragma once

#include "harmonia/image.hpp"
#include "harmonia/space.hpp"

namespace harmonia {

// Three channels of `from` in `source` to three channels of `to` in `target`; both have the same
// height and width. RGB is sRGB codes of any scalar, where float32 may leave 0..1; the other spaces
// are float32 in their own units. What comes in is held within +-kLargestValue, so that finite
// input gives finite output.
void convert(const ImageView& from, Space source, const MutableImageView& to, Space target);

constexpr float kLargestValue = 1.0e6f;

}  // namespace harmonia
