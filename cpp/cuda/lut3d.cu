// A 3D table over four pixels at a time. Groups that the mask leaves out are copied, and cost no
// look-up.
//
// A node is a 16-byte load through the read-only path. All threads of a warp together take four
// lines of 128 bytes a load, so the first-level cache delivers the eight nodes of 128 pixels in 128
// cycles at best: that, beside the arithmetic, is what the kernel is bound by, and why the table
// stays out of shared memory, which is no wider and would hold only small ones.

#include "group.cuh"
#include "harmonia/pixel/lut3d.hpp"
#include "kernels.hpp"
#include "lut3d_codes.cuh"

namespace harmonia::cuda {
namespace {

// The nodes of a cell, from its own one on. Where a node is known when the kernel is compiled,
// 64-bit steps let the one along blue become a part of the load; where it is not, 32-bit ones are
// the shorter arithmetic.
template <class Step>
struct CellNodes {
  const float4* own;
  Step slice, row;

  HARMONIA_HD pixel::Color operator()(std::int32_t j) const {
    const float4* const node = own + ((j >> 2) * slice + (j >> 1 & 1) * row) + (j & 1);
#if defined(__CUDA_ARCH__)
    const float4 value = __ldg(node);
#else
    const float4 value = *node;
#endif
    return {value.x, value.y, value.z};
  }
};

HARMONIA_HD float position(float value, float low, float scale, pixel::LutSpan bounds) {
  return pixel::held_in(bounds, (value - low) * scale);
}

HARMONIA_HD float shaped(const LutTable& lut, int c, float value, pixel::LutSpan bounds) {
  const float t = position(value, lut.shaper_low[c], lut.shaper_scale[c], bounds);
  return pixel::lut_shape(lut.shaper + c, 3, lut.shaper_size, t);
}

template <Interpolation between, bool has_shaper>
HARMONIA_HD pixel::Color look_up(const LutTable& lut, pixel::Color color, pixel::LutSpan bounds) {
  if (has_shaper) {
    color = {shaped(lut, 0, color.x, bounds), shaped(lut, 1, color.y, bounds),
             shaped(lut, 2, color.z, bounds)};
  }
  const pixel::LutStep red =
      pixel::lut_step(position(color.x, lut.low[0], lut.scale[0], bounds), lut.steps[0]);
  const pixel::LutStep green =
      pixel::lut_step(position(color.y, lut.low[1], lut.scale[1], bounds), lut.steps[1]);
  const pixel::LutStep blue =
      pixel::lut_step(position(color.z, lut.low[2], lut.scale[2], bounds), lut.steps[2]);
  const std::int32_t at =
      red.index * lut.node_step[0] + green.index * lut.node_step[1] + blue.index;
  const float4* const own = lut.nodes + at;
  if (between == Interpolation::trilinear) {
    const CellNodes<std::int64_t> node{own, lut.node_step[0], lut.node_step[1]};
    return pixel::lut_trilinear(node, red.fraction, green.fraction, blue.fraction);
  }
  const CellNodes<std::int32_t> node{own, lut.node_step[0], lut.node_step[1]};
  return pixel::lut_tetrahedral(node, red.fraction, green.fraction, blue.fraction);
}

template <class S, Layout layout, Interpolation between, bool has_shaper>
__global__ void __launch_bounds__(kThreads, 3)
    apply_table(ImageView image, Weights weights, LutTable lut, pixel::LutSpan bounds,
                MutableImageView out, Tiling tiling) {
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
    Group<S, layout> group;
    group.load(image, y, x, n);
    // A branch a pixel also keeps the loads of one from moving in front of another's, where their
    // nodes would not fit the registers.
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      if (w[p] > 0.0f) {
        const pixel::Color old = group.color(p);
        group.blend_unbounded(p, look_up<between, has_shaper>(lut, old, bounds), old, w[p]);
      }
    }
    group.store(out, y, x, n);
    copy_alpha<S, layout>(image, out, y, x, n);
  });
}

// Shapers are rare, and so are bytes that no integers serve: they go through the layout that takes
// all.
template <class S, Layout layout>
auto kernel_for(Interpolation interpolation, bool has_shaper) {
  constexpr Interpolation kLinear = Interpolation::trilinear, kWalk = Interpolation::tetrahedral;
  constexpr Layout kLayout = std::is_same_v<S, pixel::U8> ? Layout::strided : layout;
  if (interpolation == kLinear) {
    return has_shaper ? apply_table<S, Layout::strided, kLinear, true>
                      : apply_table<S, kLayout, kLinear, false>;
  }
  return has_shaper ? apply_table<S, Layout::strided, kWalk, true>
                    : apply_table<S, kLayout, kWalk, false>;
}

}  // namespace

void apply_lut3d(const ImageView& image, const MaskView& mask, float strength, const Lut3d& lut,
                 Interpolation interpolation, OutOfRange out_of_range, const MutableImageView& out,
                 cudaStream_t stream) {
  const std::int64_t width = image.width;
  if (width == 0 || image.height == 0) return;
  if (image.height > 1 && is_one_row(image, width) && is_one_row(out, width) &&
      is_one_row(mask, width)) {
    return apply_lut3d(as_one_row(image), mask, strength, lut, interpolation, out_of_range,
                       as_one_row(out), stream);
  }
  const Weights weights = weights_of(mask, image.height, strength);
  const bool clamped = out_of_range == OutOfRange::clamp;
  Tiling tiling;
  const dim3 grid = cut(image.height, width, blocks_that_fill(), tiling);
  if (image.scalar == Scalar::u8 && lut.has_cells()) {
    const LutCells cells = lut.cells(stream);
    if (clamped || cells.inside) {
      return apply_lut3d_codes(image, weights, cells, interpolation, out, grid, tiling, stream);
    }
  }
  const LutTable table = lut.table(stream);
  const pixel::LutSpan bounds = pixel::lut_span(clamped);
  with_pixels(image.scalar, common_layout(image, out), [&](auto scalar, auto layout) {
    using S = decltype(scalar);
    const auto kernel =
        kernel_for<S, decltype(layout)::value>(interpolation, table.shaper != nullptr);
    launch(kernel, grid, stream, image, weights, table, bounds, out, tiling);
  });
}

}  // namespace harmonia::cuda
