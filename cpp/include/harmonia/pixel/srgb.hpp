// The curve between sRGB codes in 0..1 and linear light (IEC 61966-2-1).
//
// Beyond 0..1 the curve goes on as it is written: the line below zero, the power above one. Black
// and white are exact: the last digits of some constants are chosen so that one becomes one. Below
// the line's end the power is anything, and not taken.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// Linear light of a code, absolute error at most 3e-7 on [0, 1].
// The power is z^2.4 / 1.055^2.4 with z = code + 0.055. A line through the bits of z, which are
// close to its logarithm, starts r = z^(-1/5) within 3 percent; z r^5 = 1 + h goes through a
// polynomial: z^2.4 = z^2 (z r^3) (1 + h)^(-3/5).
HARMONIA_HD float srgb_decode(float code) {
  const float z = code + 0.0549999699f;
  const float log_bits = static_cast<float>(bits_of(z));
  const float r = float_of(static_cast<std::int32_t>(1.27790374e9f - log_bits * 0.2f));
  const float r2 = r * r, zr = z * r;
  const float h = zr * (r2 * r2) - 1.0f;
  const float h2 = h * h;
  const float p01 = 0.879415512f - 0.527649581f * h;
  const float p23 = 0.422120273f - 0.365696758f * h;
  const float p45 = 0.329056114f - 0.314474881f * h;
  const float p = p01 + (p23 + (p45 + 0.295712948f * h2) * h2) * h2;
  const float power = (z * (zr * r2)) * (z * p);
  return code > 0.04045f ? power : code * (1.0f / 12.92f);
}

// The largest linear light that has a code; more is held here. Its code is 340.
constexpr float kLargestLinear = 1048576.0f;

// Code of linear light, absolute error at most 3e-7 on [0, 1].
// The power is 1.055 x^(5/12). A cubic in the bits of x starts s = x^(-1/12) within 0.5 percent;
// x s^12 = 1 + h goes through a polynomial: x^(5/12) = x s^7 (1 + h)^(-7/12).
HARMONIA_HD float srgb_encode(float linear) {
  const float x = linear < kLargestLinear ? linear : kLargestLinear;
  const float u = static_cast<float>(bits_of(x)) - 1.11365363e9f;
  const float s01 = 0.714019358f - 4.95084907e-9f * u, s23 = 1.78159302e-17f - 3.7146024e-26f * u;
  const float s = s01 + s23 * (u * u);
  const float s3 = s * s * s;
  const float s6 = s3 * s3, xs6 = x * s6;
  const float h = xs6 * s6 - 1.0f;
  const float h2 = h * h;
  const float p01 = 1.055f - 0.615415692f * h, p23 = 0.487203509f - 0.420867771f * h;
  const float p = p01 + (p23 + 0.377223551f * h2) * h2;
  const float power = (xs6 * s) * p - 0.0549999699f;
  return x > 0.0031308f ? power : x * 12.92f;
}

HARMONIA_HD Color rgb_to_linear(Color rgb) {
  return {srgb_decode(rgb.x), srgb_decode(rgb.y), srgb_decode(rgb.z)};
}

HARMONIA_HD Color linear_to_rgb(Color linear) {
  return {srgb_encode(linear.x), srgb_encode(linear.y), srgb_encode(linear.z)};
}

}  // namespace harmonia::pixel
