// The colour spaces that the core can enter and leave. Kernels see RGB as sRGB codes scaled to
// 0..1.
#pragma once

#include <stdexcept>
#include <string>

namespace harmonia {

enum class Space {
  rgb,         // sRGB codes as they are
  linear,      // linear light, the sRGB curve undone
  xyz,         // CIE XYZ, D65, white at Y = 1
  xyy,         // chromaticity x, y and luminance Y
  lab,         // CIELAB, D65, from the sRGB matrix
  lab_d50,     // CIELAB of the ICC profile connection space, D50
  log_lms,     // base-2 logarithms of the cone responses of Reinhard et al. 2001
  lalphabeta,  // l-alpha-beta of Ruderman, base-10 logarithms
  ycbcr,       // BT.601 limited range, in 8-bit codes: Y 16..235, Cb and Cr 16..240
  hsv,         // hue, saturation, value, each 0..1
};

// The space that colours are changed in, and the one they are read back from: the same, except for
// reference codes that mix up two.
struct SpacePair {
  Space enter, leave;

  SpacePair(Space both) : enter(both), leave(both) {}
  SpacePair(Space enter_space, Space leave_space) : enter(enter_space), leave(leave_space) {}
};

struct SpaceName {
  Space space;
  const char* name;
};

constexpr SpaceName kSpaces[] = {
    {Space::rgb, "rgb"},         {Space::linear, "linear"},
    {Space::xyz, "xyz"},         {Space::xyy, "xyy"},
    {Space::lab, "lab"},         {Space::lab_d50, "lab_d50"},
    {Space::log_lms, "log_lms"}, {Space::lalphabeta, "lalphabeta"},
    {Space::ycbcr, "ycbcr"},     {Space::hsv, "hsv"},
};

inline const char* name(Space space) {
  for (const SpaceName& entry : kSpaces) {
    if (entry.space == space) return entry.name;
  }
  return "";
}

inline Space parse_space(const std::string& wanted) {
  std::string names;
  for (const SpaceName& entry : kSpaces) {
    if (wanted == entry.name) return entry.space;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw std::invalid_argument("space must be one of " + names + ", got '" + wanted + "'");
}

}  // namespace harmonia
