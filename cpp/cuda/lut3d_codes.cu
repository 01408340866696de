// A 3D table over four 8-bit pixels at a time, in the integers of pixel/lut3d_codes.hpp: the sums
// are exact, so the bytes are the CPU's.
//
// A pixel reads three times 16 bytes of one cell of 64:
//
//   R000 R001 R010 R011 R100 R101 R110 R111 | G000 .. G111 | B000 .. B111 | nothing
//
// Two neighbours along blue are a 32-bit word, which the two-way dot product takes against two
// bytes. A weight is a byte above and a byte below, so a channel takes four products with the lower
// bytes and four with the upper ones:
//
//   weights of a word   low(w0) low(w1) high(w0) high(w1)
//   sum = sum of low + 256 * sum of high, below 2^30

#include "group.cuh"
#include "harmonia/pixel/lut3d_codes.hpp"
#include "lut3d_codes.cuh"

namespace harmonia::cuda {
namespace {

// a.x * b[0] + a.y * b[1] + sum, a of signed halves and b of unsigned bytes; and with signed b[2]
// and b[3].
HARMONIA_HD std::int32_t add_low(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
#if defined(__CUDA_ARCH__)
  asm("dp2a.lo.s32.u32 %0, %1, %2, %0;" : "+r"(sum) : "r"(a), "r"(b));
  return sum;
#else
  return sum + static_cast<std::int16_t>(a) * static_cast<std::uint8_t>(b) +
         static_cast<std::int16_t>(a >> 16) * static_cast<std::uint8_t>(b >> 8);
#endif
}

HARMONIA_HD std::int32_t add_high(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
#if defined(__CUDA_ARCH__)
  asm("dp2a.hi.s32.s32 %0, %1, %2, %0;" : "+r"(sum) : "r"(a), "r"(b));
  return sum;
#else
  return sum + static_cast<std::int16_t>(a) * static_cast<std::int8_t>(b >> 16) +
         static_cast<std::int16_t>(a >> 16) * static_cast<std::int8_t>(b >> 24);
#endif
}

// Four numbers, held within 0..255, as the bytes of a word.
__device__ __forceinline__ std::uint32_t saturated(std::int32_t a, std::int32_t b, std::int32_t c,
                                                   std::int32_t d) {
#if defined(__CUDA_ARCH__)
  std::uint32_t upper, word;
  asm("cvt.pack.sat.u8.s32.b32 %0, %1, %2, %3;" : "=r"(upper) : "r"(d), "r"(c), "r"(0));
  asm("cvt.pack.sat.u8.s32.b32 %0, %1, %2, %3;" : "=r"(word) : "r"(b), "r"(a), "r"(upper));
  return word;
#else
  const auto held = [](std::int32_t v) {
    return static_cast<std::uint32_t>(v < 0 ? 0 : v > 255 ? 255 : v);
  };
  return held(a) | held(b) << 8 | held(c) << 16 | held(d) << 24;
#endif
}

struct WeightPairs {
  std::uint32_t of[4];  // of the words of a channel
};

template <Interpolation between>
__device__ __forceinline__ WeightPairs weight_pairs(std::int32_t x, std::int32_t y,
                                                    std::int32_t z) {
  std::int32_t w[8];
  if (between == Interpolation::trilinear) {
    pixel::trilinear_code_weights(x, y, z, w);
  } else {
    pixel::tetrahedral_code_weights(x, y, z, w);
  }
  WeightPairs pairs;
#pragma unroll
  for (int k = 0; k < 4; ++k) {
    pairs.of[k] = __byte_perm(static_cast<std::uint32_t>(w[2 * k]),
                              static_cast<std::uint32_t>(w[2 * k + 1]), 0x5140);
  }
  return pairs;
}

__device__ __forceinline__ std::int32_t weighted_sum(const uint4* nodes, const WeightPairs& pairs) {
  const uint4 words = __ldg(nodes);
  std::int32_t low = add_low(words.x, pairs.of[0], 0), high = add_high(words.x, pairs.of[0], 0);
  low = add_low(words.y, pairs.of[1], low), high = add_high(words.y, pairs.of[1], high);
  low = add_low(words.z, pairs.of[2], low), high = add_high(words.z, pairs.of[2], high);
  low = add_low(words.w, pairs.of[3], low), high = add_high(words.w, pairs.of[3], high);
  return high * 256 + low;
}

// In 32-bit integers, which cost nothing to cut.
using Step = pixel::LutCodeStepOf<std::int32_t>;

template <bool even>
__device__ __forceinline__ Step place(const LutCells& lut, int channel, std::uint8_t code) {
  if (even) return pixel::lut_code_step(code, lut.steps[channel]);
  const ushort2 place = __ldg(lut.places + 256 * channel + code);
  return {place.x, place.y};
}

struct CodeSums {
  std::int32_t of[3];  // channels, as pixel::lut_level takes them
};

template <Interpolation between, bool even>
__device__ __forceinline__ CodeSums look_up(const LutCells& lut, std::uint8_t red,
                                            std::uint8_t green, std::uint8_t blue) {
  const Step x = place<even>(lut, 0, red), y = place<even>(lut, 1, green),
             z = place<even>(lut, 2, blue);
  const std::int32_t cell = x.index * lut.cell_step[0] + y.index * lut.cell_step[1] + z.index;
  const uint4* const nodes = lut.cells + 4 * std::int64_t{cell};
  const WeightPairs pairs = weight_pairs<between>(x.fraction, y.fraction, z.fraction);
  return {
      {weighted_sum(nodes, pairs), weighted_sum(nodes + 1, pairs), weighted_sum(nodes + 2, pairs)}};
}

// The bytes of word v of a group whose sums are rounded; a fourth channel stays.
template <class Codes>
__device__ __forceinline__ std::int32_t rounded(Codes& group, const CodeSums* sums, int bits, int v,
                                                int k) {
  const int index = Codes::kVectors * k + v;
  const int at = Codes::kPacked ? kGroup * v + k : index;
  const int p = Codes::kPacked ? at / Codes::kVectors : k;
  const int channel = Codes::kPacked ? at % Codes::kVectors : v;
  if (channel == 3) return group.code(p, 3);
  return (sums[p].of[channel] + (1 << (bits - 1))) >> bits;
}

template <Layout layout, Interpolation between, bool even>
__global__ void __launch_bounds__(kThreads, 3)
    apply_cells(ImageView image, Weights weights, LutCells lut, MutableImageView out,
                Tiling tiling) {
  using Codes = Group<pixel::U8, layout>;
  for_each_group(tiling, [&](std::int64_t y, std::int64_t x, int n) {
    float w[kGroup];
    load_weights(weights, y, x, n, w);
    Codes group;
    group.load(image, y, x, n);
    if (fmaxf(fmaxf(w[0], w[1]), fmaxf(w[2], w[3])) > 0.0f) {
      CodeSums sums[kGroup];
#pragma unroll
      for (int p = 0; p < kGroup; ++p) {
        sums[p] = look_up<between, even>(lut, group.code(p, 0), group.code(p, 1), group.code(p, 2));
      }
      if (fminf(fminf(w[0], w[1]), fminf(w[2], w[3])) == 1.0f) {
        const int bits = lut.bits + pixel::kLutPointBits;
#pragma unroll
        for (int v = 0; v < Codes::kVectors; ++v) {
          const std::uint32_t word =
              saturated(rounded(group, sums, bits, v, 0), rounded(group, sums, bits, v, 1),
                        rounded(group, sums, bits, v, 2), rounded(group, sums, bits, v, 3));
          memcpy(&group.vectors[v], &word, sizeof word);
        }
      } else {
#pragma unroll
        for (int p = 0; p < kGroup; ++p) {
          for (int c = 0; c < 3; ++c) {
            const float fresh = pixel::lut_level(sums[p].of[c], lut.bits);
            group.code(p, c) = pixel::lut_blend(fresh, group.code(p, c), w[p]);
          }
        }
      }
    }
    group.store(out, y, x, n);
    copy_alpha<pixel::U8, layout>(image, out, y, x, n);
  });
}

// Tables over another box and those with a shaper are rarer: they go through the layout that takes
// all.
template <Layout layout, Interpolation between>
auto kernel_of(const LutCells& lut) {
  return lut.places == nullptr ? apply_cells<layout, between, true>
                               : apply_cells<Layout::strided, between, false>;
}

}  // namespace

void apply_lut3d_codes(const ImageView& image, const Weights& weights, const LutCells& lut,
                       Interpolation interpolation, const MutableImageView& out, dim3 grid,
                       const Tiling& tiling, cudaStream_t stream) {
  with_layout(pixel::U8{}, common_layout(image, out), [&](auto, auto layout) {
    constexpr Layout kLayout = decltype(layout)::value;
    const auto kernel = interpolation == Interpolation::trilinear
                            ? kernel_of<kLayout, Interpolation::trilinear>(lut)
                            : kernel_of<kLayout, Interpolation::tetrahedral>(lut);
    launch(kernel, grid, stream, image, weights, lut, out, tiling);
  });
}

}  // namespace harmonia::cuda
