// The compositing rule of the whole library: m * new + (1 - m) * old.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// What a stored mask value is multiplied with to become a weight; `full` is the value that means 1.
// 255 * (1 / 255.0f) rounds to 1.0f exactly, so a full byte is a full weight.
HARMONIA_HD float weight_scale(float full, float strength) { return (1.0f / full) * strength; }

// One channel as a code of the scalar S, which can hold the mixture. Rounding brings old codes back
// exactly under a zero weight; a float may lose the sign of a zero to the sum, so there the old
// value is chosen.
template <class S>
HARMONIA_HD typename S::Type mix(float fresh, float old, float weight) {
  const float mixed = weight * fresh + (1.0f - weight) * old;
  return S::code(S::kInteger || weight > 0.0f ? mixed : old);
}

// The same of a `fresh` that is held within 0..1.
template <class S>
HARMONIA_HD typename S::Type blend(float fresh, float old, float weight) {
  return mix<S>(clamp(fresh, 0.0f, 1.0f), old, weight);
}

// The same of a `fresh` that is held within what S can store: floats keep values beyond 0..1.
template <class S>
HARMONIA_HD typename S::Type blend_unbounded(float fresh, float old, float weight) {
  return mix<S>(clamp(fresh, S::kLeast, S::kMost), old, weight);
}

}  // namespace harmonia::pixel
