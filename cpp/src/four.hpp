// Four floats in a register of any instruction set, for loops over pixels whose own vectors are
// short: compilers would rather take several pixels at once, and shuffle more than they compute.
#pragma once

#include <cstring>

#include "harmonia/pixel/pixel.hpp"

namespace harmonia {

#if defined(__GNUC__)

typedef float Four __attribute__((vector_size(16)));

#else

struct Four {
  float v[4];
};

HARMONIA_HD Four operator+(Four a, Four b) {
  for (int i = 0; i < 4; ++i) a.v[i] += b.v[i];
  return a;
}
HARMONIA_HD Four operator*(Four a, float b) {
  for (int i = 0; i < 4; ++i) a.v[i] *= b;
  return a;
}

#endif

HARMONIA_HD Four load_four(const float* from) {
  Four a;
  std::memcpy(&a, from, sizeof a);
  return a;
}
HARMONIA_HD void store_four(Four a, float* to) { std::memcpy(to, &a, sizeof a); }

}  // namespace harmonia
