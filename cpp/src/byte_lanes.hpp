// More of lanes.hpp: the same registers as rows of bytes, for differences of 8-bit images.
#pragma once

#include "lanes.hpp"

namespace harmonia {

#if HARMONIA_X86_TARGETS

#define HARMONIA_BYTE_LANES(prefix, bits)                                         \
  inline Lanes no_bits() { return prefix##_setzero_si##bits(); }                  \
  inline Lanes xor_bits(Lanes a, Lanes b) { return prefix##_xor_si##bits(a, b); } \
  inline Lanes and_bits(Lanes a, Lanes b) { return prefix##_and_si##bits(a, b); } \
  inline Lanes or_bits(Lanes a, Lanes b) { return prefix##_or_si##bits(a, b); }   \
  inline Lanes add64(Lanes a, Lanes b) { return prefix##_add_epi64(a, b); }       \
  inline Lanes min8(Lanes a, Lanes b) { return prefix##_min_epu8(a, b); }         \
  inline Lanes max8(Lanes a, Lanes b) { return prefix##_max_epu8(a, b); }         \
  inline Lanes distance8(Lanes a, Lanes b) {                                      \
    return or_bits(prefix##_subs_epu8(a, b), prefix##_subs_epu8(b, a));           \
  }                                                                               \
  /* Of each eight bytes, in 64 bits. */                                          \
  inline Lanes sum8(Lanes a) { return prefix##_sad_epu8(a, no_bits()); }          \
  /* All ones where a byte is zero. */                                            \
  inline Lanes is_zero8(Lanes a) { return prefix##_cmpeq_epi8(a, no_bits()); }    \
  /* One bit a byte. */                                                           \
  inline std::uint32_t top_bits8(Lanes a) {                                       \
    return static_cast<std::uint32_t>(prefix##_movemask_epi8(a));                 \
  }                                                                               \
  /* The first and the second eight bytes of each lane as 16-bit integers. */     \
  inline Lanes low8(Lanes a) { return prefix##_unpacklo_epi8(a, no_bits()); }     \
  inline Lanes high8(Lanes a) { return prefix##_unpackhi_epi8(a, no_bits()); }    \
  inline Lanes product16(Lanes a, Lanes b) { return prefix##_mullo_epi16(a, b); }

// Every one of 64 bytes three times.
#define HARMONIA_TRIPLE_BYTES                                                               \
  inline void triple_bytes(const std::uint8_t* from, std::uint8_t* to) {                    \
    const __m128i first = _mm_setr_epi8(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5);    \
    const __m128i second = _mm_setr_epi8(5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10); \
    const __m128i third =                                                                   \
        _mm_setr_epi8(10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15);      \
    for (int i = 0; i < 64; i += 16) {                                                      \
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));    \
      auto* const at = reinterpret_cast<__m128i*>(to + 3 * i);                              \
      _mm_storeu_si128(at, _mm_shuffle_epi8(bytes, first));                                 \
      _mm_storeu_si128(at + 1, _mm_shuffle_epi8(bytes, second));                            \
      _mm_storeu_si128(at + 2, _mm_shuffle_epi8(bytes, third));                             \
    }                                                                                       \
  }

namespace baseline {
HARMONIA_BYTE_LANES(_mm, 128)
}  // namespace baseline

HARMONIA_BEGIN_AVX2
namespace avx2 {
HARMONIA_BYTE_LANES(_mm256, 256)
HARMONIA_TRIPLE_BYTES
}  // namespace avx2
HARMONIA_END_TARGET

HARMONIA_BEGIN_AVX512
namespace avx512 {
HARMONIA_BYTE_LANES(_mm256, 256)
HARMONIA_TRIPLE_BYTES
}  // namespace avx512
HARMONIA_END_TARGET

#undef HARMONIA_BYTE_LANES
#undef HARMONIA_TRIPLE_BYTES

#else

namespace baseline {

struct LaneBytes {
  std::uint8_t v[16];
};
inline LaneBytes bytes(Lanes a) {
  LaneBytes b;
  std::memcpy(&b, &a, sizeof b);
  return b;
}
inline Lanes of(LaneBytes b) { return load(&b); }

template <class Each>
inline Lanes each8(Lanes a, Lanes b, Each each) {
  LaneBytes x = bytes(a);
  const LaneBytes y = bytes(b);
  for (int i = 0; i < 16; ++i) x.v[i] = static_cast<std::uint8_t>(each(x.v[i], y.v[i]));
  return of(x);
}
inline Lanes no_bits() { return every16(0); }
inline Lanes xor_bits(Lanes a, Lanes b) {
  return each8(a, b, [](int x, int y) { return x ^ y; });
}
inline Lanes and_bits(Lanes a, Lanes b) {
  return each8(a, b, [](int x, int y) { return x & y; });
}
inline Lanes or_bits(Lanes a, Lanes b) {
  return each8(a, b, [](int x, int y) { return x | y; });
}
inline Lanes min8(Lanes a, Lanes b) {
  return each8(a, b, [](int x, int y) { return x < y ? x : y; });
}
inline Lanes max8(Lanes a, Lanes b) {
  return each8(a, b, [](int x, int y) { return x > y ? x : y; });
}
inline Lanes distance8(Lanes a, Lanes b) {
  return each8(a, b, [](int x, int y) { return x > y ? x - y : y - x; });
}
inline Lanes is_zero8(Lanes a) {
  return each8(a, a, [](int x, int) { return x == 0 ? 255 : 0; });
}
inline std::uint32_t top_bits8(Lanes a) {
  const LaneBytes b = bytes(a);
  std::uint32_t bits = 0;
  for (int i = 0; i < 16; ++i) bits |= static_cast<std::uint32_t>(b.v[i] >> 7) << i;
  return bits;
}
inline Lanes low8(Lanes a) {
  const LaneBytes b = bytes(a);
  for (int i = 0; i < 8; ++i) a.half[i] = b.v[i];
  return a;
}
inline Lanes high8(Lanes a) {
  const LaneBytes b = bytes(a);
  for (int i = 0; i < 8; ++i) a.half[i] = b.v[8 + i];
  return a;
}
inline Lanes product16(Lanes a, Lanes b) {
  return each16(a, b, [](int x, int y) {
    return static_cast<int>(static_cast<unsigned>(x) * static_cast<unsigned>(y) & 0xffffu);
  });
}

struct LaneLongs {
  std::uint64_t v[2];
};
inline LaneLongs longs(Lanes a) {
  LaneLongs b;
  std::memcpy(&b, &a, sizeof b);
  return b;
}
inline Lanes add64(Lanes a, Lanes b) {
  LaneLongs x = longs(a);
  const LaneLongs y = longs(b);
  for (int i = 0; i < 2; ++i) x.v[i] += y.v[i];
  return load(&x);
}
inline Lanes sum8(Lanes a) {
  const LaneBytes b = bytes(a);
  LaneLongs sums{};
  for (int i = 0; i < 16; ++i) sums.v[i / 8] += b.v[i];
  return load(&sums);
}

}  // namespace baseline

#endif

namespace baseline {
inline void triple_bytes(const std::uint8_t* from, std::uint8_t* to) {
  for (int i = 0; i < 64; ++i) to[3 * i] = to[3 * i + 1] = to[3 * i + 2] = from[i];
}
}  // namespace baseline

}  // namespace harmonia
