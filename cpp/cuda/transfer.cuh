// RGB -> space -> a map of colours -> RGB -> blend, four pixels at a time. Pixels the mask leaves
// out are copied. The twin of src/transfer_rows.inl.
#pragma once

#include "group.cuh"
#include "space_device.cuh"

namespace harmonia::cuda {

template <class S, Layout layout, class In, class Map>
__global__ void __launch_bounds__(kThreads) transfer(ImageView image, Weights weights, In space,
                                                     Map map, MutableImageView out, Tiling tiling) {
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

// `with_space(call)` calls with the space, known at compile time where it is a usual one.
template <class Map, class WithSpace>
void transfer_through(const ImageView& image, const MaskView& mask, float strength, const Map& map,
                      const WithSpace& with_space, const MutableImageView& out,
                      cudaStream_t stream) {
  const std::int64_t width = image.width;
  if (width == 0 || image.height == 0) return;
  if (image.height > 1 && is_one_row(image, width) && is_one_row(out, width) &&
      is_one_row(mask, width)) {
    return transfer_through(as_one_row(image), mask, strength, map, with_space, as_one_row(out),
                            stream);
  }
  const Weights weights = weights_of(mask, image.height, strength);
  Tiling tiling;
  const dim3 grid = cut(image.height, width, blocks_that_fill(), tiling);
  with_pixels(image.scalar, common_layout(image, out), [&](auto scalar, auto layout) {
    with_space([&](auto space) {
      using In = decltype(space);
      constexpr Layout kLayout = layout_in<In>(decltype(layout)::value);
      launch(transfer<decltype(scalar), kLayout, In, Map>, grid, stream, image, weights, space, map,
             out, tiling);
    });
  });
}

}  // namespace harmonia::cuda
