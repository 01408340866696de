// IEEE half precision without hardware support, by bit arithmetic that vectorizes.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// Exact. Half denormals go through an integer, never through a float denormal: callers may have the
// processor flush those. Infinity and NaN get an exponent of all ones.
HARMONIA_HD float half_to_float(std::uint16_t half) {
  const std::int32_t magnitude = half & 0x7fff;
  const float denormal = static_cast<float>(magnitude) * (1.0f / 16777216.0f);
  const std::int32_t normal = (magnitude << 13) + (112 << 23);
  const std::int32_t bits = magnitude < 0x0400 ? bits_of(denormal) : normal;
  const std::int32_t special = magnitude >= 0x7c00 ? 0x7f800000 : 0;
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000) << 16;
  return float_of(bits | special | static_cast<std::int32_t>(sign));
}

// Rounds to nearest, ties to even; for values whose rounding stays below 65520. What half_to_float
// made of a half that is not finite becomes that half again.
HARMONIA_HD std::uint16_t float_to_half(float value) {
  const std::int32_t sign = (bits_of(value) >> 16) & 0x8000;
  const std::int32_t magnitude = bits_of(value) & 0x7fffffff;
  const std::int32_t normal = (magnitude - (112 << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13;
  // Adding 1/2 puts the last bit of the half denormals into the last bit of the sum.
  const std::int32_t denormal = bits_of(float_of(magnitude) + 0.5f) - bits_of(0.5f);
  const std::int32_t finite = magnitude < (113 << 23) ? denormal : normal;
  const std::int32_t special = 0x7c00 | ((magnitude >> 13) & 0x03ff);
  return static_cast<std::uint16_t>(sign | (magnitude < 0x7f800000 ? finite : special));
}

}  // namespace harmonia::pixel
