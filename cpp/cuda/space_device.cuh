// The colour spaces on the device. Those that the methods use most have kernels of their own, with
// the arithmetic inlined; for the others one kernel a scalar chooses at run time, so that not every
// space is compiled for every scalar and layout.
#pragma once

#include <type_traits>

#include "group.cuh"
#include "harmonia/pixel/affine.hpp"
#include "harmonia/pixel/curve.hpp"
#include "harmonia/pixel/hsv.hpp"
#include "harmonia/pixel/lab.hpp"
#include "harmonia/pixel/lalphabeta.hpp"
#include "harmonia/pixel/srgb.hpp"
#include "harmonia/pixel/xyy.hpp"
#include "harmonia/pixel/xyz.hpp"
#include "harmonia/pixel/ycbcr.hpp"
#include "harmonia/space.hpp"

namespace harmonia::cuda {

__device__ __forceinline__ pixel::Color from_rgb(Space space, pixel::Color rgb) {
  switch (space) {
    case Space::rgb: return rgb;
    case Space::linear: return pixel::rgb_to_linear(rgb);
    case Space::xyz: return pixel::linear_to_xyz(pixel::rgb_to_linear(rgb));
    case Space::xyy: return pixel::linear_to_xyy(pixel::rgb_to_linear(rgb));
    case Space::lab: return pixel::linear_to_lab(pixel::rgb_to_linear(rgb));
    case Space::lab_d50: return pixel::linear_to_lab_d50(pixel::rgb_to_linear(rgb));
    case Space::log_lms: return pixel::rgb_to_log_lms(rgb);
    case Space::lalphabeta: return pixel::rgb_to_lalphabeta(rgb);
    case Space::ycbcr: return pixel::rgb_to_ycbcr(rgb);
    case Space::hsv: return pixel::rgb_to_hsv(rgb);
  }
  return rgb;
}

__device__ __forceinline__ pixel::Color to_rgb(Space space, pixel::Color color) {
  switch (space) {
    case Space::rgb: return color;
    case Space::linear: return pixel::linear_to_rgb(color);
    case Space::xyz: return pixel::linear_to_rgb(pixel::xyz_to_linear(color));
    case Space::xyy: return pixel::linear_to_rgb(pixel::xyy_to_linear(color));
    case Space::lab: return pixel::linear_to_rgb(pixel::lab_to_linear(color));
    case Space::lab_d50: return pixel::linear_to_rgb(pixel::lab_d50_to_linear(color));
    case Space::log_lms: return pixel::log_lms_to_rgb(color);
    case Space::lalphabeta: return pixel::lalphabeta_to_rgb(color);
    case Space::ycbcr: return pixel::ycbcr_to_rgb(color);
    case Space::hsv: return pixel::hsv_to_rgb(color);
  }
  return color;
}

// A space that is known when the kernel is compiled.
template <Space kSpace>
struct Known {
  __device__ __forceinline__ pixel::Color enter(pixel::Color rgb) const {
    return from_rgb(kSpace, rgb);
  }
  template <class Map>
  __device__ __forceinline__ pixel::Color transfer(const Map& map, pixel::Color rgb) const {
    return to_rgb(kSpace, pixel::apply(map, from_rgb(kSpace, rgb)));
  }
};

// Any other space. Each kernel gets its own copy of these functions, so there is one kernel a
// scalar.
struct Chosen {
  Space space;

  __device__ __noinline__ pixel::Color enter(pixel::Color rgb) const {
    return from_rgb(space, rgb);
  }
  template <class Map>
  __device__ __noinline__ pixel::Color transfer(const Map& map, pixel::Color rgb) const {
    return to_rgb(space, pixel::apply(map, from_rgb(space, rgb)));
  }
};

template <class In>
constexpr Layout layout_in(Layout layout) {
  return std::is_same_v<In, Chosen> ? Layout::strided : layout;
}

}  // namespace harmonia::cuda
