// The CUDA twins of the core's kernels, for images and masks in the memory of the current device.
//
// They run the pixel functions of the core without fused multiply-add, so what they write has the
// bits that the core writes. Work goes onto `stream` in order.
#pragma once

#include <cuda_runtime_api.h>

#include <vector>

#include "device_lut3d.hpp"
#include "device_lut_grid.hpp"
#include "harmonia/affine_grid.hpp"
#include "harmonia/delta_e.hpp"
#include "harmonia/error_sums.hpp"
#include "harmonia/image.hpp"
#include "harmonia/lut3d_gradient.hpp"
#include "harmonia/range.hpp"
#include "harmonia/ssim.hpp"
#include "harmonia/stats.hpp"
#include "harmonia/transfer/affine.hpp"
#include "harmonia/transfer/curves.hpp"

namespace harmonia::cuda {

// These return before the work is done.
void affine_transfer(const ImageView& image, const MaskView& mask, float strength,
                     const AffineMap& map, const MutableImageView& out, cudaStream_t stream);
void curve_transfer(const ImageView& image, const MaskView& mask, float strength,
                    const Curves& curves, const MutableImageView& out, cudaStream_t stream);
void composite(const ImageView& fresh, const ImageView& old, const MaskView& mask, float strength,
               const MutableImageView& out, cudaStream_t stream);

void apply_lut3d(const ImageView& image, const MaskView& mask, float strength, const Lut3d& lut,
                 Interpolation interpolation, OutOfRange out_of_range, const MutableImageView& out,
                 cudaStream_t stream);
void apply_affine_grid(const ImageView& image, const MaskView& mask, float strength,
                       const AffineGrid& grid, const GuideView& guide, const MutableImageView& out,
                       cudaStream_t stream);
void apply_lut_grid(const ImageView& image, const MaskView& mask, float strength,
                    const LutGrid& grid, Interpolation interpolation, OutOfRange out_of_range,
                    const MutableImageView& out, cudaStream_t stream);

void delta_e_map(const ImageView& output, const ImageView& target, DeltaESpace space,
                 const MutableFloats& out, cudaStream_t stream);

// The gradients of a node are added up as whole numbers: the same call gives the same bits again.
void lut3d_gradient(const ImageView& image, const MaskView& mask, const Lut3d& lut,
                    Interpolation interpolation, OutOfRange out_of_range, const ImageView& gradient,
                    const Lut3dGradients& out, cudaStream_t stream);

// These wait for the stream. Which pixels are summed together depends on the size of the image
// alone, and the sums are joined in order: the same image gives the same bits again.
RegionMoments masked_moments(const ImageView& image, const MaskView& mask, Space space,
                             cudaStream_t stream);

// How many pairs of images there are, and the bytes from one image to the next.
struct ErrorBatch {
  std::int64_t count, output_step, target_step, mask_step;
};

// Sums of integer images under a mask of bytes are those of the CPU, bit by bit.
std::vector<ErrorSums> error_sums(const ImageView& output, const ImageView& target,
                                  const MaskView& mask, const ErrorBatch& batch,
                                  cudaStream_t stream);

// The results lie in the CPU's memory. Sums are taken in whole numbers, so their order does not
// matter: of the mask's own bytes, or of so small a part of the largest weight that 2^62 of it hold
// all pixels.
void space_histogram(const ImageView& image, const MaskView& mask, Space space, const double low[3],
                     const double high[3], std::int64_t bins, double* inside, double* outside,
                     cudaStream_t stream);

// In whole numbers, too: the sums are the CPU's.
DeltaESums delta_e(const ImageView& output, const ImageView& target, const MaskView& mask,
                   cudaStream_t stream);
// Images of one size, so many bytes apart: the views are those of the first.
struct SsimBatch {
  ImageView output, target;
  MaskView mask;
  std::int64_t output_step, target_step, mask_step;
  std::int64_t images;
};

// The sums of every image, with the bits of the CPU.
void ssim(const SsimBatch& batch, const SsimWindow& window, SsimSums* sums, cudaStream_t stream);

Range image_range(const ImageView& image, cudaStream_t stream);
Range mask_range(const MaskView& mask, std::int64_t height, std::int64_t width,
                 cudaStream_t stream);

}  // namespace harmonia::cuda
