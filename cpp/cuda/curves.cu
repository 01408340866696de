// RGB -> space -> a curve a channel -> RGB -> blend, four pixels at a time. Pixels the mask leaves
// out are copied.

#include "harmonia/transfer/curves.hpp"

#include "group.cuh"
#include "kernels.hpp"
#include "space_device.cuh"

namespace harmonia::cuda {
namespace {

template <class S, Layout layout, class In>
__global__ void __launch_bounds__(kThreads)
    transfer(ImageView image, Weights weights, In space, pixel::Curves curves, MutableImageView out,
             Tiling tiling) {
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
    Group<S, layout> group;
    group.load(image, y, x, n);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      if (w[p] > 0.0f) {
        const pixel::Color old = group.color(p);
        group.blend(p, space.transfer(curves, old), old, w[p]);
      }
    }
    group.store(out, y, x, n);
    copy_alpha<S, layout>(image, out, y, x, n);
  });
}

// The spaces in which methods have curves.
template <class Call>
void with_space(Space space, const Call& call) {
  switch (space) {
    case Space::rgb: return call(Known<Space::rgb>{});
    case Space::ycbcr: return call(Known<Space::ycbcr>{});
    default: return call(Chosen{space});
  }
}

void transfer_through(const ImageView& image, const MaskView& mask, float strength, Space through,
                      const pixel::Curves& curves, const MutableImageView& out,
                      cudaStream_t stream) {
  const std::int64_t width = image.width;
  if (image.height > 1 && is_one_row(image, width) && is_one_row(out, width) &&
      is_one_row(mask, width)) {
    return transfer_through(as_one_row(image), mask, strength, through, curves, as_one_row(out),
                            stream);
  }
  const Weights weights = weights_of(mask, image.height, strength);
  Tiling tiling;
  const dim3 grid = cut(image.height, width, blocks_that_fill(), tiling);
  with_pixels(image.scalar, common_layout(image, out), [&](auto scalar, auto layout) {
    with_space(through, [&](auto space) {
      using In = decltype(space);
      constexpr Layout kLayout = layout_in<In>(decltype(layout)::value);
      launch(transfer<decltype(scalar), kLayout, In>, grid, stream, image, weights, space, curves,
             out, tiling);
    });
  });
}

}  // namespace

void curve_transfer(const ImageView& image, const MaskView& mask, float strength,
                    const Curves& curves, const MutableImageView& out, cudaStream_t stream) {
  if (image.width == 0 || image.height == 0) return;
  const CurveTables tables = tables_of(curves, image.scalar);
  const std::size_t bytes = tables.values.size() * sizeof(float);
  const StreamMemory nodes(bytes, stream);
  // From ordinary memory the copy has left it when this returns.
  check(cudaMemcpyAsync(nodes.as<float>(), tables.values.data(), bytes, cudaMemcpyHostToDevice,
                        stream),
        "cudaMemcpyAsync");
  const pixel::Curves read{{tables.axes[0], tables.axes[1], tables.axes[2]},
                           nodes.as<float>(),
                           tables.stride,
                           tables.nearest};
  transfer_through(image, mask, strength, curves.space, read, out, stream);
}

}  // namespace harmonia::cuda
