// Perez, Gangnet & Blake 2003, "Poisson Image Editing", for a composite and its mask.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// Where the background's colours come from, instead of the composite: stretched over it. Where its
// mask is 0 colours are filled in from around.
struct PoissonReference {
  ImageView image;
  MaskView mask;
};

// new = image + e, where e is the membrane over all pixels the mask reaches that takes the jump
// of colour away along the seam. The rim of the image is free.
//
// The jump belongs to a pixel p at the seam. With ring = 1 and a mask of only 0 and 1 it is the
// plain difference to the background pixels beside it. A larger ring measures it over a disc of
// `ring` pixels around the seam, and a feathered mask widens the disc by the width of the feather:
// the jump is then the coefficient J of the least squares fit
//   colour(x, y) = c + g . (x, y) + J mask(x, y),
// so that gradients that run through the seam do not count as one, and pixels that the feather has
// mixed already count by their share.
//
// With a reference the jump is the mean of image - reference over the pixels of the disc inside the
// mask, weighted by its square; a mask that leaves no background has its seam at the image's rim.
void poisson(const ImageView& image, const MaskView& mask, const PoissonReference* reference,
             int ring, float strength, const MutableImageView& out);

}  // namespace harmonia
