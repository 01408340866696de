// Colour differences, and their sums in whole numbers: the order of the additions leaves no trace.
// The two pictures may differ in type and layout, so they are read scalar by scalar, and one kernel
// serves all.
#include "harmonia/delta_e.hpp"

#include "group.cuh"
#include "harmonia/color.hpp"
#include "harmonia/delta_e_counts.hpp"
#include "harmonia/pixel/ciede2000.hpp"
#include "kernels.hpp"
#include "space_device.cuh"

namespace harmonia::cuda {
namespace {

using Sum = unsigned long long;

struct Pictures {
  ImageView output, target;
  DeltaESpace space;
};

template <class S>
__device__ __forceinline__ pixel::Color color_as(const ImageView& image, const std::uint8_t* at) {
  const auto channel = [&](int c) {
    return S::unit(*reinterpret_cast<const typename S::Type*>(at + c * image.channel_stride));
  };
  return {channel(0), channel(1), channel(2)};
}

__device__ __forceinline__ pixel::Color color_at(const ImageView& image, std::int64_t y,
                                                 std::int64_t x) {
  const std::uint8_t* const at = address(image, y, x);
  switch (image.scalar) {
    case Scalar::u8: return color_as<pixel::U8>(image, at);
    case Scalar::u16: return color_as<pixel::U16>(image, at);
    case Scalar::f16: return color_as<pixel::F16>(image, at);
    default: return color_as<pixel::F32>(image, at);
  }
}

__device__ __forceinline__ pixel::Color enter_lab(DeltaESpace space, pixel::Color color) {
  const pixel::Color held = {pixel::clamp(color.x, -kLargestValue, kLargestValue),
                             pixel::clamp(color.y, -kLargestValue, kLargestValue),
                             pixel::clamp(color.z, -kLargestValue, kLargestValue)};
  return space == DeltaESpace::lab ? held : from_rgb(Space::lab, held);
}

__device__ __forceinline__ float difference_at(const Pictures& pictures, std::int64_t y,
                                               std::int64_t x) {
  const pixel::Color output = color_at(pictures.output, y, x);
  const pixel::Color target = color_at(pictures.target, y, x);
  if (output.x == target.x && output.y == target.y && output.z == target.z) return 0.0f;
  return pixel::ciede2000(enter_lab(pictures.space, output), enter_lab(pictures.space, target));
}

__device__ __forceinline__ Sum warp_total(Sum value) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    value += __shfl_down_sync(0xffffffffu, value, offset);
  }
  return value;  // complete in lane 0
}

// sum, weighted (both high and low), weight, and the bits of the largest difference, which order
// like the differences.
constexpr int kSums = 5, kWords = kSums + 1;

// All threads of the block must come here, once a kernel.
__device__ __forceinline__ void join(const Sum (&words)[kWords], Sum* result) {
  __shared__ Sum of_block[kWords];
  const int thread = static_cast<int>(threadIdx.x);
  if (thread < kWords) of_block[thread] = 0;
  __syncthreads();
#pragma unroll
  for (int k = 0; k < kSums; ++k) {
    const Sum total = warp_total(words[k]);
    if (thread % kWarp == 0) atomicAdd(&of_block[k], total);
  }
  atomicMax(&of_block[kSums], words[kSums]);
  __syncthreads();
  if (thread < kSums) atomicAdd(&result[thread], of_block[thread]);
  if (thread == kSums) atomicMax(&result[kSums], of_block[kSums]);
}

__global__ void __launch_bounds__(kThreads)
    sum_differences(Pictures pictures, Weights weights, Sum* result, Tiling tiling) {
  const float units = mask_units(weights.mask.scalar);
  pixel::WideSum sum, weighted;
  std::uint64_t weight = 0;
  float largest = 0.0f;
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
#pragma unroll 1
    for (int p = 0; p < n; ++p) {
      const float difference = difference_at(pictures, y, x + p);
      const std::uint64_t whole = delta_e_units(difference);
      const float share = p == 0 ? w[0] : p == 1 ? w[1] : p == 2 ? w[2] : w[3];
      const std::uint32_t part = pixel::nearest_whole(share * units);
      sum.add(whole);
      weighted.add(whole * part);
      weight += part;
      largest = difference > largest ? difference : largest;
    }
  });
  const Sum words[kWords] = {sum.high,     sum.low, weighted.high,
                             weighted.low, weight,  static_cast<Sum>(pixel::bits_of(largest))};
  join(words, result);
}

__global__ void __launch_bounds__(kThreads)
    map_differences(Pictures pictures, MutableFloats out, Tiling tiling) {
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
#pragma unroll 1
    for (int p = 0; p < n; ++p) {
      *reinterpret_cast<float*>(address(out, y, x + p)) = difference_at(pictures, y, x + p);
    }
  });
}

}  // namespace

DeltaESums delta_e(const ImageView& output, const ImageView& target, const MaskView& mask,
                   cudaStream_t stream) {
  if (output.width == 0 || output.height == 0) return {};
  Tiling tiling;
  const dim3 grid = cut(output.height, output.width, blocks_that_fill(), tiling);
  Scratch scratch;
  Sum* const result = scratch.device<Sum>();
  check(cudaMemsetAsync(result, 0, kWords * sizeof(Sum), stream), "cudaMemsetAsync");
  launch(sum_differences, grid, stream, Pictures{output, target, DeltaESpace::rgb},
         weights_of(mask, output.height, 1.0f), result, tiling);
  const Sum* const words = scratch.fetch<Sum>(kWords, stream);
  DeltaECounts counts;
  counts.sum = {words[0], words[1]};
  counts.weighted = {words[2], words[3]};
  counts.weight = words[4];
  counts.largest = pixel::float_of(static_cast<std::int32_t>(words[kSums]));
  return sums_of(counts, mask.scalar, output.height * output.width);
}

void delta_e_map(const ImageView& output, const ImageView& target, DeltaESpace space,
                 const MutableFloats& out, cudaStream_t stream) {
  if (output.width == 0 || output.height == 0) return;
  Tiling tiling;
  const dim3 grid = cut(output.height, output.width, blocks_that_fill(), tiling);
  launch(map_differences, grid, stream, Pictures{output, target, space}, out, tiling);
}

}  // namespace harmonia::cuda
