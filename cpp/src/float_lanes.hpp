// Four and eight floats as one value, with + - * among themselves and with a float: registers where
// the compiler has them, loops where not.
#pragma once

#include <cstring>

namespace harmonia {

#if defined(__GNUC__)
using Four = float __attribute__((vector_size(16)));
using Eight = float __attribute__((vector_size(32)));
#else
template <int n>
struct Floats {
  float v[n];

  friend Floats operator+(Floats a, const Floats& b) {
    for (int i = 0; i < n; ++i) a.v[i] += b.v[i];
    return a;
  }
  friend Floats operator-(Floats a, const Floats& b) {
    for (int i = 0; i < n; ++i) a.v[i] -= b.v[i];
    return a;
  }
  friend Floats operator*(float s, Floats a) {
    for (int i = 0; i < n; ++i) a.v[i] *= s;
    return a;
  }
};
using Four = Floats<4>;
using Eight = Floats<8>;
#endif

}  // namespace harmonia
