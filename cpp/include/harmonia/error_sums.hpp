// Sums of the differences between two images, whole and under a mask: all that MSE, MAE, PSNR and
// their masked kin are made of, in one pass.
//
// Everything is on the scale 0..255: codes of 8 bits as they are, codes of 16 bits divided by 257,
// floats times 255. d is output - target of a channel, m the weight 0..1 of a pixel; sums over d
// run over three channels, and alpha is left out.
#pragma once

#include "harmonia/image.hpp"
#include "harmonia/pixel/error_terms.hpp"

namespace harmonia {

// By ErrorTerm. Without a pixel all are zero. Floats must be finite, of images and masks alike.
struct ErrorSums {
  double of[kErrorTerms] = {};
};

// The target has the height and width of the output, and may have another scalar and other
// channels. Sums of integer images under a mask of bytes are exact until they are rounded once to
// double and divided.
ErrorSums error_sums(const ImageView& output, const ImageView& target, const MaskView& mask);

}  // namespace harmonia
