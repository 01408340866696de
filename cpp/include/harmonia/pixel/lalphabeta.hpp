// The l-alpha-beta space of Ruderman as Reinhard et al. 2001 use it, from sRGB codes in 0..1 taken
// as if they were linear. Logarithms are to base 10, as in the paper.
#pragma once

#include "harmonia/pixel/math.hpp"

namespace harmonia::pixel {

HARMONIA_HD Color rgb_to_lms(Color rgb) {
  return {0.3811f * rgb.x + 0.5783f * rgb.y + 0.0402f * rgb.z,
          0.1967f * rgb.x + 0.7244f * rgb.y + 0.0782f * rgb.z,
          0.0241f * rgb.x + 0.1288f * rgb.y + 0.8444f * rgb.z};
}

// The inverse of the matrix above; the one printed in the paper is off in the third digit.
HARMONIA_HD Color lms_to_rgb(Color lms) {
  return {4.4687f * lms.x - 3.5887f * lms.y + 0.1196f * lms.z,
          -1.2197f * lms.x + 2.3831f * lms.y - 0.1626f * lms.z,
          0.0585f * lms.x - 0.2611f * lms.y + 1.2057f * lms.z};
}

// 8-bit black: these pixels have no logarithm worth the name, and no part in statistics of it.
HARMONIA_HD bool is_black(Color rgb) {
  const float high = rgb.x > rgb.y ? rgb.x : rgb.y;
  return (high > rgb.z ? high : rgb.z) < 0.5f / 255.0f;
}

// Black has the logarithm -infinity. So far below every other value stays far below after any
// scaling, and comes back as exact black.
constexpr float kLogOfBlack = -1.0e6f;

HARMONIA_HD float log_cone(float response) {
  return response > 0.0f ? log2_approx(response) : kLogOfBlack;
}

HARMONIA_HD Color rgb_to_log_lms(Color rgb) {
  const Color lms = rgb_to_lms(rgb);
  return {log_cone(lms.x), log_cone(lms.y), log_cone(lms.z)};
}

HARMONIA_HD Color log_lms_to_rgb(Color log_lms) {
  return lms_to_rgb({exp2_approx(log_lms.x), exp2_approx(log_lms.y), exp2_approx(log_lms.z)});
}

// log10(2) / sqrt(3), / sqrt(6), / sqrt(2): the scales of l, alpha and beta, and the change of
// base.
HARMONIA_HD Color log_lms_to_lalphabeta(Color log_lms) {
  return {0.17379975f * (log_lms.x + log_lms.y + log_lms.z),
          0.12289498f * (log_lms.x + log_lms.y - 2.0f * log_lms.z),
          0.21286035f * (log_lms.x - log_lms.y)};
}

// log2(10) times sqrt(3) / 3, sqrt(6) / 6 and sqrt(2) / 2.
HARMONIA_HD Color lalphabeta_to_log_lms(Color lab) {
  const float l = 1.91791608f * lab.x, alpha = 1.35617147f * lab.y, beta = 2.34895788f * lab.z;
  return {l + alpha + beta, l + alpha - beta, l - 2.0f * alpha};
}

// Of black this is merely far below everything else: log2_approx(0) is -127.
HARMONIA_HD Color rgb_to_lalphabeta(Color rgb) {
  const Color lms = rgb_to_lms(rgb);
  return log_lms_to_lalphabeta({log2_approx(lms.x), log2_approx(lms.y), log2_approx(lms.z)});
}

HARMONIA_HD Color lalphabeta_to_rgb(Color lab) {
  return log_lms_to_rgb(lalphabeta_to_log_lms(lab));
}

}  // namespace harmonia::pixel
