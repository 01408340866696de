// A look-up in one table of a grid of tables.
#pragma once

#include "harmonia/pixel/lut3d.hpp"

namespace harmonia::pixel {

// What colours are held within: 0..1, or so far beyond that tables of moderate size still give
// finite sums: three shares of 129 steps each multiply to less than 1e25.
struct LutSpan {
  float low, high;
};

HARMONIA_HD LutSpan lut_span(bool clamped) {
  return clamped ? LutSpan{0.0f, 1.0f} : LutSpan{-1e6f, 1e6f};
}

HARMONIA_HD float held_in(LutSpan span, float v) { return clamp(v, span.low, span.high); }

}  // namespace harmonia::pixel
