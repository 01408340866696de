// The sums that weighted moments are made of, of one region:
//   [0] w; [1..3] w x, w y, w z; [4..9] w xx, w xy, w xz, w yy, w yz, w zz
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

constexpr int kMomentSums = 10;

// One pixel, as its deviation from some centre: about a near one, float keeps a small variance.
HARMONIA_HD void add_weighted(float w, Color deviation, float* sums) {
  const float x = deviation.x, y = deviation.y, z = deviation.z;
  const float wx = w * x, wy = w * y, wz = w * z;
  sums[0] += w;
  sums[1] += wx;
  sums[2] += wy;
  sums[3] += wz;
  sums[4] += wx * x;
  sums[5] += wx * y;
  sums[6] += wx * z;
  sums[7] += wy * y;
  sums[8] += wy * z;
  sums[9] += wz * z;
}

// From sums about a centre to sums about zero, where they can be added to any others.
HARMONIA_HD void move_to_zero(Color centre, double* sums) {
  const double c[3] = {centre.x, centre.y, centre.z};
  for (int a = 0, k = 4; a < 3; ++a) {
    for (int b = a; b < 3; ++b, ++k) {
      sums[k] += c[a] * sums[1 + b] + c[b] * sums[1 + a] + c[a] * c[b] * sums[0];
    }
  }
  for (int a = 0; a < 3; ++a) sums[1 + a] += c[a] * sums[0];
}

}  // namespace harmonia::pixel
