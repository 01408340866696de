// 8-bit images through a table of integers.
#pragma once

#include "device_lut3d.hpp"
#include "group.cuh"

namespace harmonia::cuda {

// As apply_lut3d, launched on a grid that is cut already.
void apply_lut3d_codes(const ImageView& image, const Weights& weights, const LutCells& lut,
                       Interpolation interpolation, const MutableImageView& out, dim3 grid,
                       const Tiling& tiling, cudaStream_t stream);

}  // namespace harmonia::cuda
