// The compiler's spelling of "from here on, compile for AVX2", and the choice between the results.
#pragma once

#include "harmonia/isa.hpp"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define HARMONIA_X86_TARGETS 1
#else
#define HARMONIA_X86_TARGETS 0
#endif

#if HARMONIA_X86_TARGETS && defined(__clang__)
#define HARMONIA_BEGIN_AVX2 \
  _Pragma("clang attribute push(__attribute__((target(\"avx2,fma\"))), apply_to = function)")
// clang-format off: a _Pragma takes one literal, whatever its length
#define HARMONIA_BEGIN_AVX512 \
  _Pragma("clang attribute push(__attribute__((target(\"avx2,fma,avx512f,avx512bw,avx512dq,avx512vl\"))), apply_to = function)")
// clang-format on
#define HARMONIA_END_TARGET _Pragma("clang attribute pop")
#elif HARMONIA_X86_TARGETS
#define HARMONIA_BEGIN_AVX2 _Pragma("GCC push_options") _Pragma("GCC target(\"avx2,fma\")")
#define HARMONIA_BEGIN_AVX512          \
  _Pragma("GCC push_options") _Pragma( \
      "GCC target(\"avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512\")")
#define HARMONIA_END_TARGET _Pragma("GCC pop_options")
#endif

// a * b + c rounded once: one operation where kFuses, nothing to use elsewhere.
#if HARMONIA_X86_TARGETS
#define HARMONIA_FUSED(a, b, c) __builtin_fmaf(a, b, c)
#else
#define HARMONIA_FUSED(a, b, c) ((a) * (b) + (c))
#endif

namespace harmonia {

namespace baseline {
constexpr int kVectorFloats = 4;
constexpr bool kFuses = false;
}  // namespace baseline

#if HARMONIA_X86_TARGETS
namespace avx2 {
constexpr int kVectorFloats = 8;
constexpr bool kFuses = true;
}  // namespace avx2
namespace avx512 {
constexpr int kVectorFloats = 16;
constexpr bool kFuses = true;
}  // namespace avx512

template <class Function>
Function* pick(Function* for_baseline, Function* for_avx2, Function* for_avx512) {
  const Isa isa = active_isa();
  return isa == Isa::avx512 ? for_avx512 : isa == Isa::avx2 ? for_avx2 : for_baseline;
}
#define HARMONIA_PICK(function) \
  ::harmonia::pick(&baseline::function, &avx2::function, &avx512::function)
#define HARMONIA_FOR_EACH_ISA(declare) declare(baseline) declare(avx2) declare(avx512)
#else
#define HARMONIA_PICK(function) (&baseline::function)
#define HARMONIA_FOR_EACH_ISA(declare) declare(baseline)
#endif

}  // namespace harmonia
