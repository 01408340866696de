// Where a pixel lies on a coarse lattice over the picture, and what holds between lattice points.
//
//   three cells over ten pixels   |  0    |  1     |  2    |    equal parts of the picture
//   positions                     0 0 0 .3  ..  1  ..  2 2 2    0 at the centre of cell 0
//
// A cell's value counts at the cell's centre. Beyond the outermost centres the value stays.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// Between cell `index` and cell `next`, as a share of the way. At the last cell both are the same.
struct GridStep {
  std::int32_t index, next;
  float fraction;
};

// Pixel `at` of `size` among `cells`: (at + 1/2) cells / size - 1/2, counted in 2 size-ths, so that
// only the fraction is rounded. Sizes and cells multiply to less than 2^62.
HARMONIA_HD GridStep grid_step(std::int64_t at, std::int64_t size, std::int64_t cells) {
  const std::int64_t whole = 2 * size, last = whole * (cells - 1);
  std::int64_t place = (2 * at + 1) * cells - size;
  place = place < 0 ? 0 : place > last ? last : place;
  const std::int64_t index = place / whole, next = index + 1 < cells ? index + 1 : index;
  return {static_cast<std::int32_t>(index), static_cast<std::int32_t>(next),
          static_cast<float>(place - index * whole) / static_cast<float>(whole)};
}

// A guide value among `cells` over 0..1.
HARMONIA_HD GridStep guide_step(float guide, std::int32_t cells) {
  const std::int32_t last = cells - 1;
  const float count = static_cast<float>(cells);
  const float place = clamp(guide * count - 0.5f, 0.0f, static_cast<float>(last));
  const std::int32_t index = static_cast<std::int32_t>(place);
  return {index, index < last ? index + 1 : last, place - static_cast<float>(index)};
}

// What guides a picture that has no guide of its own: Rec. 709 luminance of the code values.
HARMONIA_HD float luminance(Color c) { return 0.2126f * c.x + 0.7152f * c.y + 0.0722f * c.z; }

// Exactly `low` where both are the same.
HARMONIA_HD float between(float low, float high, float share) { return low + share * (high - low); }

// Between four lattice points around a place (x, z), in terms that do not depend on the place: the
// value at the origin, what a step along x and along z adds, and what both together add beyond.
struct Patch {
  float origin, along_x, along_z, twist;
};

HARMONIA_HD Patch patch_of(float origin, float next_x, float next_z, float next_both) {
  const float along_x = next_x - origin;
  return {origin, along_x, next_z - origin, (next_both - next_z) - along_x};
}

HARMONIA_HD float value_at(const Patch& p, float x, float z) {
  return (p.origin + x * p.along_x) + z * (p.along_z + x * p.twist);
}

// Colours beyond this are held to it, so that maps of moderate size give finite sums.
HARMONIA_HD float held(float v) { return clamp(v, -1e30f, 1e30f); }

}  // namespace harmonia::pixel
