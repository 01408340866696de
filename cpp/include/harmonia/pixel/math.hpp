// Elementary functions that vectorize and give the same bits on every instruction set.
//
// libm differs between systems and does not inline, so the core brings its own. Polynomials are
// minimax fits; the errors in the comments were measured against float64 over all of the range used.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// log2(x) for normal positive x. Absolute error at most 6e-7 on [2^-14, 2].
// x = m * 2^k with m in [2/3, 4/3), so that t = m - 1 is small on both sides of one.
HARMONIA_HD float log2_approx(float x) {
  const std::int32_t k = (bits_of(x) - 0x3f2aaaab) >> 23;
  const float t = float_of(bits_of(x) - k * (1 << 23)) - 1.0f;
  float p = -0.23198202f;
  p = p * t + 0.252026755f;
  p = p * t - 0.234679665f;
  p = p * t + 0.284587909f;
  p = p * t - 0.36092768f;
  p = p * t + 0.481019722f;
  p = p * t - 0.721343932f;
  p = p * t + 1.44269408f;
  return static_cast<float>(k) + p * t;
}

// 2^x, relative error at most 2e-7; x is held within [-126, 126].
// Adding 1.5 * 2^23 rounds x to the integer k in the low bits of the sum; k goes into the exponent.
HARMONIA_HD float exp2_approx(float x) {
  const float held = clamp(x, -126.0f, 126.0f);
  const float shifted = held + 12582912.0f;
  const float u = held - (shifted - 12582912.0f);
  float p = 0.00015353362f;
  p = p * u + 0.00133988744f;
  p = p * u + 0.00961843736f;
  p = p * u + 0.0555033247f;
  p = p * u + 0.240226479f;
  p = p * u + 0.693147203f;
  p = p * u + 1.0f;
  const std::uint32_t exponent = static_cast<std::uint32_t>(bits_of(shifted)) << 23;
  return float_of(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits_of(p)) + exponent));
}

}  // namespace harmonia::pixel
