// A grid of 3D tables over four pixels at a time: where a colour lies in a table is found once, and
// four tables are read there. The twin of src/lut_grid.inl.
#include "harmonia/lut_grid.hpp"

#include "device_lut_grid.hpp"
#include "group.cuh"
#include "harmonia/pixel/grid.hpp"
#include "harmonia/pixel/lut3d.hpp"
#include "kernels.hpp"

namespace harmonia::cuda {
namespace {

__device__ __forceinline__ pixel::Color node_at(const float4* at) {
  const float4 v = __ldg(at);
  return {v.x, v.y, v.z};
}

// The weighted sum of what lies at four places from `from` on.
__device__ __forceinline__ pixel::Color weigh(const float4* from, const std::int32_t (&steps)[4],
                                              const float (&w)[4]) {
  const pixel::Color a = node_at(from + steps[0]), b = node_at(from + steps[1]);
  const pixel::Color c = node_at(from + steps[2]), d = node_at(from + steps[3]);
  return {w[0] * a.x + w[1] * b.x + w[2] * c.x + w[3] * d.x,
          w[0] * a.y + w[1] * b.y + w[2] * c.y + w[3] * d.y,
          w[0] * a.z + w[1] * b.z + w[2] * c.z + w[3] * d.z};
}

__device__ __forceinline__ pixel::Color between(pixel::Color low, pixel::Color high, float share) {
  return {pixel::between(low.x, high.x, share), pixel::between(low.y, high.y, share),
          pixel::between(low.z, high.z, share)};
}

// The cells of one colour in the four tables around a pixel.
struct CellsAround {
  const float4 *top_left, *top_right, *bottom_left, *bottom_right;
  float across, down;

  __device__ __forceinline__ pixel::Color weighed(const std::int32_t (&steps)[4],
                                                  const float (&w)[4]) const {
    const pixel::Color above =
        between(weigh(top_left, steps, w), weigh(top_right, steps, w), across);
    const pixel::Color below =
        between(weigh(bottom_left, steps, w), weigh(bottom_right, steps, w), across);
    return between(above, below, down);
  }
};

template <Interpolation interpolation>
__device__ __forceinline__ pixel::Color look_up(const LutLattice& grid, pixel::LutSpan span,
                                                pixel::GridStep down, pixel::GridStep across,
                                                pixel::Color color) {
  const pixel::LutStep r = pixel::lut_step(pixel::held_in(span, color.x), grid.size[0] - 1);
  const pixel::LutStep g = pixel::lut_step(pixel::held_in(span, color.y), grid.size[1] - 1);
  const pixel::LutStep b = pixel::lut_step(pixel::held_in(span, color.z), grid.size[2] - 1);
  const float4* const own =
      grid.nodes + (r.index * grid.red_step + g.index * grid.green_step + b.index);
  const std::int64_t top = down.index * grid.width, bottom = down.next * grid.width;
  const CellsAround around{own + (top + across.index) * grid.table_step,
                           own + (top + across.next) * grid.table_step,
                           own + (bottom + across.index) * grid.table_step,
                           own + (bottom + across.next) * grid.table_step,
                           across.fraction,
                           down.fraction};
  const std::int32_t red = grid.red_step, green = grid.green_step;
  if (interpolation == Interpolation::trilinear) {
    const pixel::BilinearWeights edges = pixel::bilinear_weights(r.fraction, g.fraction);
    const pixel::Color low = around.weighed({0, green, red, red + green}, edges.w);
    const pixel::Color high = around.weighed({1, green + 1, red + 1, red + green + 1}, edges.w);
    return between(low, high, b.fraction);
  }
  const pixel::LutWalk walk = pixel::tetrahedral_walk(r.fraction, g.fraction, b.fraction);
  return around.weighed({0, pixel::lut_offset(walk.second, red, green),
                         pixel::lut_offset(walk.third, red, green), red + green + 1},
                        walk.w);
}

template <class S, Layout layout, Interpolation interpolation>
__global__ void __launch_bounds__(kThreads)
    slice_tables(ImageView image, Weights weights, LutLattice grid, pixel::LutSpan span,
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
        const pixel::GridStep across = pixel::grid_step(x + p, image.width, grid.width);
        const pixel::Color fresh = look_up<interpolation>(grid, span, down, across, old);
        group.code(p, 0) = pixel::blend_unbounded<S>(fresh.x, old.x, w[p]);
        group.code(p, 1) = pixel::blend_unbounded<S>(fresh.y, old.y, w[p]);
        group.code(p, 2) = pixel::blend_unbounded<S>(fresh.z, old.z, w[p]);
      }
    }
    group.store(out, y, x, n);
    copy_alpha<S, layout>(image, out, y, x, n);
  });
}

}  // namespace

void apply_lut_grid(const ImageView& image, const MaskView& mask, float strength,
                    const LutGrid& grid, Interpolation interpolation, OutOfRange out_of_range,
                    const MutableImageView& out, cudaStream_t stream) {
  if (image.width == 0 || image.height == 0) return;
  const pixel::LutSpan span = pixel::lut_span(out_of_range == OutOfRange::clamp);
  const Weights weights = weights_of(mask, image.height, strength);
  Tiling tiling;
  const dim3 blocks = cut(image.height, image.width, blocks_that_fill(), tiling);
  with_pixels(image.scalar, common_layout(image, out), [&](auto scalar, auto layout) {
    using S = decltype(scalar);
    constexpr Layout kLayout = decltype(layout)::value;
    const auto kernel = interpolation == Interpolation::trilinear
                            ? slice_tables<S, kLayout, Interpolation::trilinear>
                            : slice_tables<S, kLayout, Interpolation::tetrahedral>;
    launch(kernel, blocks, stream, image, weights, grid.lattice(), span, out, tiling);
  });
}

}  // namespace harmonia::cuda
