// Four and eight floats as one value, with + - * among themselves and with a float: registers where
// the compiler has them, loops where not. And Floats, rows of 128-bit lanes of four floats, one on
// the baseline and two with AVX2: each operation works within its lanes, so that the same code
// serves both.
#pragma once

#include <cstring>

#include "isa_targets.hpp"

#if HARMONIA_X86_TARGETS
#include <immintrin.h>
#endif

namespace harmonia {

#if defined(__GNUC__)
using Four = float __attribute__((vector_size(16)));
using Eight = float __attribute__((vector_size(32)));
#else
template <int n>
struct ManyFloats {
  float v[n];

  friend ManyFloats operator+(ManyFloats a, const ManyFloats& b) {
    for (int i = 0; i < n; ++i) a.v[i] += b.v[i];
    return a;
  }
  friend ManyFloats operator-(ManyFloats a, const ManyFloats& b) {
    for (int i = 0; i < n; ++i) a.v[i] -= b.v[i];
    return a;
  }
  friend ManyFloats operator*(ManyFloats a, const ManyFloats& b) {
    for (int i = 0; i < n; ++i) a.v[i] *= b.v[i];
    return a;
  }
  friend ManyFloats operator*(float s, ManyFloats a) {
    for (int i = 0; i < n; ++i) a.v[i] *= s;
    return a;
  }
};
using Four = ManyFloats<4>;
using Eight = ManyFloats<8>;
#endif

// Lanes of four pixels R G B - in four registers, pixel k of its lane in register k, are 12 floats
// R G B R G B ... in three:
//
//   R0 G0 B0 R1 | G1 B1 R2 G2 | B2 R3 G3 B3
#if HARMONIA_X86_TARGETS

#define HARMONIA_FLOAT_LANES(Register, prefix)                                               \
  using Floats = Register;                                                                   \
  constexpr int kFloatLanes = sizeof(Register) / 16;                                         \
  inline Floats load_floats(const float* from) { return prefix##_loadu_ps(from); }           \
  /* Of each lane, the float `part` everywhere. */                                           \
  template <int part>                                                                        \
  inline Floats spread(Floats a) {                                                           \
    return prefix##_shuffle_ps(a, a, part * 0x55);                                           \
  }                                                                                          \
  /* Rows as columns: float j of register k becomes float k of register j. */                \
  inline void turn_lanes(Floats* a) {                                                        \
    const Floats low01 = prefix##_unpacklo_ps(a[0], a[1]),                                   \
                 low23 = prefix##_unpacklo_ps(a[2], a[3]),                                   \
                 high01 = prefix##_unpackhi_ps(a[0], a[1]),                                  \
                 high23 = prefix##_unpackhi_ps(a[2], a[3]);                                  \
    a[0] = prefix##_shuffle_ps(low01, low23, _MM_SHUFFLE(1, 0, 1, 0));                       \
    a[1] = prefix##_shuffle_ps(low01, low23, _MM_SHUFFLE(3, 2, 3, 2));                       \
    a[2] = prefix##_shuffle_ps(high01, high23, _MM_SHUFFLE(1, 0, 1, 0));                     \
    a[3] = prefix##_shuffle_ps(high01, high23, _MM_SHUFFLE(3, 2, 3, 2));                     \
  }                                                                                          \
  /* 12 floats a lane. */                                                                    \
  inline void store_rgb(const Floats* a, float* to) {                                        \
    const Floats b0_r1 = prefix##_shuffle_ps(a[0], a[1], _MM_SHUFFLE(0, 0, 2, 2)),           \
                 b2_r3 = prefix##_shuffle_ps(a[2], a[3], _MM_SHUFFLE(0, 0, 2, 2));           \
    store_lanes(prefix##_shuffle_ps(a[0], b0_r1, _MM_SHUFFLE(2, 0, 1, 0)), to, to + 12);     \
    store_lanes(prefix##_shuffle_ps(a[1], a[2], _MM_SHUFFLE(1, 0, 2, 1)), to + 4, to + 16);  \
    store_lanes(prefix##_shuffle_ps(b2_r3, a[3], _MM_SHUFFLE(2, 1, 2, 0)), to + 8, to + 20); \
  }                                                                                          \
  /* As many pixels as registers have floats, as planes. And of R G B and something else. */ \
  inline void split_rgba(const float* from, float* x, float* y, float* z) {                  \
    Floats a[4];                                                                             \
    for (int k = 0; k < 4; ++k) a[k] = load_lanes(from + 4 * k, from + 4 * k + 16);          \
    turn_lanes(a);                                                                           \
    prefix##_storeu_ps(x, a[0]);                                                             \
    prefix##_storeu_ps(y, a[1]);                                                             \
    prefix##_storeu_ps(z, a[2]);                                                             \
  }                                                                                          \
  inline void split_rgb(const float* from, float* x, float* y, float* z) {                   \
    const Floats a = load_lanes(from, from + 12), b = load_lanes(from + 4, from + 16),       \
                 c = load_lanes(from + 8, from + 20);                                        \
    const Floats r2_r3 = prefix##_shuffle_ps(b, c, _MM_SHUFFLE(1, 1, 2, 2)),                 \
                 g0_g1 = prefix##_shuffle_ps(a, b, _MM_SHUFFLE(0, 0, 1, 1)),                 \
                 g2_g3 = prefix##_shuffle_ps(b, c, _MM_SHUFFLE(2, 2, 3, 3)),                 \
                 b0_b1 = prefix##_shuffle_ps(a, b, _MM_SHUFFLE(1, 1, 2, 2));                 \
    prefix##_storeu_ps(x, prefix##_shuffle_ps(a, r2_r3, _MM_SHUFFLE(2, 0, 3, 0)));           \
    prefix##_storeu_ps(y, prefix##_shuffle_ps(g0_g1, g2_g3, _MM_SHUFFLE(2, 0, 2, 0)));       \
    prefix##_storeu_ps(z, prefix##_shuffle_ps(b0_b1, c, _MM_SHUFFLE(3, 0, 2, 0)));           \
  }

namespace baseline {
inline __m128 load_lanes(const float* from, const float*) { return _mm_loadu_ps(from); }
inline void store_lanes(__m128 a, float* to, float*) { _mm_storeu_ps(to, a); }
HARMONIA_FLOAT_LANES(__m128, _mm)
// Eight floats of two registers, here as they are: those in front, and those behind.
inline Floats front_lanes(Floats a, Floats) { return a; }
inline Floats back_lanes(Floats, Floats b) { return b; }
}  // namespace baseline

#define HARMONIA_WIDE_FLOAT_LANES(isa)                                                             \
  namespace isa {                                                                                  \
  inline __m256 load_lanes(const float* first, const float* second) {                              \
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(first)), _mm_loadu_ps(second), \
                                1);                                                                \
  }                                                                                                \
  inline void store_lanes(__m256 a, float* first, float* second) {                                 \
    _mm_storeu_ps(first, _mm256_castps256_ps128(a));                                               \
    _mm_storeu_ps(second, _mm256_extractf128_ps(a, 1));                                            \
  }                                                                                                \
  HARMONIA_FLOAT_LANES(__m256, _mm256)                                                             \
  /* The first lanes of both, and the second ones. */                                              \
  inline Floats front_lanes(Floats a, Floats b) { return _mm256_permute2f128_ps(a, b, 0x20); }     \
  inline Floats back_lanes(Floats a, Floats b) { return _mm256_permute2f128_ps(a, b, 0x31); }      \
  }

HARMONIA_BEGIN_AVX2
HARMONIA_WIDE_FLOAT_LANES(avx2)
HARMONIA_END_TARGET

// Wider registers gain nothing here: a lane is what is loaded, and inserting four costs as much.
HARMONIA_BEGIN_AVX512
HARMONIA_WIDE_FLOAT_LANES(avx512)
HARMONIA_END_TARGET

#undef HARMONIA_WIDE_FLOAT_LANES
#undef HARMONIA_FLOAT_LANES

#else

namespace baseline {

using Floats = Four;
constexpr int kFloatLanes = 1;

inline Floats load_floats(const float* from) {
  Floats a;
  std::memcpy(&a, from, sizeof a);
  return a;
}
inline Floats load_lanes(const float* from, const float*) { return load_floats(from); }
inline Floats front_lanes(Floats a, Floats) { return a; }
inline Floats back_lanes(Floats, Floats b) { return b; }

template <int part>
inline Floats spread(Floats a) {
  float v[4];
  std::memcpy(v, &a, sizeof v);
  for (int i = 0; i < 4; ++i) {
    if (i != part) v[i] = v[part];
  }
  return load_floats(v);
}
inline void turn_lanes(Floats* a) {
  float from[16], to[16];
  std::memcpy(from, a, sizeof from);
  for (int j = 0; j < 4; ++j) {
    for (int k = 0; k < 4; ++k) to[4 * j + k] = from[4 * k + j];
  }
  std::memcpy(a, to, sizeof to);
}
inline void store_lanes(Floats a, float* to, float*) { std::memcpy(to, &a, sizeof a); }
inline void store_rgb(const Floats* a, float* to) {
  for (int k = 0; k < 4; ++k) std::memcpy(to + 3 * k, a + k, 12);
}
inline void split_rgb(const float* from, float* x, float* y, float* z) {
  for (int i = 0; i < 4; ++i) x[i] = from[3 * i], y[i] = from[3 * i + 1], z[i] = from[3 * i + 2];
}
inline void split_rgba(const float* from, float* x, float* y, float* z) {
  for (int i = 0; i < 4; ++i) x[i] = from[4 * i], y[i] = from[4 * i + 1], z[i] = from[4 * i + 2];
}

}  // namespace baseline

#endif

}  // namespace harmonia
