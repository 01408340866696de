// The second half of Pitie, Kokaram, Dahyot 2007: the colours of one picture on the grain of
// another.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// out = m * grained + (1 - m) * image with m = strength * mask. `changed` holds new colours for
// `image` under the mask: float32, three channels, not read elsewhere.
//
// With d the change so far, solves at every pixel
//   (psi + sum_k phi_k) d = psi * (changed - image) + sum_k phi_k * d_k
// over the four neighbours k: psi, up to 1 where the image has detail, asks for the new colours,
// and phi, large where it is flat, for a change as even as the image. Relaxed on up to six scales
// from coarse to fine, 64 times on the coarsest ones and 4 times on the pixels themselves.
//
// Pixels outside the mask are no neighbours. With `whole` they are, and black, as in the authors'
// code. Linear in pixels; beside `changed` it takes about 25 bytes a pixel of the mask's box.
void regrain(const ImageView& image, const ImageView& changed, const MaskView& mask, float strength,
             double smoothness, bool whole, const MutableImageView& out);

}  // namespace harmonia
