// Colour differences CIEDE2000 between two pictures of one size: summed up, or as a map.
#pragma once

#include <cstdint>

#include "harmonia/image.hpp"

namespace harmonia {

// Over every pixel; m is the mask.
struct DeltaESums {
  double sum;       // of the differences
  double weighted;  // of m times the differences
  double weight;    // of m
  std::int64_t pixels;
  float largest;
};

// What images hold: sRGB codes, or CIELAB as float32. The white of CIELAB does not matter.
enum class DeltaESpace { rgb, lab };

// A float a pixel; strides are in bytes.
struct MutableFloats {
  std::uint8_t* data;
  std::int64_t row_stride, pixel_stride;

  std::uint8_t* at(std::int64_t y, std::int64_t x) const {
    return data + y * row_stride + x * pixel_stride;
  }
};

// Colours are held within +-kLargestValue (color.hpp). Differences are summed up as multiples of
// 2^-20 and held at 2047, so a mean is within 2^-21 of that of the map. uint8 and bool masks count
// exactly, others as multiples of 2^-24.
DeltaESums delta_e(const ImageView& output, const ImageView& target, const MaskView& mask);

void delta_e_map(const ImageView& output, const ImageView& target, DeltaESpace space,
                 const MutableFloats& out);

}  // namespace harmonia
