// Smallest and largest value, and whether all are finite. Values are compared as integers that
// order like the floats, so the order in which threads join their results does not matter.

#include "group.cuh"
#include "kernels.hpp"

namespace harmonia::cuda {
namespace {

// The largest key, the largest complement of a key, and whether a value is not finite. All zero: no
// value.
constexpr int kWords = 3;

__device__ __forceinline__ unsigned key_of(float value) {
  const unsigned bits = static_cast<unsigned>(pixel::bits_of(value));
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

float value_of(unsigned key) {
  return pixel::float_of(static_cast<std::int32_t>(key & 0x80000000u ? key & 0x7fffffffu : ~key));
}

struct Extremes {
  unsigned words[kWords] = {};

  __device__ __forceinline__ void add(float value) {
    const unsigned key = key_of(value);
    words[0] = max(words[0], key);
    words[1] = max(words[1], ~key);
    words[2] |= (pixel::bits_of(value) & 0x7f800000) == 0x7f800000 ? 1u : 0u;
  }

  // All threads of the block must come here, once a kernel.
  __device__ __forceinline__ void join(unsigned* result) const {
    __shared__ unsigned of_block[kWords];
    const int thread = static_cast<int>(threadIdx.x);
    if (thread < kWords) of_block[thread] = 0;
    __syncthreads();
    for (int i = 0; i < kWords; ++i) atomicMax(&of_block[i], words[i]);
    __syncthreads();
    if (thread < kWords) atomicMax(&result[thread], of_block[thread]);
  }
};

template <class S, Layout layout>
__global__ void __launch_bounds__(kThreads)
    extremes_of_image(ImageView image, unsigned* result, Tiling tiling) {
  Extremes extremes;
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    Group<S, layout> group;
    group.load(image, y, x, n);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      if (p >= n) continue;
      const pixel::Color color = group.color(p);
      extremes.add(color.x);
      extremes.add(color.y);
      extremes.add(color.z);
    }
  });
  extremes.join(result);
}

__global__ void __launch_bounds__(kThreads)
    extremes_of_mask(Weights weights, unsigned* result, Tiling tiling) {
  Extremes extremes;
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      if (p < n) extremes.add(w[p]);
    }
  });
  extremes.join(result);
}

// Runs a kernel, given as a call with the place of its result, and waits.
template <class Run>
Range range_by(const Run& run, cudaStream_t stream) {
  Scratch scratch;
  unsigned* const result = scratch.device<unsigned>();
  check(cudaMemsetAsync(result, 0, kWords * sizeof(unsigned), stream), "cudaMemsetAsync");
  run(result);
  const unsigned* const words = scratch.fetch<unsigned>(kWords, stream);
  if (words[2] != 0) return {0.0, 0.0, false};
  return {value_of(~words[1]), value_of(words[0]), true};
}

}  // namespace

Range image_range(const ImageView& image, cudaStream_t stream) {
  if (image.width == 0 || image.height == 0) return {0.0, 0.0, true};
  if (image.height > 1 && is_one_row(image, image.width)) {
    return image_range(as_one_row(image), stream);
  }
  Tiling tiling;
  const dim3 grid = cut(image.height, image.width, blocks_that_fill(), tiling);
  return range_by(
      [&](unsigned* result) {
        with_pixels(image.scalar, layout_of(image), [&](auto scalar, auto layout) {
          launch(extremes_of_image<decltype(scalar), decltype(layout)::value>, grid, stream, image,
                 result, tiling);
        });
      },
      stream);
}

Range mask_range(const MaskView& mask, std::int64_t height, std::int64_t width,
                 cudaStream_t stream) {
  if (width == 0 || height == 0) return {0.0, 0.0, true};
  if (height > 1 && is_one_row(mask, width)) return mask_range(mask, 1, height * width, stream);
  Weights weights = weights_of(mask, height, 1.0f);
  weights.scale = 1.0f;
  Tiling tiling;
  const dim3 grid = cut(height, width, blocks_that_fill(), tiling);
  return range_by(
      [&](unsigned* result) { launch(extremes_of_mask, grid, stream, weights, result, tiling); },
      stream);
}

}  // namespace harmonia::cuda
