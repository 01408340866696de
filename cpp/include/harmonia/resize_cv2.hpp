// Resizing as OpenCV's scalar code does it. There is no antialiasing but in `area`.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

enum class Cv2Filter { nearest, linear, cubic, area, lanczos4 };

// uint8 or float32, the channels for themselves; `nearest` takes any scalar. Builds of OpenCV leave
// its scalar code for cubic, and for float32.
void cv2_resize(const ImageView& image, Cv2Filter filter, const MutableImageView& out);

}  // namespace harmonia
