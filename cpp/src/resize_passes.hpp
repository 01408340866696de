// Resizing along one axis and then along the other, in six kinds of arithmetic.
//
//   image --gather--> tile[column][48 lanes] --columns--> middle rows --rows--> image
//
// A lane is one channel of one row: 16 rows of RGB, 12 of RGBA or 48 of one channel go through the
// first pass together, each adding up its own sum tap by tap. So no order of additions depends on
// the width of a register.
#pragma once

#include "harmonia/image.hpp"
#include "resize_taps.hpp"

namespace harmonia {

// Each says what is gathered, and how the sums of either pass are rounded. Across, a value times
// its weight is added as it is.

// PIL's 8 bits: 22 bits of fraction, rounded and clipped after either pass. The weights of a filter
// that have one sign sum to less than 1.3, and 1.3 * 255 * 2^22 < 2^31.
struct PilCodes {
  using Pixel = std::uint8_t;
  using Weight = std::int32_t;
  using Sum = std::int32_t;
  using Middle = std::uint8_t;
  using Result = std::uint8_t;
  static constexpr int kBits = 22;

  static Sum down(Weight w, Middle v) { return w * v; }
  static Middle middle(Sum sum) {
    const Sum value = (sum + (1 << (kBits - 1))) >> kBits;
    return static_cast<Middle>(value < 0 ? 0 : value > 255 ? 255 : value);
  }
  static Result result(Sum sum) { return middle(sum); }
};

// PIL's mode F: sums of double, float after either pass.
struct PilFloats {
  using Pixel = float;
  using Weight = double;
  using Sum = double;
  using Middle = float;
  using Result = float;

  static Sum down(Weight w, Middle v) { return w * static_cast<double>(v); }
  static Middle middle(Sum sum) { return static_cast<float>(sum); }
  static Result result(Sum sum) { return static_cast<float>(sum); }
};

// OpenCV's 8 bits with many taps: 11 bits of fraction an axis, rounded once. A sum on its way may
// leave 32 bits; it is back within them when it is complete.
struct Cv2Codes {
  using Pixel = std::uint8_t;
  using Weight = std::int32_t;
  using Sum = std::uint32_t;
  using Middle = std::int32_t;
  using Result = std::uint8_t;

  static Sum down(Weight w, Middle v) { return static_cast<Sum>(w) * static_cast<Sum>(v); }
  static Middle middle(Sum sum) { return static_cast<Middle>(sum); }
  static Result result(Sum sum) {
    const std::int32_t value = static_cast<std::int32_t>(sum + (1u << 21)) >> 22;
    return static_cast<Result>(value < 0 ? 0 : value > 255 ? 255 : value);
  }
};

// OpenCV's 8 bits with two taps: 4 of the 11 bits are dropped in between, so that 16 x 16 bits do.
struct Cv2LinearCodes {
  using Pixel = std::uint8_t;
  using Weight = std::int32_t;
  using Sum = std::int32_t;
  using Middle = std::int32_t;
  using Result = std::uint8_t;

  static Sum down(Weight w, Middle v) { return (w * v) >> 16; }
  static Middle middle(Sum sum) { return sum >> 4; }
  static Result result(Sum sum) { return static_cast<Result>((sum + 2) >> 2); }
};

struct Cv2Floats {
  using Pixel = float;
  using Weight = float;
  using Sum = float;
  using Middle = float;
  using Result = float;

  static Sum down(Weight w, Middle v) { return w * v; }
  static Middle middle(Sum sum) { return sum; }
  static Result result(Sum sum) { return sum; }
};

// Areas of 8 bits: floats until the last rounding, to even.
struct Cv2AreaCodes : Cv2Floats {
  using Pixel = std::uint8_t;
  using Result = std::uint8_t;

  static Result result(Sum sum) {
    constexpr float kWhole = 12582912.0f;  // 1.5 * 2^23: floats beside it are whole
    return static_cast<Result>(static_cast<std::int32_t>((sum + kWhole) - kWhole));
  }
};

// Columns, then rows. Pixels of float take any image, as 0..1; those of uint8 an 8-bit one. One to
// four channels; `out` has the size that the taps have places.
template <class Arithmetic>
void resize_passes(const ImageView& image, const Taps<typename Arithmetic::Weight>& columns,
                   const Taps<typename Arithmetic::Weight>& rows, const MutableImageView& out);

extern template void resize_passes<PilCodes>(const ImageView&, const Taps<std::int32_t>&,
                                             const Taps<std::int32_t>&, const MutableImageView&);
extern template void resize_passes<PilFloats>(const ImageView&, const Taps<double>&,
                                              const Taps<double>&, const MutableImageView&);
extern template void resize_passes<Cv2Codes>(const ImageView&, const Taps<std::int32_t>&,
                                             const Taps<std::int32_t>&, const MutableImageView&);
extern template void resize_passes<Cv2LinearCodes>(const ImageView&, const Taps<std::int32_t>&,
                                                   const Taps<std::int32_t>&,
                                                   const MutableImageView&);
extern template void resize_passes<Cv2Floats>(const ImageView&, const Taps<float>&,
                                              const Taps<float>&, const MutableImageView&);
extern template void resize_passes<Cv2AreaCodes>(const ImageView&, const Taps<float>&,
                                                 const Taps<float>&, const MutableImageView&);

}  // namespace harmonia
