// CIELAB of linear light: L in 0..100, a and b as they come. D65 from the sRGB matrix, and the D50
// of the ICC profile connection space. Grey has a = b = 0 exactly in the first; the white of the
// second is not quite that of its matrix.
#pragma once

#include "harmonia/pixel/math.hpp"
#include "harmonia/pixel/xyz.hpp"

namespace harmonia::pixel {

// The CIE function with epsilon = 216 / 24389 and kappa = 24389 / 27; a line below epsilon and
// below zero.
HARMONIA_HD float lab_f(float t) {
  return t > 216.0f / 24389.0f ? cbrt_approx(t) : (24389.0f / 27.0f / 116.0f) * t + 16.0f / 116.0f;
}

HARMONIA_HD float lab_f_inverse(float f) {
  return f > 6.0f / 29.0f ? f * f * f : (f - 16.0f / 116.0f) * (116.0f * 27.0f / 24389.0f);
}

HARMONIA_HD Color relative_xyz_to_lab(Color xyz) {
  const float x = lab_f(xyz.x), y = lab_f(xyz.y), z = lab_f(xyz.z);
  return {116.0f * y - 16.0f, 500.0f * (x - y), 200.0f * (y - z)};
}

HARMONIA_HD Color lab_to_relative_xyz(Color lab) {
  const float y = (lab.x + 16.0f) * (1.0f / 116.0f);
  const float x = y + lab.y * (1.0f / 500.0f), z = y - lab.z * (1.0f / 200.0f);
  return {lab_f_inverse(x), lab_f_inverse(y), lab_f_inverse(z)};
}

HARMONIA_HD Color linear_to_lab(Color linear) {
  return relative_xyz_to_lab(linear_to_relative_xyz(linear));
}

HARMONIA_HD Color lab_to_linear(Color lab) {
  return relative_xyz_to_linear(lab_to_relative_xyz(lab));
}

// The sRGB profile's matrix to D50, each row over the ICC white (0.9642, 1, 0.8249), and its
// inverse.
HARMONIA_HD Color linear_to_relative_xyz_d50(Color linear) {
  return {0.452256441f * linear.x + 0.399447292f * linear.y + 0.148378357f * linear.z,
          0.222488403f * linear.x + 0.716873169f * linear.y + 0.0606079102f * linear.z,
          0.0168699473f * linear.x + 0.117682651f * linear.y + 0.865675926f * linear.z};
}

HARMONIA_HD Color relative_xyz_d50_to_linear(Color xyz) {
  return {3.02191091f * xyz.x - 1.61739242f * xyz.y - 0.404723525f * xyz.z,
          1.91627955f * xyz.y - 0.943746686f * xyz.x + 0.0275967978f * xyz.z,
          0.0694060326f * xyz.x - 0.228985846f * xyz.y + 1.15930223f * xyz.z};
}

HARMONIA_HD Color linear_to_lab_d50(Color linear) {
  return relative_xyz_to_lab(linear_to_relative_xyz_d50(linear));
}

HARMONIA_HD Color lab_d50_to_linear(Color lab) {
  return relative_xyz_d50_to_linear(lab_to_relative_xyz(lab));
}

}  // namespace harmonia::pixel
