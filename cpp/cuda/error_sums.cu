// Error sums of one pair of images or of a batch, in one launch. Whole numbers are joined by atomic
// additions, which no order can change. Reals are summed by blocks, and the last block to finish
// adds up what the others have left, in their order.

#include "harmonia/error_sums.hpp"

#include <cstring>
#include <vector>

#include "group.cuh"
#include "harmonia/error_units.hpp"
#include "kernels.hpp"
#include "reduce.cuh"

namespace harmonia::cuda {
namespace {

using Whole = unsigned long long;

// Blocks of one image: the same for every device. A thread has at most 2^14 pixels of 2^31, so that
// no sum of 2^14 * 3 * 65535^2 * 255 overflows.
constexpr int kMostBlocks = 1024;
constexpr std::int64_t kMostImages = 65535;  // CUDA's limit for grid.z

// Keys that order like the floats, as in range.cu: of the largest value, and the largest complement
// of a key. Zero: no value.
__device__ __forceinline__ unsigned key_of(float value) {
  const unsigned bits = static_cast<unsigned>(pixel::bits_of(value));
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

float value_of(unsigned key) {
  return pixel::float_of(static_cast<std::int32_t>(key & 0x80000000u ? key & 0x7fffffffu : ~key));
}

// Of one image. Whole sums are two: of the lower and of the upper 32 bits of the threads' sums.
// Reals are the bits of a double.
struct Result {
  Whole sums[kSummedTerms][2];
  unsigned ends[4];  // by ErrorTerm from kOutputMin on
  unsigned blocks_done, unused;
};

struct Images {
  ImageView output, target;
  Weights weights;
  std::int64_t output_step, target_step, mask_step;  // from one image to the next, in bytes

  __device__ __forceinline__ void go_to(std::int64_t image) {
    output.data += image * output_step;
    target.data += image * target_step;
    if (weights.mask.data != nullptr) weights.mask.data += image * mask_step;
  }
};

struct Units {
  float exact_output, exact_target;
  double output, target;
};

template <Layout layout>
struct BytePixels {
  Group<pixel::U8, layout> a, b;

  __device__ __forceinline__ void load(const Images& images, std::int64_t y, std::int64_t x,
                                       int n) {
    a.load(images.output, y, x, n);
    b.load(images.target, y, x, n);
  }
  __device__ __forceinline__ float output(int p, int c) { return static_cast<float>(a.code(p, c)); }
  __device__ __forceinline__ float target(int p, int c) { return static_cast<float>(b.code(p, c)); }
};

__device__ __forceinline__ float stored(const ImageView& image, const std::uint8_t* at) {
  switch (image.scalar) {
    case Scalar::u8: return static_cast<float>(*at);
    case Scalar::u16: return static_cast<float>(*reinterpret_cast<const std::uint16_t*>(at));
    case Scalar::f16: return pixel::F16::unit(*reinterpret_cast<const std::uint16_t*>(at));
    default: return *reinterpret_cast<const float*>(at);
  }
}

struct AnyPixels {
  float a[kGroup][3], b[kGroup][3];

  __device__ __forceinline__ void load(const Images& images, std::int64_t y, std::int64_t x,
                                       int n) {
    const std::uint8_t* const from = address(images.output, y, x);
    const std::uint8_t* const to = address(images.target, y, x);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
#pragma unroll
      for (int c = 0; c < 3; ++c) {
        if (p >= n) continue;
        const ImageView &o = images.output, &t = images.target;
        a[p][c] = stored(o, from + p * o.pixel_stride + c * o.channel_stride);
        b[p][c] = stored(t, to + p * t.pixel_stride + c * t.channel_stride);
      }
    }
  }
  __device__ __forceinline__ float output(int p, int c) { return a[p][c]; }
  __device__ __forceinline__ float target(int p, int c) { return b[p][c]; }
};

// Floats hold the codes of 16 bits, and so their distances, exactly.
__device__ __forceinline__ void distance(float a, float b, const Units& units, Whole& d) {
  d = static_cast<Whole>(fabsf(a * units.exact_output - b * units.exact_target));
}

__device__ __forceinline__ void distance(float a, float b, const Units& units, double& d) {
  d = fabs(units.output * static_cast<double>(a) - units.target * static_cast<double>(b));
}

template <class Number>
struct ThreadSums {
  Number sums[kSummedTerms] = {};
  unsigned ends[4] = {};

  template <class Pixels>
  __device__ __forceinline__ void add(Pixels& pixels, int p, const Units& units, float weight) {
    Number squared = 0, absolute = 0;
#pragma unroll
    for (int c = 0; c < 3; ++c) {
      const float a = pixels.output(p, c), b = pixels.target(p, c);
      Number d;
      distance(a, b, units, d);
      squared += d * d;
      absolute += d;
      const unsigned of_a = key_of(a), of_b = key_of(b);
      ends[0] = max(ends[0], ~of_a);
      ends[1] = max(ends[1], of_a);
      ends[2] = max(ends[2], ~of_b);
      ends[3] = max(ends[3], of_b);
    }
    const Number m = static_cast<Number>(weight);
    const pixel::WeightedError<Number> error = pixel::weighted_error(squared, absolute, m);
    sums[kPixels] += 1;
    sums[kSquared] += squared;
    sums[kAbsolute] += absolute;
    sums[kWeight] += m;
    sums[kWeightedSquared] += error.squared;
    sums[kWeightedAbsolute] += error.absolute;
    sums[kBackground] += error.background;
    sums[kBackgroundSquared] += error.background_squared;
  }
};

// All threads of the block must come here, once a kernel.
__device__ __forceinline__ void join_ends(const unsigned (&ends)[4], Result& result) {
  __shared__ unsigned of_block[4];
  const int thread = static_cast<int>(threadIdx.x);
  if (thread < 4) of_block[thread] = 0;
  __syncthreads();
  for (int i = 0; i < 4; ++i) atomicMax(&of_block[i], ends[i]);
  __syncthreads();
  if (thread < 4) atomicMax(&result.ends[thread], of_block[thread]);
}

__device__ __forceinline__ void join(const Whole (&sums)[kSummedTerms], double*, Result& result) {
  __shared__ Whole of_block[kSummedTerms][2];
  const int thread = static_cast<int>(threadIdx.x);
  if (thread < 2 * kSummedTerms) of_block[thread / 2][thread % 2] = 0;
  __syncthreads();
#pragma unroll
  for (int k = 0; k < kSummedTerms; ++k) {
    Whole low = sums[k] & 0xffffffffu, high = sums[k] >> 32;
    for (int offset = kWarp / 2; offset > 0; offset /= 2) {
      low += __shfl_down_sync(0xffffffffu, low, offset);
      high += __shfl_down_sync(0xffffffffu, high, offset);
    }
    if (thread % kWarp == 0) {
      atomicAdd(&of_block[k][0], low);
      atomicAdd(&of_block[k][1], high);
    }
  }
  __syncthreads();
  if (thread < 2 * kSummedTerms) {
    atomicAdd(&result.sums[thread / 2][thread % 2], of_block[thread / 2][thread % 2]);
  }
}

// of_blocks[k][block]
__device__ __forceinline__ void join(const double (&sums)[kSummedTerms], double* of_blocks,
                                     Result& result) {
  __shared__ bool is_last;
  const unsigned blocks = gridDim.x * gridDim.y, block = blockIdx.y * gridDim.x + blockIdx.x;
  block_sums<kSummedTerms>(sums, of_blocks + block, blocks);
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0) is_last = atomicAdd(&result.blocks_done, 1u) + 1 == blocks;
  __syncthreads();
  if (!is_last) return;
  __threadfence();
  double all[kSummedTerms] = {};
  for (unsigned i = threadIdx.x; i < blocks; i += kThreads) {
#pragma unroll
    for (int k = 0; k < kSummedTerms; ++k) all[k] += __ldcg(of_blocks + k * blocks + i);
  }
  block_sums<kSummedTerms>(all, reinterpret_cast<double*>(&result.sums[0][0]), 2);
}

template <class Number, class Pixels>
__global__ void __launch_bounds__(kThreads)
    sum_errors(Images images, Units units, double* of_blocks, Result* results, Tiling tiling) {
  images.go_to(blockIdx.z);
  ThreadSums<Number> sums;
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(images.weights, y, x, n, w);
    Pixels pixels;
    pixels.load(images, y, x, n);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      if (p < n) sums.add(pixels, p, units, w[p]);
    }
  });
  Result& result = results[blockIdx.z];
  join_ends(sums.ends, result);
  const std::int64_t partials = std::int64_t{kSummedTerms} * gridDim.x * gridDim.y;
  join(sums.sums, of_blocks + blockIdx.z * partials, result);
}

ErrorSums sums_of(const Result& result, const ErrorUnits& units) {
  double all[kErrorTerms];
  for (int k = 0; k < kSummedTerms; ++k) {
    if (units.exact) {
      all[k] = ExactSum{result.sums[k][0], result.sums[k][1]}.value();
    } else {
      std::memcpy(&all[k], &result.sums[k][0], sizeof all[k]);
    }
  }
  const double scales[2] = {units.output, units.target};
  for (int i = 0; i < 2; ++i) {
    all[kOutputMin + 2 * i] = scales[i] * double{value_of(~result.ends[2 * i])};
    all[kOutputMax + 2 * i] = scales[i] * double{value_of(result.ends[2 * i + 1])};
  }
  return in_levels(all, units);
}

}  // namespace

std::vector<ErrorSums> error_sums(const ImageView& output, const ImageView& target,
                                  const MaskView& mask, const ErrorBatch& batch,
                                  cudaStream_t stream) {
  std::vector<ErrorSums> sums(static_cast<std::size_t>(batch.count));
  if (batch.count == 0 || output.height == 0 || output.width == 0) return sums;
  const ErrorUnits units = error_units(output.scalar, target.scalar, mask);
  const Units scales{static_cast<float>(units.output), static_cast<float>(units.target),
                     units.output, units.target};
  // Weights as they are stored; a boolean true and no mask are the 255 of a byte.
  Images images{output,
                target,
                weights_of(mask, output.height, 1.0f),
                batch.output_step,
                batch.target_step,
                batch.mask_step};
  const bool bytes = mask.data != nullptr && mask.scalar == MaskScalar::u8;
  images.weights.scale = bytes ? 1.0f : static_cast<float>(units.full);
  const auto aligned = [&](std::int64_t step, std::int64_t size) {
    return batch.count == 1 || is_multiple(step, kGroup * size);
  };
  images.weights.vectors =
      images.weights.vectors && aligned(batch.mask_step, mask.scalar == MaskScalar::f32 ? 4 : 1);
  const bool vectors = aligned(batch.output_step, 1) && aligned(batch.target_step, 1);
  const Layout layout = vectors ? common_layout(output, target) : Layout::strided;

  Tiling tiling;
  const dim3 grid = cut(output.height, output.width, kMostBlocks, tiling);
  const auto count = static_cast<std::size_t>(batch.count);
  const StreamMemory results(count * sizeof(Result), stream);
  const StreamMemory partials(
      (units.exact ? 1 : count * kSummedTerms * grid.x * grid.y) * sizeof(double), stream);
  check(cudaMemsetAsync(results.as<Result>(), 0, count * sizeof(Result), stream),
        "cudaMemsetAsync");
  for (std::int64_t first = 0; first < batch.count; first += kMostImages) {
    const std::int64_t left = batch.count - first, some = left < kMostImages ? left : kMostImages;
    const dim3 all(grid.x, grid.y, static_cast<unsigned>(some));
    Result* const to = results.as<Result>() + first;
    double* const of_blocks =
        partials.as<double>() +
        (units.exact ? 0 : first * kSummedTerms * std::int64_t{grid.x} * grid.y);
    if (!units.exact) {
      launch(sum_errors<double, AnyPixels>, all, stream, images, scales, of_blocks, to, tiling);
    } else if (output.scalar == Scalar::u8 && target.scalar == Scalar::u8) {
      with_layout(pixel::U8{}, layout, [&](auto, auto known) {
        launch(sum_errors<Whole, BytePixels<decltype(known)::value>>, all, stream, images, scales,
               of_blocks, to, tiling);
      });
    } else {
      launch(sum_errors<Whole, AnyPixels>, all, stream, images, scales, of_blocks, to, tiling);
    }
    images.output.data += some * batch.output_step;
    images.target.data += some * batch.target_step;
    if (mask.data != nullptr) images.weights.mask.data += some * batch.mask_step;
  }
  std::vector<Result> found(count);
  check(cudaMemcpyAsync(found.data(), results.as<Result>(), count * sizeof(Result),
                        cudaMemcpyDeviceToHost, stream),
        "cudaMemcpyAsync");
  check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  for (std::size_t i = 0; i < count; ++i) sums[i] = sums_of(found[i], units);
  return sums;
}

}  // namespace harmonia::cuda
