// What every per-pixel function shares: the always-inline marker and the value type.
//
// The functions in this folder are the only place where colour arithmetic is written. They are
// plain scalar float code without branches, so that loops over them vectorize, and nvcc compiles
// the very same lines.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__CUDACC__)
#define HARMONIA_HD __host__ __device__ __forceinline__
#elif defined(_MSC_VER) && !defined(__clang__)
#define HARMONIA_HD __forceinline
#else
#define HARMONIA_HD inline __attribute__((always_inline))
#endif

namespace harmonia::pixel {

// Three channels of one pixel, in whatever space the function at hand says.
struct Color {
  float x, y, z;
};

HARMONIA_HD float clamp(float v, float low, float high) {
#if defined(__CUDA_ARCH__)
  return fminf(fmaxf(v, low), high);  // the same of all numbers, in two instructions
#else
  const float raised = v > low ? v : low;
  return raised < high ? raised : high;
#endif
}

HARMONIA_HD std::int32_t bits_of(float v) {
  std::int32_t bits;
  std::memcpy(&bits, &v, sizeof bits);
  return bits;
}

HARMONIA_HD float float_of(std::int32_t bits) {
  float v;
  std::memcpy(&v, &bits, sizeof v);
  return v;
}

}  // namespace harmonia::pixel
