// Structural similarity of one window, from weighted moments of the sum and the difference of the
// two images. With s = x + y and d = x - y, whose means are ms and md and variances vs and vd,
//
//   4 mx my = ms^2 - md^2        2 (mx^2 + my^2) = ms^2 + md^2
//   4 cov   = vs - vd            2 (vx + vy)     = vs + vd
//
// so four filtered maps serve where five are usual, and x == y gives exactly 1: md and vd are zero.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// One channel of one tile. The moments are about a centre, so that the variance of a flat window
// does not drown in the square of its mean.
template <class Real>
struct SsimScale {
  Real sum_centre, difference_centre;
  Real c1, c2;      // twice the constants
  Real covariance;  // what variances and covariance are multiplied with
};

template <class Real>
struct SsimValue {
  Real ssim, cs;
};

// E[s - centre] and E[d - centre], and of their squares.
template <class Real>
struct SsimMoments {
  Real sum, difference, sum_square, difference_square;
};

template <class Real>
HARMONIA_HD Real ssim_variance(Real square, Real mean, Real scale) {
  const Real variance = (square - mean * mean) * scale;
  return variance > Real(0) ? variance : Real(0);
}

template <class Real>
HARMONIA_HD SsimValue<Real> ssim_value(const SsimMoments<Real>& m, const SsimScale<Real>& scale) {
  const Real vs = ssim_variance(m.sum_square, m.sum, scale.covariance);
  const Real vd = ssim_variance(m.difference_square, m.difference, scale.covariance);
  const Real ms = m.sum + scale.sum_centre, md = m.difference + scale.difference_centre;
  const Real a = ms * ms, b = md * md;
  const Real luminance = ((a - b) + scale.c1) / ((a + b) + scale.c1);
  const Real cs = ((vs - vd) + scale.c2) / ((vs + vd) + scale.c2);
  return {luminance * cs, cs};
}

// How many times the rounding of a moment shows in cs: |dcs/dvs| E[s^2] + |dcs/dvd| E[d^2].
template <class Real>
HARMONIA_HD Real ssim_condition(const SsimMoments<Real>& m, const SsimScale<Real>& scale) {
  const Real vs = ssim_variance(m.sum_square, m.sum, scale.covariance);
  const Real vd = ssim_variance(m.difference_square, m.difference, scale.covariance);
  const Real below = (vs + vd) + scale.c2;
  const Real shown = vd * m.sum_square + (vs + scale.c2) * m.difference_square;
  return Real(2) * scale.covariance * shown / (below * below);
}

// Sums of the map are integers, which no order of additions can change: steps of 2^-30, and of
// 2^-22 for values times a weight 0..255. Truncation is off by less than a step, and not at all
// where a float32 value is 2^-7 or more.
constexpr float kSsimStep = 1073741824.0f;
constexpr float kSsimWeightedStep = 4194304.0f;

template <class Real>
HARMONIA_HD std::int32_t ssim_fixed(Real value) {
  return static_cast<std::int32_t>(value * static_cast<Real>(kSsimStep));
}

template <class Real>
HARMONIA_HD std::int32_t ssim_fixed_weighted(Real value, float weight) {
  return static_cast<std::int32_t>(value * static_cast<Real>(weight) *
                                   static_cast<Real>(kSsimWeightedStep));
}

}  // namespace harmonia::pixel
