// Sums over the threads of a block, in an order that never changes.
#pragma once

#include "tiling.cuh"

namespace harmonia::cuda {

constexpr int kWarps = kThreads / kWarp;

__device__ __forceinline__ double warp_sum(double value) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    value += __shfl_down_sync(0xffffffffu, value, offset);
  }
  return value;  // complete in lane 0
}

// Every thread of the block brings `count` values; sum k goes to out[k * stride]. Once a kernel,
// and all threads must come here.
template <int count>
__device__ __forceinline__ void block_sums(const double* values, double* out, std::int64_t stride) {
  static_assert(count <= kThreads);
  __shared__ double of_warp[count][kWarps];
  const int thread = static_cast<int>(threadIdx.x), lane = thread % kWarp, warp = thread / kWarp;
#pragma unroll
  for (int k = 0; k < count; ++k) {
    const double sum = warp_sum(values[k]);
    if (lane == 0) of_warp[k][warp] = sum;
  }
  __syncthreads();
  if (thread >= count) return;
  double sum = 0.0;
  for (int i = 0; i < kWarps; ++i) sum += of_warp[thread][i];
  out[thread * stride] = sum;
}

}  // namespace harmonia::cuda
