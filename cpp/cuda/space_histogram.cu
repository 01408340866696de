// Weighted histograms of the two sides of a mask in any colour space. Weights are added as whole
// numbers, by atomic additions: their order leaves no trace. Small tables are summed up in a
// block's shared memory first.

#include "harmonia/space_histogram.hpp"

#include <cmath>
#include <vector>

#include "group.cuh"
#include "kernels.hpp"
#include "space_device.cuh"

namespace harmonia::cuda {
namespace {

using Count = unsigned long long;

// How weights become whole numbers: [0] inside, [1] outside.
struct Units {
  double of[2];
};

struct Bins {
  pixel::Axis axes[3];
  int count;
};

constexpr int kSharedBins = 256;
constexpr int kSides = 2;

__device__ __forceinline__ void add(Count* table, int bins, const int (&bin)[3], Count count) {
  if (count == 0) return;
  for (int c = 0; c < 3; ++c) atomicAdd(table + c * bins + bin[c], count);
}

// totals: [side][3][bins]
template <class S, Layout layout, class In, bool shared>
__global__ void __launch_bounds__(kThreads)
    count_pixels(ImageView image, Weights weights, In space, Bins bins, Units units, Count* totals,
                 Tiling tiling) {
  __shared__ Count of_block[shared ? kSides * 3 * kSharedBins : 1];
  const int table = 3 * bins.count;
  Count* const sums = shared ? of_block : totals;
  if (shared) {
    for (int i = static_cast<int>(threadIdx.x); i < kSides * table; i += kThreads) of_block[i] = 0;
    __syncthreads();
  }
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
    Group<S, layout> group;
    group.load(image, y, x, n);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      if (p >= n) continue;
      const pixel::Color color = space.enter(group.color(p));
      const int bin[3] = {pixel::nearest_node(bins.axes[0], color.x),
                          pixel::nearest_node(bins.axes[1], color.y),
                          pixel::nearest_node(bins.axes[2], color.z)};
      const double weight = static_cast<double>(w[p]);
      add(sums, bins.count, bin, __double2ull_rn(weight * units.of[0]));
      add(sums + table, bins.count, bin, __double2ull_rn((1.0 - weight) * units.of[1]));
    }
  });
  if (shared) {
    __syncthreads();
    for (int i = static_cast<int>(threadIdx.x); i < kSides * table; i += kThreads) {
      if (of_block[i] > 0) atomicAdd(totals + i, of_block[i]);
    }
  }
}

// The spaces in which methods take histograms.
template <class Call>
void with_space(Space space, const Call& call) {
  switch (space) {
    case Space::rgb: return call(Known<Space::rgb>{});
    case Space::ycbcr: return call(Known<Space::ycbcr>{});
    default: return call(Chosen{space});
  }
}

// A power of two that brings `pixels` weights of at most `largest` just below 2^62.
double fixed_point(double largest, double pixels) {
  if (largest <= 0.0) return 1.0;
  return std::ldexp(1.0, 62 - std::ilogb(largest) - 1 - std::ilogb(pixels) - 1);
}

// Byte weights are loaded as multiples of 1 / 255 in single precision, and the unit brings them
// back to the byte that they were.
Units units_of(const MaskView& mask, std::int64_t height, std::int64_t width, cudaStream_t stream) {
  if (mask.data == nullptr || mask.scalar == MaskScalar::boolean) return {{1.0, 1.0}};
  if (mask.scalar == MaskScalar::u8) return {{255.0, 255.0}};
  const Range range = mask_range(mask, height, width, stream);
  const double pixels = static_cast<double>(height) * static_cast<double>(width);
  return {{fixed_point(range.high, pixels), fixed_point(1.0 - range.low, pixels)}};
}

}  // namespace

void space_histogram(const ImageView& image, const MaskView& mask, Space space, const double low[3],
                     const double high[3], std::int64_t bins, double* inside, double* outside,
                     cudaStream_t stream) {
  const auto cells = static_cast<std::size_t>(3 * bins);
  std::vector<Count> counts(kSides * cells);
  Units units{{1.0, 1.0}};
  if (image.width > 0 && image.height > 0) {
    units = units_of(mask, image.height, image.width, stream);
    const Weights weights = weights_of(mask, image.height, 1.0f);
    Bins where{{}, static_cast<int>(bins)};
    for (int c = 0; c < 3; ++c) where.axes[c] = pixel::axis_of(low[c], high[c], bins);
    Tiling tiling;
    const dim3 grid = cut(image.height, image.width, blocks_that_fill(), tiling);
    const std::size_t bytes = counts.size() * sizeof(Count);
    const StreamMemory totals(bytes, stream);
    check(cudaMemsetAsync(totals.as<Count>(), 0, bytes, stream), "cudaMemsetAsync");
    with_pixels(image.scalar, layout_of(image), [&](auto scalar, auto layout) {
      with_space(space, [&](auto in) {
        using S = decltype(scalar);
        using In = decltype(in);
        constexpr Layout kLayout = layout_in<In>(decltype(layout)::value);
        const auto kernel = bins <= kSharedBins ? count_pixels<S, kLayout, In, true>
                                                : count_pixels<S, kLayout, In, false>;
        launch(kernel, grid, stream, image, weights, in, where, units, totals.as<Count>(), tiling);
      });
    });
    check(cudaMemcpyAsync(counts.data(), totals.as<Count>(), bytes, cudaMemcpyDeviceToHost, stream),
          "cudaMemcpyAsync");
    check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  }
  for (std::size_t i = 0; i < cells; ++i) {
    inside[i] = static_cast<double>(counts[i]) / units.of[0];
    outside[i] = static_cast<double>(counts[cells + i]) / units.of[1];
  }
}

}  // namespace harmonia::cuda
