// Non-owning views of images and masks: any scalar type, any strides, three or four channels.
//
// Kernels never touch a view's memory directly. They load blocks of pixels into planar floats
// (src/block.inl), so that HWC, CHW, flipped and transposed arrays run through the same arithmetic.
#pragma once

#include <cstdint>

namespace harmonia {

// uint8 is 0..255, uint16 0..65535, the floats 0..1.
enum class Scalar { u8, u16, f16, f32 };

constexpr std::int64_t scalar_size(Scalar scalar) {
  return scalar == Scalar::u8 ? 1 : scalar == Scalar::f32 ? 4 : 2;
}

// Strides are in bytes and may be negative. Channels beyond the third (alpha) are carried through.
struct ImageView {
  const std::uint8_t* data;
  Scalar scalar;
  std::int64_t height, width, channels;
  std::int64_t row_stride, pixel_stride, channel_stride;

  const std::uint8_t* at(std::int64_t y, std::int64_t x) const {
    return data + y * row_stride + x * pixel_stride;
  }
};

struct MutableImageView {
  std::uint8_t* data;
  Scalar scalar;
  std::int64_t height, width, channels;
  std::int64_t row_stride, pixel_stride, channel_stride;

  std::uint8_t* at(std::int64_t y, std::int64_t x) const {
    return data + y * row_stride + x * pixel_stride;
  }
};

// A weight a pixel: uint8 0..255, bool 0 or 1, float32 0..1. No data means 1 everywhere.
enum class MaskScalar { u8, boolean, f32 };

struct MaskView {
  const std::uint8_t* data = nullptr;
  MaskScalar scalar = MaskScalar::u8;
  std::int64_t row_stride = 0, pixel_stride = 0;

  const std::uint8_t* at(std::int64_t y, std::int64_t x) const {
    return data + y * row_stride + x * pixel_stride;
  }
};

}  // namespace harmonia
