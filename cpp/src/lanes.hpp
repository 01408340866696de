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
  inline Lanes add16(Lanes a, Lanes b) { return prefix##_add_epi16(a, b); }                  \
  inline Lanes sub16(Lanes a, Lanes b) { return prefix##_sub_epi16(a, b); }                  \
  inline Lanes min16(Lanes a, Lanes b) { return prefix##_min_epi16(a, b); }                  \
  inline Lanes max16(Lanes a, Lanes b) { return prefix##_max_epi16(a, b); }                  \
  inline Lanes low16(Lanes a, Lanes b) { return prefix##_unpacklo_epi16(a, b); }             \
  inline Lanes high16(Lanes a, Lanes b) { return prefix##_unpackhi_epi16(a, b); }            \
  inline Lanes low32(Lanes a, Lanes b) { return prefix##_unpacklo_epi32(a, b); }             \
  inline Lanes high32(Lanes a, Lanes b) { return prefix##_unpackhi_epi32(a, b); }            \
  inline Lanes add32(Lanes a, Lanes b) { return prefix##_add_epi32(a, b); }                  \
  /* Shares a[0] * b[0] + a[1] * b[1], a[2] * b[2] + a[3] * b[3], ... of 16-bit integers. */ \
  inline Lanes add_products(Lanes a, Lanes b) { return prefix##_madd_epi16(a, b); }          \
  /* Held within bytes; a's come first in each lane. */                                      \
  inline Lanes pack16(Lanes a, Lanes b) { return prefix##_packus_epi16(a, b); }

namespace baseline {
HARMONIA_LANES(__m128i, _mm, 128)
// The eight bytes at `from`, again and again.
inline Lanes repeat64(const void* from) {
  const Lanes a = _mm_loadl_epi64(static_cast<const __m128i*>(from));
  return _mm_unpacklo_epi64(a, a);
}
// Of each lane the even 32-bit words of a, then those of b; and the odd ones.
inline Lanes even32(Lanes a, Lanes b) {
  return _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), 0x88));
}
inline Lanes odd32(Lanes a, Lanes b) {
  return _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), 0xdd));
}
// pixel::lut_rounded_product by SSE2, which gives the halves of a product apart.
inline Lanes rounded_product(Lanes a, Lanes b) {
  const Lanes rest = _mm_srli_epi16(_mm_mullo_epi16(a, b), 14);
  const Lanes carry = _mm_srli_epi16(add16(rest, every16(1)), 1);
  return add16(_mm_slli_epi16(_mm_mulhi_epi16(a, b), 1), carry);
}
// Of registers that hold two lanes together, the first one and the second one.
inline void store_first(const Lanes* parts, void* to) { store(parts[0], to); }
inline void store_second(const Lanes* parts, void* to) { store(parts[1], to); }
// Writes eight pixels as bytes, R G B 0 each. `sums` are theirs in four pairs, R G R G in the first
// lanes and B 0 B 0 in the second ones, with `bits` behind the point: rounded and held within
// 0..255.
class RoundedPixels {
 public:
  static constexpr bool kThree = false;
  RoundedPixels(int, int bits) : half_(_mm_set1_epi32(1 << (bits - 1))), bits_(bits) {}
  void operator()(const Lanes (*sums)[4], std::uint8_t* to) const {
    const Lanes red_green = rounded(sums[0]), blue = rounded(sums[1]);
    store(low16(red_green, blue), to);
    store(high16(red_green, blue), to + 16);
  }

 private:
  Lanes rounded(const Lanes* a) const {
    Lanes levels[4];
    for (int k = 0; k < 4; ++k) {
      levels[k] = _mm_sra_epi32(add32(a[k], half_), _mm_cvtsi32_si128(bits_));
    }
    return pack16(_mm_packs_epi32(levels[0], levels[1]), _mm_packs_epi32(levels[2], levels[3]));
  }

  Lanes half_;
  int bits_;
};
}  // namespace baseline

#define HARMONIA_WIDE_LANES(isa)                                                                \
  namespace isa {                                                                               \
  HARMONIA_LANES(__m256i, _mm256, 256)                                                          \
  inline Lanes repeat64(const void* from) {                                                     \
    return _mm256_broadcastq_epi64(_mm_loadl_epi64(static_cast<const __m128i*>(from)));         \
  }                                                                                             \
  inline Lanes even32(Lanes a, Lanes b) {                                                       \
    return _mm256_castps_si256(                                                                 \
        _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88));               \
  }                                                                                             \
  inline Lanes odd32(Lanes a, Lanes b) {                                                        \
    return _mm256_castps_si256(                                                                 \
        _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0xdd));               \
  }                                                                                             \
  inline Lanes rounded_product(Lanes a, Lanes b) { return _mm256_mulhrs_epi16(a, b); }          \
  /* Of registers that hold two lanes together, the first one and the second one. */            \
  inline void store_first(const Lanes* parts, void* to) {                                       \
    _mm_storeu_si128(static_cast<__m128i*>(to), _mm256_castsi256_si128(parts[0]));              \
  }                                                                                             \
  inline void store_second(const Lanes* parts, void* to) {                                      \
    _mm_storeu_si128(static_cast<__m128i*>(to), _mm256_extracti128_si256(parts[0], 1));         \
  }                                                                                             \
  class RoundedPixels {                                                                         \
   public:                                                                                      \
    static constexpr bool kThree = true;                                                        \
    /* Three bytes a pixel, and four more behind the last one; or four. The upper half of a sum \
     * has bits - 16 behind the point, which a product with 2^-(bits - 16) rounds away. */      \
    RoundedPixels(int bytes, int bits)                                                          \
        : unit_(every16(static_cast<std::int16_t>(1 << (31 - bits)))), apart_(4 * bytes) {      \
      order_ = _mm256_broadcastsi128_si256(                                                     \
          bytes == 3 ? _mm_setr_epi8(0, 2, 8, 4, 6, 12, 1, 3, 9, 5, 7, 13, -1, -1, -1, -1)      \
                     : _mm_setr_epi8(0, 2, 8, -1, 4, 6, 12, -1, 1, 3, 9, -1, 5, 7, 13, -1));    \
    }                                                                                           \
    void operator()(const Lanes (*sums)[4], std::uint8_t* to) const {                           \
      /* R0 R2 G0 G2 R1 R3 G1 G3 and the next four pixels, then B0 B2 0 0 B1 B3 0 0 ... */      \
      const Lanes mixed =                                                                       \
          pack16(rounded(sums[0][0], sums[0][1]), rounded(sums[0][2], sums[0][3]));             \
      const Lanes fours = _mm256_permute4x64_epi64(mixed, 0xd8);                                \
      const Lanes pixels = _mm256_shuffle_epi8(fours, order_);                                  \
      store_first(&pixels, to);                                                                 \
      store_second(&pixels, to + apart_);                                                       \
    }                                                                                           \
                                                                                                \
   private:                                                                                     \
    Lanes rounded(Lanes a, Lanes b) const {                                                     \
      return rounded_product(_mm256_blend_epi16(_mm256_srli_epi32(a, 16), b, 0xaa), unit_);     \
    }                                                                                           \
                                                                                                \
    Lanes order_, unit_;                                                                        \
    int apart_;                                                                                 \
  };                                                                                            \
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
inline Words words(Lanes a) {
  Words w;
  std::memcpy(&w, &a, sizeof w);
  return w;
}
inline Lanes of(Words w) { return load(&w); }

inline Lanes repeat64(const void* from) {
  Lanes a;
  std::memcpy(&a.half[0], from, 8);
  std::memcpy(&a.half[4], from, 8);
  return a;
}
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
inline Lanes even32(Lanes a, Lanes b) {
  const Words x = words(a), y = words(b);
  return of({{x.v[0], x.v[2], y.v[0], y.v[2]}});
}
inline Lanes odd32(Lanes a, Lanes b) {
  const Words x = words(a), y = words(b);
  return of({{x.v[1], x.v[3], y.v[1], y.v[3]}});
}
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
inline void store_first(const Lanes* parts, void* to) { store(parts[0], to); }
inline void store_second(const Lanes* parts, void* to) { store(parts[1], to); }
class RoundedPixels {
 public:
  static constexpr bool kThree = true;
  RoundedPixels(int bytes, int bits) : bytes_(bytes), bits_(bits) {}
  void operator()(const Lanes (*sums)[4], std::uint8_t* to) const {
    for (int i = 0; i < 8; ++i, to += bytes_) {
      const Words red_green = words(sums[0][i / 2]), blue = words(sums[1][i / 2]);
      to[0] = rounded(red_green.v[i % 2 * 2]);
      to[1] = rounded(red_green.v[i % 2 * 2 + 1]);
      to[2] = rounded(blue.v[i % 2 * 2]);
    }
  }

 private:
  std::uint8_t rounded(std::int32_t sum) const {
    const std::int32_t level = (sum + (1 << (bits_ - 1))) >> bits_;
    return static_cast<std::uint8_t>(level < 0 ? 0 : level > 255 ? 255 : level);
  }

  int bytes_, bits_;
};

}  // namespace baseline

#endif

}  // namespace harmonia
