// m * new + (1 - m) * old, four pixels at a time; old itself, bit by bit, where m is 0.

#include "group.cuh"
#include "kernels.hpp"

namespace harmonia::cuda {
namespace {

template <class S, Layout layout>
__global__ void __launch_bounds__(kThreads)
    blend(ImageView fresh, ImageView old, Weights weights, MutableImageView out, Tiling tiling) {
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
    Group<S, layout> above, group;
    group.load(old, y, x, n);
    above.load(fresh, y, x, n);
#pragma unroll
    for (int p = 0; p < kGroup; ++p) {
      if (w[p] > 0.0f) group.blend(p, above.color(p), group.color(p), w[p]);
    }
    group.store(out, y, x, n);
    copy_alpha<S, layout>(old, out, y, x, n);
  });
}

}  // namespace

void composite(const ImageView& fresh, const ImageView& old, const MaskView& mask, float strength,
               const MutableImageView& out, cudaStream_t stream) {
  const std::int64_t width = old.width;
  if (width == 0 || old.height == 0) return;
  if (old.height > 1 && is_one_row(fresh, width) && is_one_row(old, width) &&
      is_one_row(out, width) && is_one_row(mask, width)) {
    return composite(as_one_row(fresh), as_one_row(old), mask, strength, as_one_row(out), stream);
  }
  const Weights weights = weights_of(mask, old.height, strength);
  Tiling tiling;
  const dim3 grid = cut(old.height, width, blocks_that_fill(), tiling);
  with_pixels(old.scalar, common_layout(fresh, old, out), [&](auto scalar, auto layout) {
    launch(blend<decltype(scalar), decltype(layout)::value>, grid, stream, fresh, old, weights, out,
           tiling);
  });
}

}  // namespace harmonia::cuda
