// The colour difference CIEDE2000 of two CIELAB colours, with kL = kC = kH = 1 (CIE 142-2001; the
// cases of the hue as in Sharma, Wu and Dalal 2005).
//
// Hues are unit vectors, never angles: the formula needs the sine and the cosine of multiples of
// the mean hue, and of the half difference. So there is no arctangent, and no case at 0 = 360
// degrees. Both orders of the colours give the same bits, and equal colours give zero.
#pragma once

#include "harmonia/pixel/math.hpp"

namespace harmonia::pixel {

// C^7 / (C^7 + 25^7), held where nothing shows in the result any more.
HARMONIA_HD float ciede2000_share_of_chroma(float chroma) {
  const float c = clamp(chroma * (1.0f / 25.0f), 0.01f, 30.0f);
  const float c2 = c * c, c7 = (c2 * c2) * (c2 * c);
  return c7 / (c7 + 1.0f);
}

// sin(2 theta) for theta = 30 degrees * exp(-((h - 275) / 25)^2) at the hue (c, s), absolute error
// at most 4e-7. With z = 1 - cos(h - 275) the logarithm of exp is a polynomial in z, as the square
// of the arccosine is. Hues do not go round: those from 0 on are 275 degrees away.
HARMONIA_HD float ciede2000_sine_of_rotation(float c, float s) {
  const float z = 1.0f - (0.0871557427f * c - 0.996194698f * s);
  const float q = (-15.1555027f - 2.52508282f * z) +
                  (-0.683410674f - 0.172617383f * z - 0.151021208f * (z * z)) * (z * z);
  const float bell = exp2_approx(z * q);
  const float b2 = bell * bell;
  const float sine =
      (1.04719741f - 0.191394862f * b2) + (0.0104876097f - 0.000264768345f * b2) * (b2 * b2);
  return c > 0.0f && s >= 0.0f ? 0.0f : bell * sine;
}

// 1 - 0.17 cos(h - 30) + 0.24 cos(2 h) + 0.32 cos(3 h + 6) - 0.20 cos(4 h - 63), in degrees.
HARMONIA_HD float ciede2000_weight_of_hue(float c, float s) {
  const float c2 = 2.0f * (c * c) - 1.0f, s2 = 2.0f * (s * c);
  const float c3 = c2 * c - s2 * s, s3 = s2 * c + c2 * s;
  const float c4 = 2.0f * (c2 * c2) - 1.0f, s4 = 2.0f * (s2 * c2);
  const float first = 0.147224319f * c + 0.085f * s;
  const float third = 0.318247007f * c3 - 0.0334491093f * s3;
  const float fourth = 0.0907980999f * c4 + 0.178201305f * s4;
  return (1.0f - first) + (0.24f * c2 + third) - fourth;
}

// Less chroma than this, as a product, has no hue: what hues could add is below 2e-6.
constexpr float kLeastChromaProduct = 1.0e-12f;

// Three steps, so that a loop over each is short enough for a processor to overlap its turns.

// What a and b say before a is stretched. `sign` is that of the turn from the first hue to the
// second, from the plain products, which no rounding turns round. Colours on a line through grey
// turn the way of increasing angles, counted from 0 to 360.
struct Ciede2000Stretch {
  float stretch, sign;
};

HARMONIA_HD Ciede2000Stretch ciede2000_stretch(Color lab1, Color lab2) {
  const float a1 = lab1.y, b1 = lab1.z, a2 = lab2.y, b2 = lab2.z;
  const float chroma = square_root(a1 * a1 + b1 * b1) + square_root(a2 * a2 + b2 * b2);
  const float share = ciede2000_share_of_chroma(0.5f * chroma);
  const float ahead = a1 * b2, behind = a2 * b1;
  const float of_line = b1 != 0.0f ? b1 : a1;
  const float way = ahead != behind ? ahead - behind : of_line;
  return {1.5f - 0.5f * square_root(share), way > 0.0f ? 1.0f : -1.0f};
}

// Chromas and hues once a is stretched.
struct Ciede2000Hues {
  float chroma, difference;  // mean and difference of the chromas
  float product;             // of the chromas
  float turn;                // the difference of the hues, dH, over the root of the product
  float c, s;                // the mean hue
};

HARMONIA_HD Ciede2000Hues ciede2000_hues(Color lab1, Color lab2, Ciede2000Stretch by) {
  const float a1 = by.stretch * lab1.y, b1 = lab1.z, a2 = by.stretch * lab2.y, b2 = lab2.z;
  const float chroma1 = square_root(a1 * a1 + b1 * b1);
  const float chroma2 = square_root(a2 * a2 + b2 * b2);
  const float product = chroma1 * chroma2;

  // Twice the product and the sine of the angle. Both terms are small where the colours are near,
  // and where one of them is near grey; which one is taken does not depend on the order.
  const float excess = chroma1 != chroma2 ? chroma2 - chroma1 : b2 - b1;
  const float least_a = excess > 0.0f ? a1 : a2, least_b = excess > 0.0f ? b1 : b2;
  const float cross = 2.0f * (least_a * (b2 - b1) - least_b * (a2 - a1));
  const float dot = a1 * a2 + b1 * b2;
  const bool acute = dot >= 0.0f, has_hue = product > kLeastChromaProduct;

  // The mean hue is along the sum of the unit vectors, or across their difference where that does
  // not cancel. Times the chromas the vector is sqrt(product * reach) long, and
  // dH = 2 sqrt(product) sin(half the angle) is turn / sqrt(reach).
  const float reach = 2.0f * (product + (acute ? dot : -dot));
  const float turn = acute ? cross : by.sign * reach;
  const float u1 = chroma2 * a1, u2 = chroma1 * a2, v1 = chroma2 * b1, v2 = chroma1 * b2;
  const float x = acute ? u1 + u2 : by.sign * (v2 - v1);
  const float y = acute ? v1 + v2 : by.sign * (u1 - u2);
  const float scale = 1.0f / square_root(has_hue ? product * reach : 1.0f);
  return {0.5f * (chroma1 + chroma2),    chroma2 - chroma1, product,
          has_hue ? turn * scale : 0.0f, x * scale,         y * scale};
}

HARMONIA_HD float ciede2000_of(float light1, float light2, Ciede2000Hues hues) {
  const float from_middle = 0.5f * (light1 + light2) - 50.0f;
  const float t = from_middle * from_middle;
  const float light_root = square_root(20.0f + t);
  const float light = (light2 - light1) * light_root / (light_root + 0.015f * t);

  // Chroma and hue over one denominator, that of both.
  const float chroma_scale = 1.0f + 0.045f * hues.chroma;
  const float weight = ciede2000_weight_of_hue(hues.c, hues.s);
  const float hue_scale = 1.0f + 0.015f * hues.chroma * weight;
  const float both = 1.0f / (chroma_scale * hue_scale);
  const float chroma = hues.difference * (hue_scale * both);
  const float hue = hues.turn * (chroma_scale * both);
  const float share = ciede2000_share_of_chroma(hues.chroma);
  const float rotation =
      2.0f * square_root(share * hues.product) * ciede2000_sine_of_rotation(hues.c, hues.s);
  const float colored = (chroma * chroma + hues.product * (hue * hue)) - rotation * (chroma * hue);
  return square_root(light * light + colored);
}

HARMONIA_HD float ciede2000(Color lab1, Color lab2) {
  const Ciede2000Hues hues = ciede2000_hues(lab1, lab2, ciede2000_stretch(lab1, lab2));
  return ciede2000_of(lab1.x, lab2.x, hues);
}

}  // namespace harmonia::pixel
