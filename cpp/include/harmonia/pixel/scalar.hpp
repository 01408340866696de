// How a stored scalar becomes a float and back: uint8 0..255 and uint16 0..65535 count as 0..1, the
// floats as they are.
//
// Rounding is to nearest. For the integers the float keeps enough digits that code -> float -> code
// is the identity.
#pragma once

#include "harmonia/pixel/half.hpp"

namespace harmonia::pixel {

struct U8 {
  static constexpr bool kInteger = true;
  static constexpr float kLeast = 0.0f, kMost = 1.0f;
  using Type = std::uint8_t;
  HARMONIA_HD static float unit(Type v) { return static_cast<float>(v) * (1.0f / 255.0f); }
  HARMONIA_HD static Type code(float v) {
    return static_cast<Type>(static_cast<std::int32_t>(v * 255.0f + 0.5f));
  }
};

struct U16 {
  static constexpr bool kInteger = true;
  static constexpr float kLeast = 0.0f, kMost = 1.0f;
  using Type = std::uint16_t;
  HARMONIA_HD static float unit(Type v) { return static_cast<float>(v) * (1.0f / 65535.0f); }
  HARMONIA_HD static Type code(float v) {
    return static_cast<Type>(static_cast<std::int32_t>(v * 65535.0f + 0.5f));
  }
};

struct F16 {
  static constexpr bool kInteger = false;
  static constexpr float kLeast = -65504.0f, kMost = 65504.0f;
  using Type = std::uint16_t;
  HARMONIA_HD static float unit(Type v) { return half_to_float(v); }
  HARMONIA_HD static Type code(float v) { return float_to_half(v); }
};

struct F32 {
  static constexpr bool kInteger = false;
  static constexpr float kLeast = -3.4028234e38f, kMost = 3.4028234e38f;
  using Type = float;
  HARMONIA_HD static float unit(Type v) { return v; }
  HARMONIA_HD static Type code(float v) { return v; }
};

// A scalar without its scale: the codes of integers count as they are.
template <class S>
struct Stored : S {
  HARMONIA_HD static float unit(typename S::Type v) {
    return S::kInteger ? static_cast<float>(v) : S::unit(v);
  }
};

}  // namespace harmonia::pixel
