// RGB -> space -> affine map -> RGB -> blend, four pixels at a time. Pixels the mask leaves out are
// copied.

#include "group.cuh"
#include "harmonia/pixel/affine.hpp"
#include "kernels.hpp"
#include "space_device.cuh"

namespace harmonia::cuda {
namespace {

template <class S, Layout layout, class In>
__global__ void __launch_bounds__(kThreads)
    transfer(ImageView image, Weights weights, In space, pixel::Affine map, MutableImageView out,
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
        group.blend(p, space.transfer(map, old), old, w[p]);
      }
    }
    group.store(out, y, x, n);
    copy_alpha<S, layout>(image, out, y, x, n);
  });
}

// The spaces in which methods transfer colours.
template <class Call>
void with_space(Space space, const Call& call) {
  switch (space) {
    case Space::rgb: return call(Known<Space::rgb>{});
    case Space::log_lms: return call(Known<Space::log_lms>{});
    case Space::lab: return call(Known<Space::lab>{});
    default: return call(Chosen{space});
  }
}

}  // namespace

void affine_transfer(const ImageView& image, const MaskView& mask, float strength,
                     const AffineMap& map, const MutableImageView& out, cudaStream_t stream) {
  const std::int64_t width = image.width;
  if (width == 0 || image.height == 0) return;
  if (image.height > 1 && is_one_row(image, width) && is_one_row(out, width) &&
      is_one_row(mask, width)) {
    return affine_transfer(as_one_row(image), mask, strength, map, as_one_row(out), stream);
  }
  const Weights weights = weights_of(mask, image.height, strength);
  const pixel::Affine affine = pixel::to_affine(map.matrix, map.offset);
  Tiling tiling;
  const dim3 grid = cut(image.height, width, blocks_that_fill(), tiling);
  with_pixels(image.scalar, common_layout(image, out), [&](auto scalar, auto layout) {
    with_space(map.space, [&](auto space) {
      using In = decltype(space);
      constexpr Layout kLayout = layout_in<In>(decltype(layout)::value);
      launch(transfer<decltype(scalar), kLayout, In>, grid, stream, image, weights, space, affine,
             out, tiling);
    });
  });
}

}  // namespace harmonia::cuda
