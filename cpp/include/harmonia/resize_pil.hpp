// Resizing as PIL does it, to the bit: scores are published of images that went through it.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

enum class PilFilter { nearest, box, bilinear, bicubic, lanczos };

// What is cut out before, in pixels and their fractions. PIL keeps it in float32.
struct PilBox {
  float left, top, right, bottom;
};

// Up to version 12 PIL resizes columns first. Version 13 takes the rows first where the height
// loses more than twice as many pixels as the width, and its rounding in between shows.
enum class PilOrder { columns_first, version_13 };

// 8-bit images of one, three or four channels, the fourth is alpha and weighs colours; float32 as
// PIL's mode F, every channel for itself; `nearest` takes any scalar.
void pil_resize(const ImageView& image, PilFilter filter, const PilBox& box, PilOrder order,
                const MutableImageView& out);

}  // namespace harmonia
