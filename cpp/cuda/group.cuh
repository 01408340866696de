// Four pixels of a row in registers, from and to any scalar type and memory layout, and their
// weights.
//
//   packed3  rgbr gbrg brgb             one vector of 4 scalars each; a thread reads 3
//   packed4  rgba rgba rgba rgba        a thread reads 4
//   planar   rrrr  gggg  bbbb           a thread reads 3, far apart
//   strided  anything, scalar by scalar
//
// The last pixels of a row, where fewer than four are left, go scalar by scalar in every layout.
#pragma once

#include <cstdint>
#include <type_traits>

#include "harmonia/image.hpp"
#include "harmonia/pixel/blend.hpp"
#include "harmonia/pixel/scalar.hpp"
#include "tiling.cuh"

namespace harmonia::cuda {

enum class Layout { packed3, packed4, planar, strided };

inline bool is_multiple(std::int64_t value, std::int64_t of) { return value % of == 0; }

// The layout in which whole groups may be read as vectors: those must be aligned to their size.
template <class View>
Layout layout_of(const View& image) {
  const std::int64_t size = scalar_size(image.scalar), vector = kGroup * size;
  const auto address = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(image.data));
  if (!is_multiple(address, vector)) return Layout::strided;
  if (image.height > 1 && !is_multiple(image.row_stride, vector)) return Layout::strided;
  if (image.channel_stride == size && image.pixel_stride == image.channels * size) {
    return image.channels == 4 ? Layout::packed4 : Layout::packed3;
  }
  const bool planes = image.pixel_stride == size && is_multiple(image.channel_stride, vector);
  return planes ? Layout::planar : Layout::strided;
}

// One kernel reads and writes in one layout.
template <class View, class... Others>
Layout common_layout(const View& image, const Others&... others) {
  const Layout layout = layout_of(image);
  return ((layout_of(others) == layout) && ...) ? layout : Layout::strided;
}

// True where the rows of an image or mask follow each other like the pixels of one long row.
template <class View>
bool is_one_row(const View& view, std::int64_t width) {
  return view.data == nullptr || view.row_stride == width * view.pixel_stride;
}

template <class View>
View as_one_row(View image) {
  image.width *= image.height;
  image.height = 1;
  return image;
}

template <Layout layout>
using LayoutConstant = std::integral_constant<Layout, layout>;

template <class S, class Call>
void with_layout(S scalar, Layout layout, const Call& call) {
  switch (layout) {
    case Layout::packed3: return call(scalar, LayoutConstant<Layout::packed3>{});
    case Layout::packed4: return call(scalar, LayoutConstant<Layout::packed4>{});
    case Layout::planar: return call(scalar, LayoutConstant<Layout::planar>{});
    case Layout::strided: return call(scalar, LayoutConstant<Layout::strided>{});
  }
}

// Calls with the scalar and the layout as types. To keep the number of kernels down, 16-bit images
// are always read scalar by scalar.
template <class Call>
void with_pixels(Scalar scalar, Layout layout, const Call& call) {
  switch (scalar) {
    case Scalar::u8: return with_layout(pixel::U8{}, layout, call);
    case Scalar::u16: return call(pixel::U16{}, LayoutConstant<Layout::strided>{});
    case Scalar::f16: return call(pixel::F16{}, LayoutConstant<Layout::strided>{});
    case Scalar::f32: return with_layout(pixel::F32{}, layout, call);
  }
}

// A mask as the kernels read it.
struct Weights {
  MaskView mask;
  float scale;   // from stored value to weight, the strength included
  bool vectors;  // whole groups may be read at once
};

inline Weights weights_of(const MaskView& mask, std::int64_t height, float strength) {
  const std::int64_t size = mask.scalar == MaskScalar::f32 ? 4 : 1, vector = kGroup * size;
  const auto address = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(mask.data));
  const bool vectors = mask.pixel_stride == size && is_multiple(address, vector) &&
                       (height <= 1 || is_multiple(mask.row_stride, vector));
  const float full = mask.data != nullptr && mask.scalar == MaskScalar::u8 ? 255.0f : 1.0f;
  return {mask, pixel::weight_scale(full, strength), vectors};
}

template <class T>
struct alignas(kGroup * sizeof(T)) Vector {
  T at[kGroup];
};

template <class View>
__device__ __forceinline__ auto address(const View& view, std::int64_t y, std::int64_t x) {
  return view.data + y * view.row_stride + x * view.pixel_stride;
}

template <class T>
__device__ __forceinline__ void load_values(const Weights& weights, const std::uint8_t* from, int n,
                                            float (&w)[kGroup]) {
  if (weights.vectors && n == kGroup) {
    const Vector<T> values = *reinterpret_cast<const Vector<T>*>(from);
    for (int p = 0; p < kGroup; ++p) w[p] = static_cast<float>(values.at[p]) * weights.scale;
    return;
  }
  for (int p = 0; p < kGroup; ++p) {
    if (p >= n) continue;
    const T value = *reinterpret_cast<const T*>(from + p * weights.mask.pixel_stride);
    w[p] = static_cast<float>(value) * weights.scale;
  }
}

// The weights of pixels (y, x) .. (y, x + n - 1); zero beyond.
__device__ __forceinline__ void load_weights(const Weights& weights, std::int64_t y, std::int64_t x,
                                             int n, float (&w)[kGroup]) {
  for (int p = 0; p < kGroup; ++p) w[p] = 0.0f;
  if (weights.mask.data == nullptr) {
    for (int p = 0; p < kGroup; ++p) w[p] = p < n ? weights.scale : 0.0f;
  } else if (weights.mask.scalar == MaskScalar::f32) {
    load_values<float>(weights, address(weights.mask, y, x), n, w);
  } else {
    load_values<std::uint8_t>(weights, address(weights.mask, y, x), n, w);
  }
}

template <class S, Layout layout>
struct Group {
  using T = typename S::Type;
  static constexpr bool kPacked = layout == Layout::packed3 || layout == Layout::packed4;
  static constexpr int kVectors = layout == Layout::packed4 ? 4 : 3;

  Vector<T> vectors[kVectors];

  // Both indices must be known when the kernel is compiled, or the group leaves the registers.
  __device__ __forceinline__ T& code(int p, int channel) {
    const int index = kVectors * p + channel;
    return kPacked ? vectors[index / kGroup].at[index % kGroup] : vectors[channel].at[p];
  }

  __device__ __forceinline__ pixel::Color color(int p) {
    return {S::unit(code(p, 0)), S::unit(code(p, 1)), S::unit(code(p, 2))};
  }

  __device__ __forceinline__ void blend(int p, pixel::Color fresh, pixel::Color old, float weight) {
    code(p, 0) = pixel::blend<S>(fresh.x, old.x, weight);
    code(p, 1) = pixel::blend<S>(fresh.y, old.y, weight);
    code(p, 2) = pixel::blend<S>(fresh.z, old.z, weight);
  }

  // Floats keep values of `fresh` beyond 0..1.
  __device__ __forceinline__ void blend_unbounded(int p, pixel::Color fresh, pixel::Color old,
                                                  float weight) {
    code(p, 0) = pixel::blend_unbounded<S>(fresh.x, old.x, weight);
    code(p, 1) = pixel::blend_unbounded<S>(fresh.y, old.y, weight);
    code(p, 2) = pixel::blend_unbounded<S>(fresh.z, old.z, weight);
  }

  __device__ __forceinline__ void load(const ImageView& image, std::int64_t y, std::int64_t x,
                                       int n) {
    const std::uint8_t* const from = address(image, y, x);
    if (layout != Layout::strided && n == kGroup) {
      const std::int64_t step = kPacked ? std::int64_t{sizeof(Vector<T>)} : image.channel_stride;
      for (int i = 0; i < kVectors; ++i) {
        vectors[i] = *reinterpret_cast<const Vector<T>*>(from + i * step);
      }
      return;
    }
    for (int p = 0; p < kGroup; ++p) {
      for (int c = 0; c < kVectors; ++c) {
        const std::int64_t offset = p * image.pixel_stride + c * image.channel_stride;
        code(p, c) = p < n ? *reinterpret_cast<const T*>(from + offset) : T{};
      }
    }
  }

  __device__ __forceinline__ void store(const MutableImageView& image, std::int64_t y,
                                        std::int64_t x, int n) {
    std::uint8_t* const to = address(image, y, x);
    if (layout != Layout::strided && n == kGroup) {
      const std::int64_t step = kPacked ? std::int64_t{sizeof(Vector<T>)} : image.channel_stride;
      for (int i = 0; i < kVectors; ++i) {
        *reinterpret_cast<Vector<T>*>(to + i * step) = vectors[i];
      }
      return;
    }
    for (int p = 0; p < kGroup; ++p) {
      if (p >= n) continue;
      for (int c = 0; c < kVectors; ++c) {
        *reinterpret_cast<T*>(to + p * image.pixel_stride + c * image.channel_stride) = code(p, c);
      }
    }
  }
};

// The fourth channel, which only packed4 carries inside the group.
template <class S, Layout layout>
__device__ __forceinline__ void copy_alpha(const ImageView& image, const MutableImageView& out,
                                           std::int64_t y, std::int64_t x, int n) {
  using T = typename S::Type;
  if (layout == Layout::packed4 || image.channels <= 3) return;
  const std::uint8_t* const from = address(image, y, x) + 3 * image.channel_stride;
  std::uint8_t* const to = address(out, y, x) + 3 * out.channel_stride;
  if (layout == Layout::planar && n == kGroup) {
    *reinterpret_cast<Vector<T>*>(to) = *reinterpret_cast<const Vector<T>*>(from);
    return;
  }
  for (int p = 0; p < n; ++p) {
    *reinterpret_cast<T*>(to + p * out.pixel_stride) =
        *reinterpret_cast<const T*>(from + p * image.pixel_stride);
  }
}

}  // namespace harmonia::cuda
