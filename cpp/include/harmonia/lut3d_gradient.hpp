// The gradients of out = m * lut(image) + (1 - m) * image, all of them in one pass.
#pragma once

#include <cstdint>

#include "harmonia/lut3d.hpp"

namespace harmonia {

// Where gradients are written. No data: that one is not asked for. Each is written in full.
struct Lut3dGradients {
  MutableImageView image = {};  // as the image, float32
  float* nodes = nullptr;       // as the nodes of LutSource
  std::int64_t size[3] = {};    // of them
  float* mask = nullptr;        // a value a pixel; strides are in bytes
  std::int64_t mask_row_stride = 0, mask_pixel_stride = 0;
};

// `image` and `gradient`, that of the output, are float32 with three channels. Nothing is clamped
// behind the table. A pixel whose mask is 0 gives its gradient on as it is.
//
// The gradient of a node is the sum over its pixels in double, in fixed groups of rows joined in
// order, so that it has the same bits for any number of threads. Throws std::invalid_argument for
// a table with a shaper, or of another size than out.
void lut3d_gradient(const ImageView& image, const MaskView& mask, const Lut3d& lut,
                    Interpolation interpolation, OutOfRange out_of_range, const ImageView& gradient,
                    const Lut3dGradients& out);

}  // namespace harmonia
