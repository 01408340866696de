// The adjustments of Xue, Agarwala, Dorsey, Rushmeier 2012, of one pixel of linear light.
//
// T is float or double. Each of them gives colours that may lie beyond 0..1; clamped() holds them.
#pragma once

#include "harmonia/pixel/robertson.hpp"

namespace harmonia::pixel {

template <class T>
struct Linear {
  T r, g, b;
};

template <class T>
HARMONIA_HD T hold(T v) {
  const T raised = v > T(0) ? v : T(0);
  return raised < T(1) ? raised : T(1);
}

template <class T>
HARMONIA_HD Linear<T> clamped(Linear<T> c) {
  return {hold(c.r), hold(c.g), hold(c.b)};
}

template <class T>
HARMONIA_HD Linear<T> scaled(Linear<T> c, T by) {
  return {c.r * by, c.g * by, c.b * by};
}

// Luminance from the primaries of sRGB at a white of (0.3127, 0.3290).
template <class T>
HARMONIA_HD T luminance(Linear<T> c) {
  return T(0.212656) * c.r + T(0.715158) * c.g + T(0.0721856) * c.b;
}

// sqrt(x) on [0.16, 0.36]: a line within 0.01, and three steps of Newton's, each of which squares
// the error.
template <class T>
HARMONIA_HD T bezier_root(T x) {
  T y = T(0.2475) + x;
  y = T(0.5) * (y + x / y);
  y = T(0.5) * (y + x / y);
  return T(0.5) * (y + x / y);
}

// The quadratic Bezier curve through (0, 0) and (1, 1) towards (alpha, 1 - alpha), as a function of
// the abscissa r; alpha from 0.4 to 0.6. Below 0.5 it rises above the diagonal. The published code
// (`compat`) takes the nearest of 1001 points.
template <class T>
HARMONIA_HD T bezier(T alpha, T r, bool compat) {
  const T bend = T(1) - T(2) * alpha;
  const T t = r / (alpha + bezier_root(alpha * alpha + bend * r));
  const T below = static_cast<T>(static_cast<std::int32_t>(t * T(1000))) * T(0.001);
  const T above = below + T(0.001);
  const T middle =
      T(0.5) * (below * (T(2) * alpha + bend * below) + above * (T(2) * alpha + bend * above));
  const T nearest = r < middle ? below : above < T(1) ? above : T(1);
  const T at = compat ? nearest : t;
  return at * (T(2) * (T(1) - alpha) - bend * at);
}

// What luminance y is multiplied with: away from the threshold or towards it, 0 and 1 stay.
template <class T>
HARMONIA_HD T contrast_gain(T alpha, T threshold, T y, bool compat) {
  const T side = y > threshold ? T(1) : T(-1);
  const T room = T(0.5) + side * (T(0.5) - threshold);
  const T r = side * (y - threshold) / (room > T(1e-12) ? room : T(1e-12));
  const T fresh = threshold + side * room * bezier(alpha, r < T(1) ? r : T(1), compat);
  return fresh / (y > T(1e-12) ? y : T(1e-12));
}

template <class T>
HARMONIA_HD Linear<T> change_contrast(Linear<T> c, T alpha, T threshold, bool compat) {
  return scaled(c, contrast_gain(alpha, threshold, luminance(c), compat));
}

// (u, v) of CIE 1960; of black that of white.
template <class T>
HARMONIA_HD Chromaticity<T> to_uv(Linear<T> c) {
  const T x = T(0.412423757576) * c.r + T(0.357579) * c.g + T(0.180464) * c.b;
  const T y = luminance(c);
  const T z = T(0.0193323636364) * c.r + T(0.119193) * c.g + T(0.950443733333) * c.b;
  const T sum = x + T(15) * y + T(3) * z;
  const bool black = !(sum > T(1e-9));
  const T scale = T(1) / (black ? T(1) : sum);
  return {black ? T(0.19783) : T(4) * x * scale, black ? T(0.31223) : T(6) * y * scale};
}

// The colour of a chromaticity with the luminance y.
template <class T>
HARMONIA_HD Linear<T> of_uv(Chromaticity<T> at, T y) {
  const T scale = y / (at.v > T(0.001) ? at.v : T(0.001));
  const T x = T(1.5) * at.u * scale, z = (T(2) - T(0.5) * at.u - T(5) * at.v) * scale;
  return {T(3.24071094399) * x + T(-1.53726031959) * y + T(-0.498570914461) * z,
          T(-0.969258109065) * x + T(1.87599551353) * y + T(0.0415556779089) * z,
          T(0.0556352549127) * x + T(-0.20399593468) * y + T(1.05706984334) * z};
}

// The first interval that ends on the cool side of a colour.
template <class T>
HARMONIA_HD int interval_of(const Isotherms<T>& lines, Chromaticity<T> at) {
  int i = 1;
  while (i < kIsotherms - 1 && warmth(lines, i, at.u, at.v) > T(0)) ++i;
  return i;
}

// A shift of the temperature at constant tint and luminance, from the interval that the colour
// lies in. What the two interpolations do not undo is carried over, so that no shift is none. The
// published code (`compat`) loses it.
template <class T>
HARMONIA_HD Linear<T> change_temperature(const Isotherms<T>& lines, Linear<T> c, Chromaticity<T> at,
                                         int interval, T shift, bool compat) {
  const Located<T> from = locate(lines, interval, at.u, at.v, compat);
  const Between<T> on = from.on, to = between_at(lines, from.mired + shift);
  const T tint = (at.u - on.point.u) * on.du + (at.v - on.point.v) * on.dv;
  const Chromaticity<T> shifted{to.point.u + to.du * tint, to.point.v + to.dv * tint};
  const T rest_u = at.u - (on.point.u + on.du * tint), rest_v = at.v - (on.point.v + on.dv * tint);
  const Chromaticity<T> fresh{shifted.u + (compat ? T(0) : rest_u),
                              shifted.v + (compat ? T(0) : rest_v)};
  return of_uv(fresh, luminance(c));
}

// Saturation of HSV times `gain` at constant hue and value: the distance of every channel to the
// largest is multiplied. Saturation stays below one, in the published code (`compat`) it does not.
template <class T>
HARMONIA_HD Linear<T> change_saturation(Linear<T> c, T gain, bool compat) {
  const T gb_high = c.g > c.b ? c.g : c.b, gb_low = c.g > c.b ? c.b : c.g;
  const T high = c.r > gb_high ? c.r : gb_high, low = c.r < gb_low ? c.r : gb_low;
  const T chroma = high - low;
  const bool beyond = !compat && gain * chroma > high;
  const T by = beyond ? high / (chroma > T(0) ? chroma : T(1)) : gain;
  return {high - by * (high - c.r), high - by * (high - c.g), high - by * (high - c.b)};
}

}  // namespace harmonia::pixel
