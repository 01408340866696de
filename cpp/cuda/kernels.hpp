// The CUDA twins of the core's kernels, for images and masks in the memory of the current device.
//
// They run the pixel functions of the core without fused multiply-add, so what they write has the
// bits that the core writes. Work goes onto `stream` in order.
#pragma once

#include <cuda_runtime_api.h>

#include "harmonia/image.hpp"
#include "harmonia/range.hpp"
#include "harmonia/stats.hpp"
#include "harmonia/transfer/affine.hpp"

namespace harmonia::cuda {

// These two return before the work is done.
void affine_transfer(const ImageView& image, const MaskView& mask, float strength,
                     const AffineMap& map, const MutableImageView& out, cudaStream_t stream);
void composite(const ImageView& fresh, const ImageView& old, const MaskView& mask, float strength,
               const MutableImageView& out, cudaStream_t stream);

// These wait for the stream. Which pixels are summed together depends on the size of the image
// alone, and the sums are joined in order: the same image gives the same bits again.
RegionMoments masked_moments(const ImageView& image, const MaskView& mask, Space space,
                             cudaStream_t stream);
Range image_range(const ImageView& image, cudaStream_t stream);
Range mask_range(const MaskView& mask, std::int64_t height, std::int64_t width,
                 cudaStream_t stream);

}  // namespace harmonia::cuda
