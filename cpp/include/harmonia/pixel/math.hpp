// Elementary functions that vectorize and give the same bits on every instruction set.
//
// libm differs between systems and does not inline, so the core brings its own. Polynomials are
// minimax fits, evaluated in Estrin's order, which keeps the chains of dependent operations short.
// The errors in the comments were measured against float64 over all of the range.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// One instruction, which rounds correctly everywhere.
HARMONIA_HD float square_root(float x) {
#if defined(__CUDA_ARCH__)
  return sqrtf(x);
#else
  return __builtin_sqrtf(x);
#endif
}

// log2(x) for normal positive x. Absolute error at most 6e-7 on [2^-14, 2]. Zero gives -127, and a
// negative number something finite.
// x = m * 2^k with m in [2/3, 4/3), so that t = m - 1 is small on both sides of one.
HARMONIA_HD float log2_approx(float x) {
  const std::uint32_t bits = static_cast<std::uint32_t>(bits_of(x));
  const std::int32_t k = static_cast<std::int32_t>(bits - 0x3f2aaaabu) >> 23;
  const std::uint32_t mantissa = bits - (static_cast<std::uint32_t>(k) << 23);
  const float t = float_of(static_cast<std::int32_t>(mantissa)) - 1.0f;
  const float t2 = t * t;
  const float p01 = 1.44269408f - 0.721343932f * t;
  const float p23 = 0.481019722f - 0.36092768f * t;
  const float p45 = 0.284587909f - 0.234679665f * t;
  const float p67 = 0.252026755f - 0.23198202f * t;
  const float p = (p01 + p23 * t2) + (p45 + p67 * t2) * (t2 * t2);
  return static_cast<float>(k) + p * t;
}

// 2^x, relative error at most 2e-7. From -127 down it is 0 exactly; x is held at 120, so that sums
// of a few powers are finite. Adding 1.5 * 2^23 rounds x to the integer k in the low bits of the
// sum; k goes into the exponent.
HARMONIA_HD float exp2_approx(float x) {
  const float held = clamp(x, -127.0f, 120.0f);
  const float shifted = held + 12582912.0f;
  const float u = held - (shifted - 12582912.0f);
  const float u2 = u * u;
  const float p01 = 1.0f + 0.693147203f * u;
  const float p23 = 0.240226479f + 0.0555033247f * u;
  const float p45 = 0.00961843736f + 0.00133988744f * u;
  const float p = p01 + (p23 + (p45 + 0.00015353362f * u2) * u2) * u2;
  const std::uint32_t exponent = static_cast<std::uint32_t>(bits_of(shifted)) << 23;
  return float_of(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits_of(p)) + exponent));
}

// x^(1/3) for normal positive x, relative error at most 1e-7.
// The bits of a float are close to its logarithm, so a third of them starts the root y within 4
// percent. Cut to 8 digits y has an exact cube, and only the correction y ((1 + q)^(1/3) - 1) with
// q = (x - y^3) / y^3 is rounded.
HARMONIA_HD float cbrt_approx(float x) {
  const float third = static_cast<float>(bits_of(x)) * (1.0f / 3.0f) + 710015296.0f;
  const float y = float_of(static_cast<std::int32_t>(third) & -65536);
  const float cube = y * y * y;
  const float q = (x - cube) / cube;
  const float p01 = 0.3333323f - 0.111108683f * q, p23 = 0.0621297695f - 0.0416522734f * q;
  const float p = p01 + p23 * (q * q);
  return y + (y * q) * p;
}

}  // namespace harmonia::pixel
