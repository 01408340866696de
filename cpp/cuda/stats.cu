// Weighted moments of the two sides of a mask. A thread sums its pixels in float about its first
// pixel of a region, 16 at a time, then in double; blocks and the whole image are summed in double
// about zero.

#include "group.cuh"
#include "harmonia/pixel/moments.hpp"
#include "kernels.hpp"
#include "reduce.cuh"
#include "space_device.cuh"

namespace harmonia::cuda {
namespace {

using pixel::kMomentSums;

// Sums of both regions from at most this many blocks: the same for every device.
constexpr int kRegions = 2, kSums = kRegions * kMomentSums;
constexpr int kMostBlocks = 1024;
static_assert((kMostBlocks + 1) * kSums * sizeof(double) <= Scratch::kDeviceBytes);
static_assert(kSums * sizeof(double) <= Scratch::kHostBytes);

constexpr int kGroupsInFloat = 4;

struct RegionSums {
  pixel::Color centre = {};
  bool has_centre = false;
  float recent[kMomentSums] = {};
  double all[kMomentSums] = {};

  __device__ __forceinline__ void add(float weight, pixel::Color color) {
    if (!has_centre) centre = color;
    has_centre = true;
    const pixel::Color deviation = {color.x - centre.x, color.y - centre.y, color.z - centre.z};
    pixel::add_weighted(weight, deviation, recent);
  }

  __device__ __forceinline__ void settle() {
#pragma unroll
    for (int k = 0; k < kMomentSums; ++k) {
      all[k] += static_cast<double>(recent[k]);
      recent[k] = 0.0f;
    }
  }
};

// sums[k][block]
template <class S, Layout layout, class In>
__global__ void __launch_bounds__(kThreads, 2)
    sum_blocks(ImageView image, Weights weights, In space, bool logarithmic, double* sums,
               Tiling tiling) {
  RegionSums inside, outside;
  int groups = 0;
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
    Group<S, layout> group;
    group.load(image, y, x, n);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      const pixel::Color rgb = group.color(p);
      if (p < n && !(logarithmic && pixel::is_black(rgb))) {
        const pixel::Color color = space.enter(rgb);
        if (w[p] > 0.0f) inside.add(w[p], color);
        if (w[p] < 1.0f) outside.add(1.0f - w[p], color);
      }
    }
    if (++groups % kGroupsInFloat == 0) {
      inside.settle();
      outside.settle();
    }
  });
  inside.settle();
  outside.settle();
  pixel::move_to_zero(inside.centre, inside.all);
  pixel::move_to_zero(outside.centre, outside.all);
  double both[kSums];
#pragma unroll
  for (int k = 0; k < kMomentSums; ++k) {
    both[k] = inside.all[k];
    both[kMomentSums + k] = outside.all[k];
  }
  const unsigned blocks = gridDim.x * gridDim.y, block = blockIdx.y * gridDim.x + blockIdx.x;
  block_sums<kSums>(both, sums + block, blocks);
}

// Block k sums row k.
__global__ void __launch_bounds__(kThreads)
    sum_rows(const double* sums, int columns, double* totals) {
  double sum = 0.0;
  for (int i = static_cast<int>(threadIdx.x); i < columns; i += kThreads) {
    sum += sums[std::int64_t{blockIdx.x} * columns + i];
  }
  block_sums<1>(&sum, totals + blockIdx.x, 1);
}

Moments moments_of(const double* sums) {
  Moments moments;
  moments.weight = sums[0];
  if (sums[0] <= 0.0) return moments;
  for (int c = 0; c < 3; ++c) moments.mean[c] = sums[1 + c] / sums[0];
  for (int a = 0, k = 0; a < 3; ++a) {
    for (int b = a; b < 3; ++b, ++k) {
      moments.products[k] = sums[4 + k] - sums[1 + a] * moments.mean[b];
    }
  }
  return moments;
}

// The spaces in which methods take statistics.
template <class Call>
void with_space(Space space, const Call& call) {
  switch (space) {
    case Space::rgb: return call(Known<Space::rgb>{});
    case Space::lalphabeta: return call(Known<Space::lalphabeta>{});
    case Space::lab: return call(Known<Space::lab>{});
    default: return call(Chosen{space});
  }
}

}  // namespace

RegionMoments masked_moments(const ImageView& image, const MaskView& mask, Space space,
                             cudaStream_t stream) {
  if (image.width == 0 || image.height == 0) return {};
  const Weights weights = weights_of(mask, image.height, 1.0f);
  const bool logarithmic = space == Space::log_lms || space == Space::lalphabeta;
  Tiling tiling;
  const dim3 grid = cut(image.height, image.width, kMostBlocks, tiling);
  const int blocks = static_cast<int>(grid.x * grid.y);
  Scratch scratch;
  double* const totals = scratch.device<double>();
  double* const of_blocks = totals + kSums;
  with_pixels(image.scalar, layout_of(image), [&](auto scalar, auto layout) {
    with_space(space, [&](auto in) {
      using In = decltype(in);
      constexpr Layout kLayout = layout_in<In>(decltype(layout)::value);
      launch(sum_blocks<decltype(scalar), kLayout, In>, grid, stream, image, weights, in,
             logarithmic, of_blocks, tiling);
    });
  });
  launch(sum_rows, dim3(kSums), stream, of_blocks, blocks, totals);
  const double* const sums = scratch.fetch<double>(kSums, stream);
  return {moments_of(sums), moments_of(sums + kMomentSums)};
}

}  // namespace harmonia::cuda
