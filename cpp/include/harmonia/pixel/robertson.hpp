// Colour temperature in mired and the tint beside it, after A. R. Robertson, "Computation of
// Correlated Color Temperature and Distribution Temperature", JOSA 58(11), 1968: 31 isotherms in
// the CIE 1960 (u, v) plane, between which is interpolated.
//
// T is float or double. All indices are those of the isotherm that ends an interval, 1..30.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

constexpr int kIsotherms = 31;

// [31] each: where an isotherm crosses the locus of black bodies, and its unit direction.
template <class T>
struct Isotherms {
  T mired[kIsotherms], u[kIsotherms], v[kIsotherms], du[kIsotherms], dv[kIsotherms];
};

constexpr double square_root(double x) {
  double y = x > 1.0 ? x : 1.0;
  for (int i = 0; i < 60; ++i) y = 0.5 * (y + x / y);
  return y;
}

// `u_of_325` is 0.24792 in the paper's table as it was corrected, 0.24702 as it was first printed.
template <class T>
constexpr Isotherms<T> make_isotherms(double u_of_325) {
  constexpr double u[kIsotherms] = {0.18006, 0.18066, 0.18133, 0.18208, 0.18293, 0.18388, 0.18494,
                                    0.18611, 0.18740, 0.18880, 0.19032, 0.19462, 0.19962, 0.20525,
                                    0.21142, 0.21807, 0.22511, 0.23247, 0.24010, 0.24792, 0.25591,
                                    0.26400, 0.27218, 0.28039, 0.28863, 0.29685, 0.30505, 0.31320,
                                    0.32129, 0.32931, 0.33724};
  constexpr double v[kIsotherms] = {0.26352, 0.26589, 0.26846, 0.27119, 0.27407, 0.27709, 0.28021,
                                    0.28342, 0.28668, 0.28997, 0.29326, 0.30141, 0.30921, 0.31647,
                                    0.32312, 0.32909, 0.33439, 0.33904, 0.34308, 0.34655, 0.34951,
                                    0.35200, 0.35407, 0.35577, 0.35714, 0.35823, 0.35907, 0.35968,
                                    0.36011, 0.36038, 0.36051};
  constexpr double slope[kIsotherms] = {
      -0.24341, -0.25479, -0.26876, -0.28539, -0.30470, -0.32675, -0.35156, -0.37915,
      -0.40955, -0.44278, -0.47888, -0.58204, -0.70471, -0.84901, -1.0182,  -1.2168,
      -1.4512,  -1.7298,  -2.0637,  -2.4681,  -2.9641,  -3.5814,  -4.3633,  -5.3762,
      -6.7262,  -8.5955,  -11.324,  -15.628,  -23.325,  -40.770,  -116.45};
  Isotherms<T> lines{};
  for (int i = 0; i < kIsotherms; ++i) {
    const double length = square_root(1.0 + slope[i] * slope[i]);
    lines.mired[i] = static_cast<T>(i <= 10 ? 10 * i : 25 * i - 150);
    lines.u[i] = static_cast<T>(i == 19 ? u_of_325 : u[i]);
    lines.v[i] = static_cast<T>(v[i]);
    lines.du[i] = static_cast<T>(1.0 / length);
    lines.dv[i] = static_cast<T>(slope[i] / length);
  }
  return lines;
}

template <class T>
inline constexpr Isotherms<T> kRobertson = make_isotherms<T>(0.24792);
template <class T>
inline constexpr Isotherms<T> kRobertsonTypo = make_isotherms<T>(0.24702);

// Signed distance to an isotherm, positive on the warm side.
template <class T>
HARMONIA_HD T warmth(const Isotherms<T>& lines, int i, T u, T v) {
  return (v - lines.v[i]) * lines.du[i] - (u - lines.u[i]) * lines.dv[i];
}

// 1 / sqrt(x) for the squared length of a blend of two unit vectors that are almost parallel:
// three terms about one, and a step of Newton's.
template <class T>
HARMONIA_HD T inverse_length(T x) {
  const T e = T(1) - x;
  const T y = T(1) + e * (T(0.5) + T(0.375) * e);
  return y * (T(1.5) - T(0.5) * x * y * y);
}

template <class T>
struct Chromaticity {
  T u, v;
};

// The point `share` of the way back from isotherm i to the one before, and the direction there.
template <class T>
struct Between {
  Chromaticity<T> point;
  T du, dv;
};

template <class T>
HARMONIA_HD Between<T> between(const Isotherms<T>& lines, int i, T share) {
  const T rest = T(1) - share;
  const T du = lines.du[i - 1] * share + lines.du[i] * rest;
  const T dv = lines.dv[i - 1] * share + lines.dv[i] * rest;
  const T scale = inverse_length(du * du + dv * dv);
  return {{lines.u[i - 1] * share + lines.u[i] * rest, lines.v[i - 1] * share + lines.v[i] * rest},
          du * scale,
          dv * scale};
}

// Where a colour lies, from the interval i: the first that ends on its cool side, or the last. With
// `coarse` the first interval counts as its end, 10 mired. Colours beyond the first isotherm count
// as on it, and beyond the last as on that.
template <class T>
struct Located {
  T mired;
  Between<T> on;
};

template <class T>
HARMONIA_HD Located<T> locate(const Isotherms<T>& lines, int i, T u, T v, bool coarse) {
  const T before = warmth(lines, i - 1, u, v), at = warmth(lines, i, u, v);
  const T cool = at < T(0) ? -at : T(0);
  const T warm = before > T(1e-30) ? before : T(1e-30);
  const T part = cool / (warm + cool);
  const T share = coarse ? (i == 1 ? T(0) : part) : part;
  return {lines.mired[i - 1] * share + lines.mired[i] * (T(1) - share), between(lines, i, share)};
}

// The interval of a temperature; the outer ones go on.
template <class T>
HARMONIA_HD std::int32_t interval_of(T mired) {
  const T held = mired > T(0) ? mired : T(0);
  const T near = held * T(0.1) + T(1), far = held * T(0.04) + T(7);
  const T at = near < far ? near : far;
  return static_cast<std::int32_t>(at < T(kIsotherms - 1) ? at : T(kIsotherms - 1));
}

template <class T>
HARMONIA_HD Between<T> between_at(const Isotherms<T>& lines, T mired) {
  const std::int32_t i = interval_of(mired);
  const T end = lines.mired[i];
  return between(lines, i, (end - mired) / (end - lines.mired[i - 1]));
}

}  // namespace harmonia::pixel
