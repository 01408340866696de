// Hue, saturation and value of sRGB codes, each 0..1. Grey has hue 0, black has saturation 0.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// Saturation of a value below this is zero, so that nothing is divided by zero.
constexpr float kLeastValue = 1.0e-12f;

HARMONIA_HD Color rgb_to_hsv(Color rgb) {
  const float r = rgb.x, g = rgb.y, b = rgb.z;
  const float gb_high = g > b ? g : b, gb_low = g > b ? b : g;
  const float value = r > gb_high ? r : gb_high;
  const float chroma = value - (r < gb_low ? r : gb_low);
  const bool is_red = r >= gb_high, is_green = g >= b;
  // Sixths of a turn: red is 0, green 2, blue 4.
  const float across = is_red ? g - b : is_green ? b - r : r - g;
  const float sector = is_red ? (g < b ? 6.0f : 0.0f) : is_green ? 2.0f : 4.0f;
  const float hue = chroma > 0.0f ? sector + across / (chroma > 0.0f ? chroma : 1.0f) : 0.0f;
  const bool colored = value > kLeastValue;
  return {hue * (1.0f / 6.0f), (colored ? chroma : 0.0f) / (colored ? value : 1.0f), value};
}

// Red of a hue in turns: 1 within a sixth of whole turns, 0 from two sixths on, straight between.
HARMONIA_HD float red_of_hue(float turns) {
  const float whole = static_cast<float>(static_cast<std::int32_t>(turns));
  const float part = turns - whole;
  const float sixths = 6.0f * (part < 0.0f ? part + 1.0f : part);
  const float away = sixths - 3.0f;
  return clamp((away < 0.0f ? -away : away) - 1.0f, 0.0f, 1.0f);
}

HARMONIA_HD Color hsv_to_rgb(Color hsv) {
  const float chroma = hsv.y * hsv.z, low = hsv.z - chroma;
  return {low + chroma * red_of_hue(hsv.x), low + chroma * red_of_hue(hsv.x + 2.0f / 3.0f),
          low + chroma * red_of_hue(hsv.x + 1.0f / 3.0f)};
}

}  // namespace harmonia::pixel
