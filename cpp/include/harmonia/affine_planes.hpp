// Affine maps of colour on the pixels of a small picture, enlarged bicubically to a large one and
// applied there in one pass.
#pragma once

#include <cstdint>

#include "harmonia/image.hpp"

namespace harmonia {

constexpr std::int64_t kMostPlaneSide = 4096;

// Owned by the caller. Nine planes of matrices, row by row, and three of offsets; a 13th, where
// there is one, is the share of what a map gives, the colour as it was being the rest.
struct AffinePlanes {
  const float* values;  // [count][height][width]
  std::int64_t count, height, width;
};

// out = w * new + (1 - w) * image, w the mask times strength, and new the map held within 0..1,
// then mixed with the colour by its share, where there is one. Planes lie over the picture as
// torch's bicubic interpolation without aligned corners has them (Keys' kernel, a = -0.75, values
// of the border beyond it). Colours are within 0..1. Bytes where w = 0 stay.
// Throws std::invalid_argument for other numbers of planes or sides.
void apply_affine_planes(const ImageView& image, const MaskView& mask, float strength,
                         const AffinePlanes& planes, const MutableImageView& out);

}  // namespace harmonia
