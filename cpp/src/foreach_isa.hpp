// Compiles the file named HARMONIA_INL once per instruction set, each into its own namespace:
//
//   #define HARMONIA_INL "stats.inl"
//   #include "foreach_isa.hpp"
//
// No include guard: a source includes it once per .inl. kVectorFloats is how many floats one
// register holds, and kFuses whether a product and a sum are one operation with one rounding; they
// may shape loops, never results. Only x86 has more than the baseline: NEON is
// the baseline of 64-bit Arm.
#include "isa_targets.hpp"

namespace harmonia::baseline {
#include HARMONIA_INL
}  // namespace harmonia::baseline

#if HARMONIA_X86_TARGETS
HARMONIA_BEGIN_AVX2
namespace harmonia::avx2 {
#include HARMONIA_INL
}  // namespace harmonia::avx2
HARMONIA_END_TARGET

HARMONIA_BEGIN_AVX512
namespace harmonia::avx512 {
#include HARMONIA_INL
}  // namespace harmonia::avx512
HARMONIA_END_TARGET
#endif

#undef HARMONIA_INL
