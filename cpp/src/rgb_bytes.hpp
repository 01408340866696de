// Bytes between R G B R G B ... and three planes, 16 pixels at a time where bytes can be shuffled.
#pragma once

#include <cstdint>

#include "isa_targets.hpp"

#if HARMONIA_X86_TARGETS
#include <immintrin.h>
#endif

namespace harmonia {

namespace baseline {

inline void split_rgb(const std::uint8_t* __restrict from, int n, std::uint8_t* __restrict x,
                      std::uint8_t* __restrict y, std::uint8_t* __restrict z) {
  for (int i = 0; i < n; ++i) {
    x[i] = from[3 * i];
    y[i] = from[3 * i + 1];
    z[i] = from[3 * i + 2];
  }
}

inline void join_rgb(const std::uint8_t* __restrict x, const std::uint8_t* __restrict y,
                     const std::uint8_t* __restrict z, int n, std::uint8_t* __restrict to) {
  for (int i = 0; i < n; ++i) {
    to[3 * i] = x[i];
    to[3 * i + 1] = y[i];
    to[3 * i + 2] = z[i];
  }
}

// R G B 0 R G B 0 ... without the zeros.
inline void squeeze_quads(const std::uint8_t* __restrict from, int n, std::uint8_t* __restrict to) {
  for (int i = 0; i < n; ++i) {
    for (int c = 0; c < 3; ++c) to[3 * i + c] = from[4 * i + c];
  }
}

}  // namespace baseline

#if HARMONIA_X86_TARGETS

// Byte i of plane c is byte 3 i + c of the pixels, in one of three registers: which byte of it, or
// -1 where it is in another one. And the way back: byte j of the pixels is byte j / 3 of a plane.
struct RgbShuffles {
  alignas(16) std::int8_t split[3][3][16]{}, join[3][3][16]{};

  constexpr RgbShuffles() {
    for (int c = 0; c < 3; ++c) {
      for (int part = 0; part < 3; ++part) {
        for (int i = 0; i < 16; ++i) {
          const int in = 3 * i + c, out = 16 * part + i;
          split[c][part][i] = static_cast<std::int8_t>(in / 16 == part ? in % 16 : -1);
          join[part][c][i] = static_cast<std::int8_t>(out % 3 == c ? out / 3 : -1);
        }
      }
    }
  }
};
inline constexpr RgbShuffles kRgbShuffles;

#define HARMONIA_RGB_BYTES(isa)                                                                    \
  namespace isa {                                                                                  \
  inline __m128i from_three(__m128i a, __m128i b, __m128i c, const std::int8_t (*which)[16]) {     \
    const auto* const masks = reinterpret_cast<const __m128i*>(which);                             \
    return _mm_or_si128(                                                                           \
        _mm_or_si128(_mm_shuffle_epi8(a, masks[0]), _mm_shuffle_epi8(b, masks[1])),                \
        _mm_shuffle_epi8(c, masks[2]));                                                            \
  }                                                                                                \
  inline void split_rgb(const std::uint8_t* from, int n, std::uint8_t* x, std::uint8_t* y,         \
                        std::uint8_t* z) {                                                         \
    std::uint8_t* const planes[3] = {x, y, z};                                                     \
    int i = 0;                                                                                     \
    for (; i + 16 <= n; i += 16) {                                                                 \
      const auto* const at = reinterpret_cast<const __m128i*>(from + 3 * i);                       \
      const __m128i a = _mm_loadu_si128(at), b = _mm_loadu_si128(at + 1),                          \
                    c = _mm_loadu_si128(at + 2);                                                   \
      for (int p = 0; p < 3; ++p) {                                                                \
        _mm_storeu_si128(reinterpret_cast<__m128i*>(planes[p] + i),                                \
                         from_three(a, b, c, kRgbShuffles.split[p]));                              \
      }                                                                                            \
    }                                                                                              \
    baseline::split_rgb(from + 3 * i, n - i, x + i, y + i, z + i);                                 \
  }                                                                                                \
  inline void join_rgb(const std::uint8_t* x, const std::uint8_t* y, const std::uint8_t* z, int n, \
                       std::uint8_t* to) {                                                         \
    int i = 0;                                                                                     \
    for (; i + 16 <= n; i += 16) {                                                                 \
      const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x + i)),                  \
                    b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(y + i)),                  \
                    c = _mm_loadu_si128(reinterpret_cast<const __m128i*>(z + i));                  \
      auto* const at = reinterpret_cast<__m128i*>(to + 3 * i);                                     \
      for (int p = 0; p < 3; ++p) {                                                                \
        _mm_storeu_si128(at + p, from_three(a, b, c, kRgbShuffles.join[p]));                       \
      }                                                                                            \
    }                                                                                              \
    baseline::join_rgb(x + i, y + i, z + i, n - i, to + 3 * i);                                    \
  }                                                                                                \
  /* Four pixels at a time: 12 bytes to stay, and 4 that the next ones overwrite. */               \
  inline void squeeze_quads(const std::uint8_t* from, int n, std::uint8_t* to) {                   \
    const __m128i kept = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);    \
    int i = 0;                                                                                     \
    for (; i + 6 <= n; i += 4) {                                                                   \
      const __m128i quads = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 4 * i));       \
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 3 * i), _mm_shuffle_epi8(quads, kept));     \
    }                                                                                              \
    baseline::squeeze_quads(from + 4 * i, n - i, to + 3 * i);                                      \
  }                                                                                                \
  }

HARMONIA_BEGIN_AVX2
HARMONIA_RGB_BYTES(avx2)
HARMONIA_END_TARGET

HARMONIA_BEGIN_AVX512
HARMONIA_RGB_BYTES(avx512)
HARMONIA_END_TARGET

#undef HARMONIA_RGB_BYTES

#endif

}  // namespace harmonia
