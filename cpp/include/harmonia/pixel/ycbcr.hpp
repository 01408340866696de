// YCbCr of BT.601, limited range, in 8-bit codes: Y 16..235, Cb and Cr 16..240. Nothing is rounded.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// Y = 16 + 65.481 R + 128.553 G + 24.966 B, Cb = 128 - 37.797 R - 74.203 G + 112 B,
// Cr = 128 + 112 R - 93.786 G - 18.214 B. The rows sum to 219, 0 and 0, so in differences to green
// grey has Cb = Cr = 128 exactly.
HARMONIA_HD Color rgb_to_ycbcr(Color rgb) {
  const float red = rgb.x - rgb.y, blue = rgb.z - rgb.y;
  return {16.0f + (219.0f * rgb.y + (65.481f * red + 24.966f * blue)),
          128.0f + (112.0f * blue - 37.797f * red), 128.0f + (112.0f * red - 18.214f * blue)};
}

// The exact inverse: the two by two system of Cb and Cr for red - green and blue - green, then Y
// for green.
HARMONIA_HD Color ycbcr_to_rgb(Color ycbcr) {
  const float y = (ycbcr.x - 16.0f) / 219.0f;
  const float cb = ycbcr.y - 128.0f, cr = ycbcr.z - 128.0f;
  const float green = y - (0.00153632369f * cb + 0.00318811089f * cr);
  return {green + (0.00153632485f * cb + 0.00944704004f * cr), green,
          green + (0.00944704004f * cb + 0.003188123f * cr)};
}

}  // namespace harmonia::pixel
