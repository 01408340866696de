// The resize of our own protocol: PIL's bicubic weights, and nothing rounded to codes in between.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// Any image as 0..1 into float32; nothing is clipped, so edges may overshoot. Of float32 images it
// is PIL's mode F bit for bit.
void antialiased_resize(const ImageView& image, const MutableImageView& out);

}  // namespace harmonia
