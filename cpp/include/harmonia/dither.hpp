// Pictures of two levels as PIL makes them: what old evaluation scripts do to masks.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// BT.601 luma of an 8-bit RGB image into one channel: PIL's convert("L").
void pil_grey(const ImageView& image, const MutableImageView& out);

// Floyd and Steinberg's error diffusion of one 8-bit channel, or of the luma of three, into 0 or 1:
// PIL's convert("1").
void pil_dither(const ImageView& image, const MutableImageView& out);

}  // namespace harmonia
