// A grid of affine maps over four pixels at a time. The map of a pixel is made of the eight around
// it, whose lines of the cache neighbouring pixels share. The twin of src/affine_grid.inl.
#include "harmonia/affine_grid.hpp"

#include "group.cuh"
#include "harmonia/pixel/grid.hpp"
#include "kernels.hpp"

namespace harmonia::cuda {
namespace {

struct Lattice {
  const float4* maps;  // [depth][height][width][3], a row of a map each
  std::int64_t depth, height, width;
};

// One row of the maps around a pixel, in the order in which the CPU blends them: between rows of
// the grid first.
struct RowsAround {
  const Lattice& grid;
  pixel::GridStep deep, down, across;

  __device__ __forceinline__ float4 at(std::int64_t z, std::int64_t y, std::int64_t x,
                                       int row) const {
    return __ldg(grid.maps + ((z * grid.height + y) * grid.width + x) * 3 + row);
  }

  __device__ __forceinline__ float4 between(std::int64_t z, std::int64_t x, int row) const {
    const float4 top = at(z, down.index, x, row), bottom = at(z, down.next, x, row);
    return {pixel::between(top.x, bottom.x, down.fraction),
            pixel::between(top.y, bottom.y, down.fraction),
            pixel::between(top.z, bottom.z, down.fraction),
            pixel::between(top.w, bottom.w, down.fraction)};
  }

  __device__ __forceinline__ float mapped(int row, pixel::Color c) const {
    const float4 own = between(deep.index, across.index, row);
    const float4 right = between(deep.index, across.next, row);
    const float4 deeper = between(deep.next, across.index, row);
    const float4 both = between(deep.next, across.next, row);
    const auto value = [&](float a, float b, float d, float e) {
      return pixel::value_at(pixel::patch_of(a, b, d, e), across.fraction, deep.fraction);
    };
    return value(own.x, right.x, deeper.x, both.x) * c.x +
           value(own.y, right.y, deeper.y, both.y) * c.y +
           value(own.z, right.z, deeper.z, both.z) * c.z + value(own.w, right.w, deeper.w, both.w);
  }
};

template <class S, Layout layout>
__global__ void __launch_bounds__(kThreads)
    slice_maps(ImageView image, Weights weights, Lattice grid, GuideView guide,
               MutableImageView out, Tiling tiling) {
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
    Group<S, layout> group;
    group.load(image, y, x, n);
    const pixel::GridStep down = pixel::grid_step(y, image.height, grid.height);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      if (w[p] > 0.0f) {
        const pixel::Color old = group.color(p);
        const float along = guide.data == nullptr
                                ? pixel::luminance(old)
                                : *reinterpret_cast<const float*>(address(guide, y, x + p));
        const RowsAround around{grid,
                                pixel::guide_step(along, static_cast<std::int32_t>(grid.depth)),
                                down, pixel::grid_step(x + p, image.width, grid.width)};
        const pixel::Color color{pixel::held(old.x), pixel::held(old.y), pixel::held(old.z)};
        group.code(p, 0) = pixel::blend_unbounded<S>(around.mapped(0, color), old.x, w[p]);
        group.code(p, 1) = pixel::blend_unbounded<S>(around.mapped(1, color), old.y, w[p]);
        group.code(p, 2) = pixel::blend_unbounded<S>(around.mapped(2, color), old.z, w[p]);
      }
    }
    group.store(out, y, x, n);
    copy_alpha<S, layout>(image, out, y, x, n);
  });
}

}  // namespace

void apply_affine_grid(const ImageView& image, const MaskView& mask, float strength,
                       const AffineGrid& grid, const GuideView& guide, const MutableImageView& out,
                       cudaStream_t stream) {
  check_affine_grid(grid);
  if (image.width == 0 || image.height == 0) return;
  const std::size_t bytes =
      static_cast<std::size_t>(grid.depth * grid.height * grid.width) * 12 * sizeof(float);
  const StreamMemory maps(bytes, stream);
  // From ordinary memory the copy has left it when this returns.
  check(cudaMemcpyAsync(maps.as<float>(), grid.maps, bytes, cudaMemcpyHostToDevice, stream),
        "cudaMemcpyAsync");
  const Lattice lattice{maps.as<float4>(), grid.depth, grid.height, grid.width};
  const Weights weights = weights_of(mask, image.height, strength);
  Tiling tiling;
  const dim3 blocks = cut(image.height, image.width, blocks_that_fill(), tiling);
  with_pixels(image.scalar, common_layout(image, out), [&](auto scalar, auto layout) {
    launch(slice_maps<decltype(scalar), decltype(layout)::value>, blocks, stream, image, weights,
           lattice, guide, out, tiling);
  });
}

}  // namespace harmonia::cuda
