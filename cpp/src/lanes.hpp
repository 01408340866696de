// Registers of 16- and 32-bit integers as rows of 128-bit lanes: one on the baseline, two with
// AVX2, four with AVX-512. Each operation works within its lanes, so that the same code serves all
// three.
//
// Only what plain loops cannot say: products of 16-bit pairs added up, and shuffles.
#pragma once

#include <cstdint>
#include <cstring>

#include "isa_targets.hpp"

#if HARMONIA_X86_TARGETS
#include <immintrin.h>
#endif

namespace harmonia {

#if HARMONIA_X86_TARGETS

// A constant that a loop of many loads must not read again and again.
#if defined(__GNUC__)
#define HARMONIA_KEEP_IN_REGISTER(value) asm("" : "+x"(value))
#else
#define HARMONIA_KEEP_IN_REGISTER(value) static_cast<void>(value)
#endif

// What is spelt alike but for the prefix and the number of bits.
#define HARMONIA_LANES(Register, prefix, bits)                                               \
  using Lanes = Register;                                                                    \
  constexpr int kLaneCount = bits / 128;                                                     \
  inline Lanes load(const void* from) {                                                      \
    return prefix##_loadu_si##bits(static_cast<const Register*>(from));                      \
  }                                                                                          \
  inline void store(Lanes a, void* to) {                                                     \
    prefix##_storeu_si##bits(static_cast<Register*>(to), a);                                 \
  }                                                                                          \
  inline Lanes every16(std::int16_t v) { return prefix##_set1_epi16(v); }                    \
  inline Lanes every32(std::int32_t v) { return prefix##_set1_epi32(v); }                    \
  inline Lanes add16(Lanes a, Lanes b) { return prefix##_add_epi16(a, b); }                  \
  inline Lanes sub16(Lanes a, Lanes b) { return prefix##_sub_epi16(a, b); }                  \
  inline Lanes min16(Lanes a, Lanes b) { return prefix##_min_epi16(a, b); }                  \
  inline Lanes max16(Lanes a, Lanes b) { return prefix##_max_epi16(a, b); }                  \
  inline Lanes low16(Lanes a, Lanes b) { return prefix##_unpacklo_epi16(a, b); }             \
  inline Lanes high16(Lanes a, Lanes b) { return prefix##_unpackhi_epi16(a, b); }            \
  inline Lanes low32(Lanes a, Lanes b) { return prefix##_unpacklo_epi32(a, b); }             \
  inline Lanes high32(Lanes a, Lanes b) { return prefix##_unpackhi_epi32(a, b); }            \
  inline Lanes low64(Lanes a, Lanes b) { return prefix##_unpacklo_epi64(a, b); }             \
  inline Lanes high64(Lanes a, Lanes b) { return prefix##_unpackhi_epi64(a, b); }            \
  inline Lanes add32(Lanes a, Lanes b) { return prefix##_add_epi32(a, b); }                  \
  /* Shares a[0] * b[0] + a[1] * b[1], a[2] * b[2] + a[3] * b[3], ... of 16-bit integers. */ \
  inline Lanes add_products(Lanes a, Lanes b) { return prefix##_madd_epi16(a, b); }          \
  inline Lanes shift_right32(Lanes a, int count) {                                           \
    return prefix##_sra_epi32(a, _mm_cvtsi32_si128(count));                                  \
  }                                                                                          \
  /* Held within the narrower integers; a's come first in each lane. */                      \
  inline Lanes pack32(Lanes a, Lanes b) { return prefix##_packs_epi32(a, b); }               \
  inline Lanes pack16(Lanes a, Lanes b) { return prefix##_packus_epi16(a, b); }

namespace baseline {
HARMONIA_LANES(__m128i, _mm, 128)
inline Lanes repeat(const void* from) { return load(from); }
// Of a, the 32-bit word `part` everywhere.
struct Spread {
  template <int part>
  Lanes of(Lanes a) const {
    return _mm_shuffle_epi32(a, part * 0x55);
  }
};
// The sum of a's lanes, and that of b's where there is a second one.
inline Lanes add_lanes(Lanes a, Lanes) { return a; }
// pixel::lut_rounded_product by SSE2, which gives the halves of a product apart.
inline Lanes rounded_product(Lanes a, Lanes b) {
  const Lanes rest = _mm_srli_epi16(_mm_mullo_epi16(a, b), 14);
  const Lanes carry = _mm_srli_epi16(add16(rest, every16(1)), 1);
  return add16(_mm_slli_epi16(_mm_mulhi_epi16(a, b), 1), carry);
}
}  // namespace baseline

#define HARMONIA_WIDE_LANES(isa)                                                                 \
  namespace isa {                                                                                \
  HARMONIA_LANES(__m256i, _mm256, 256)                                                           \
  inline Lanes repeat(const void* from) {                                                        \
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(from)));      \
  }                                                                                              \
  /* Of a, whose lanes are alike: word 2 * part everywhere in the first, the next in the second. \
   */                                                                                            \
  class Spread {                                                                                 \
   public:                                                                                       \
    Spread() {                                                                                   \
      for (int part = 0; part < 2; ++part) {                                                     \
        const std::int32_t low = 0x03020100 + part * 0x08080808, high = low + 0x04040404;        \
        bytes_[part] = _mm256_setr_epi32(low, low, low, low, high, high, high, high);            \
        HARMONIA_KEEP_IN_REGISTER(bytes_[part]);                                                 \
      }                                                                                          \
    }                                                                                            \
    template <int part>                                                                          \
    Lanes of(Lanes a) const {                                                                    \
      return _mm256_shuffle_epi8(a, bytes_[part]);                                               \
    }                                                                                            \
                                                                                                 \
   private:                                                                                      \
    Lanes bytes_[2];                                                                             \
  };                                                                                             \
  /* The sum of a's lanes, and that of b's. */                                                   \
  inline Lanes add_lanes(Lanes a, Lanes b) {                                                     \
    return add32(_mm256_permute2x128_si256(a, b, 0x20), _mm256_permute2x128_si256(a, b, 0x31));  \
  }                                                                                              \
  inline Lanes rounded_product(Lanes a, Lanes b) { return _mm256_mulhrs_epi16(a, b); }           \
  }

HARMONIA_BEGIN_AVX2
HARMONIA_WIDE_LANES(avx2)
HARMONIA_END_TARGET

// Wider registers gain nothing here (measured): they load and shuffle at half the rate.
HARMONIA_BEGIN_AVX512
HARMONIA_WIDE_LANES(avx512)
HARMONIA_END_TARGET

#undef HARMONIA_WIDE_LANES
#undef HARMONIA_LANES
#undef HARMONIA_KEEP_IN_REGISTER

#else

namespace baseline {

constexpr int kLaneCount = 1;

struct Lanes {
  alignas(16) std::int16_t half[8];
};

struct Words {
  std::int32_t v[4];
};

inline Lanes load(const void* from) {
  Lanes a;
  std::memcpy(&a, from, sizeof a);
  return a;
}
inline void store(Lanes a, void* to) { std::memcpy(to, &a, sizeof a); }
inline Lanes repeat(const void* from) { return load(from); }
inline Words words(Lanes a) {
  Words w;
  std::memcpy(&w, &a, sizeof w);
  return w;
}
inline Lanes of(Words w) { return load(&w); }

struct Spread {
  template <int part>
  Lanes of(Lanes a) const {
    const std::int32_t word = words(a).v[part];
    return baseline::of({{word, word, word, word}});
  }
};
inline Lanes add_lanes(Lanes a, Lanes) { return a; }

template <class Each>
inline Lanes each16(Lanes a, Lanes b, Each each) {
  for (int i = 0; i < 8; ++i) a.half[i] = static_cast<std::int16_t>(each(a.half[i], b.half[i]));
  return a;
}
inline Lanes every16(std::int16_t v) {
  Lanes a;
  for (int i = 0; i < 8; ++i) a.half[i] = v;
  return a;
}
inline Lanes every32(std::int32_t v) { return of({{v, v, v, v}}); }
inline Lanes add16(Lanes a, Lanes b) {
  return each16(a, b, [](int x, int y) { return x + y; });
}
inline Lanes sub16(Lanes a, Lanes b) {
  return each16(a, b, [](int x, int y) { return x - y; });
}
inline Lanes min16(Lanes a, Lanes b) {
  return each16(a, b, [](int x, int y) { return x < y ? x : y; });
}
inline Lanes max16(Lanes a, Lanes b) {
  return each16(a, b, [](int x, int y) { return x > y ? x : y; });
}
inline Lanes rounded_product(Lanes a, Lanes b) {
  return each16(a, b, [](int x, int y) { return (x * y + (1 << 14)) >> 15; });
}
// Chunks of `size` bytes of a and b in turn, from the chunk `first` of each on.
inline Lanes in_turn(const Lanes& a, const Lanes& b, int size, int first) {
  Lanes mixed;
  for (int i = 0; i < 16 / size; ++i) {
    const char* const from = reinterpret_cast<const char*>(i % 2 == 0 ? &a : &b);
    std::memcpy(reinterpret_cast<char*>(&mixed) + i * size, from + (first + i / 2) * size,
                static_cast<std::size_t>(size));
  }
  return mixed;
}
inline Lanes low16(Lanes a, Lanes b) { return in_turn(a, b, 2, 0); }
inline Lanes high16(Lanes a, Lanes b) { return in_turn(a, b, 2, 4); }
inline Lanes low32(Lanes a, Lanes b) { return in_turn(a, b, 4, 0); }
inline Lanes high32(Lanes a, Lanes b) { return in_turn(a, b, 4, 2); }
inline Lanes low64(Lanes a, Lanes b) { return in_turn(a, b, 8, 0); }
inline Lanes high64(Lanes a, Lanes b) { return in_turn(a, b, 8, 1); }
inline Lanes add32(Lanes a, Lanes b) {
  Words x = words(a), y = words(b);
  for (int i = 0; i < 4; ++i) x.v[i] += y.v[i];
  return of(x);
}
inline Lanes add_products(Lanes a, Lanes b) {
  Words sum;
  for (int i = 0; i < 4; ++i) {
    sum.v[i] = a.half[2 * i] * b.half[2 * i] + a.half[2 * i + 1] * b.half[2 * i + 1];
  }
  return of(sum);
}
inline Lanes shift_right32(Lanes a, int count) {
  Words x = words(a);
  for (int i = 0; i < 4; ++i) x.v[i] >>= count;
  return of(x);
}
inline Lanes pack32(Lanes a, Lanes b) {
  Lanes packed;
  for (int i = 0; i < 8; ++i) {
    const std::int32_t v = (i < 4 ? words(a) : words(b)).v[i % 4];
    packed.half[i] = static_cast<std::int16_t>(v < -32768 ? -32768 : v > 32767 ? 32767 : v);
  }
  return packed;
}
inline Lanes pack16(Lanes a, Lanes b) {
  std::uint8_t packed[16];
  for (int i = 0; i < 16; ++i) {
    const int v = (i < 8 ? a : b).half[i % 8];
    packed[i] = static_cast<std::uint8_t>(v < 0 ? 0 : v > 255 ? 255 : v);
  }
  return load(packed);
}

}  // namespace baseline

#endif

}  // namespace harmonia
