// Which thread works on which pixels, and how kernels are launched.
//
//   row y:  | group | group | group | ...      a group is 4 pixels, one thread's work
//           '------ one block's tile ------'   narrow images: a tile holds several rows
//
// Blocks step over the image in strides of the whole grid, so that any grid covers any image.
// Indices into the image are 64-bit.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <type_traits>

#include "harmonia/image.hpp"
#include "runtime.hpp"

namespace harmonia::cuda {

constexpr int kGroup = 4;
constexpr int kThreads = 256;
constexpr int kWarp = 32;

struct Tiling {
  std::int64_t width, height;
  int groups;  // of one row in a tile, at most kThreads
  int rows;    // in a tile; kThreads - rows * groups threads have no work
};

// A grid of at most `most_blocks` for an image of at least one pixel.
inline dim3 cut(std::int64_t height, std::int64_t width, std::int64_t most_blocks, Tiling& tiling) {
  constexpr std::int64_t kMostDown = 65535;  // CUDA's limit for grid.y
  const std::int64_t groups = (width + kGroup - 1) / kGroup;
  tiling.width = width;
  tiling.height = height;
  tiling.groups = static_cast<int>(groups < kThreads ? groups : kThreads);
  tiling.rows = kThreads / tiling.groups;
  const std::int64_t tiles_across = (groups + tiling.groups - 1) / tiling.groups;
  const std::int64_t tiles_down = (height + tiling.rows - 1) / tiling.rows;
  const std::int64_t across = tiles_across < most_blocks ? tiles_across : most_blocks;
  std::int64_t down = most_blocks / across;
  down = down < kMostDown ? down : kMostDown;
  down = down < tiles_down ? down : tiles_down;
  return dim3(static_cast<unsigned>(across), static_cast<unsigned>(down));
}

// As many blocks as the device can hold: 2048 threads on each multiprocessor.
inline std::int64_t blocks_that_fill() { return 2048 / kThreads * std::int64_t{multiprocessors()}; }

// Calls visit(y, x, n) for this thread's groups: the n = 1..4 pixels from (y, x) on. Threads
// without work return at once, so whatever synchronizes comes after.
template <class Visit>
__device__ __forceinline__ void for_each_group(const Tiling& tiling, const Visit& visit) {
  const int row = static_cast<int>(threadIdx.x) / tiling.groups;
  if (row >= tiling.rows) return;
  const int group = static_cast<int>(threadIdx.x) - row * tiling.groups;
  const std::int64_t first = (std::int64_t{blockIdx.x} * tiling.groups + group) * kGroup;
  const std::int64_t across = std::int64_t{gridDim.x} * tiling.groups * kGroup;
  const std::int64_t down = std::int64_t{gridDim.y} * tiling.rows;
#pragma unroll 1
  for (std::int64_t y = std::int64_t{blockIdx.y} * tiling.rows + row; y < tiling.height;
       y += down) {
#pragma unroll 1
    for (std::int64_t x = first; x < tiling.width; x += across) {
      const std::int64_t left = tiling.width - x;
      visit(y, x, left < kGroup ? static_cast<int>(left) : kGroup);
    }
  }
}

// Every kernel runs in blocks of kThreads. Arguments are converted to the kernel's own parameter
// types.
template <class... Parameters>
void launch(void (*kernel)(Parameters...), dim3 grid, cudaStream_t stream,
            std::common_type_t<Parameters>... arguments) {
  void* pointers[] = {&arguments...};
  check(cudaLaunchKernel(reinterpret_cast<const void*>(kernel), grid, dim3(kThreads), pointers, 0,
                         stream),
        "cudaLaunchKernel");
}

}  // namespace harmonia::cuda
