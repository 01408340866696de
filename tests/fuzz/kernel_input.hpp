// What kernels take, made of the fuzzer's bytes: pictures of every type and layout, masks, numbers.
// Each lies in a block of its own and exact size, so that AddressSanitizer sees a byte too far.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "harmonia/image.hpp"
#include "harmonia/isa.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/space.hpp"

namespace fuzz {

using harmonia::ImageView;
using harmonia::MaskScalar;
using harmonia::MaskView;
using harmonia::MutableImageView;
using harmonia::Scalar;

inline void require(bool promise) {
  if (!promise) std::abort();
}

// By bits: the flags of the library let a compiler believe that nothing else is there.
inline bool finite(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & 0x7f800000u) != 0x7f800000u;
}
inline bool finite(double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & 0x7ff0000000000000u) != 0x7ff0000000000000u;
}

template <class Value>
void require_within(Value value, Value low, Value high) {
  require(finite(value) && value >= low && value <= high);
}

template <class Value>
void require_finite(const Value* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) require(finite(values[i]));
}

// Which floats a picture may hold: 0..1, any finite ones, or NaN and infinities too.
enum class Floats { unit, finite, any };

// The input, front to back; zeros follow its end.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}

  bool empty() const { return data_ == end_; }
  int byte() { return empty() ? 0 : *data_++; }
  bool flag() { return byte() & 1; }

  // 0 .. count - 1
  int below(int count) { return (byte() << 8 | byte()) % count; }

  template <class T, std::size_t count>
  T one_of(const T (&choices)[count]) {
    return choices[byte() % count];
  }

  harmonia::Space space() {
    return harmonia::kSpaces[byte() % (sizeof harmonia::kSpaces / sizeof *harmonia::kSpaces)].space;
  }

  // Mostly short; some are longer than the kernels' blocks.
  std::int64_t side() {
    const int drawn = byte();
    return drawn < 224 ? drawn % 28 : (drawn - 224) * 37 + byte() % 37;
  }

  float unit() {
    const int drawn = byte();
    return drawn < 64 ? 0.0f : drawn < 128 ? 1.0f : static_cast<float>(below(65536)) / 65535.0f;
  }

  template <class Float>
  Float bits() {
    Float value;
    std::uint8_t raw[sizeof value];
    for (std::uint8_t& part : raw) part = static_cast<std::uint8_t>(byte());
    std::memcpy(&value, raw, sizeof value);
    return value;
  }

  // Moderate numbers, with zero and repetitions among them.
  float number() {
    const int drawn = byte();
    if (drawn < 128) return static_cast<float>(drawn - 64) / 16.0f;
    if (drawn < 192) return static_cast<float>(below(65536) - 32768) / 4096.0f;
    return static_cast<float>(below(65536) - 32768) * 30.0f;
  }

  float floating(Floats which) {
    constexpr float kCorners[] = {
        0.0f,     1.0f,         -0.0f, 1e-45f,      1.2e-38f,      5.96e-8f,       0.00313066844f,
        0.04045f, 0.999999940f, 0.5f,  0.49999997f, 1.0f / 255.0f, 254.5f / 255.0f};
    const int drawn = byte();
    if (drawn < 160) return static_cast<float>(drawn) / 159.0f;
    if (drawn < 192) return one_of(kCorners);
    if (which == Floats::unit) return static_cast<float>(below(65536)) / 65535.0f;
    if (drawn < 224) return number();
    const float value = bits<float>();
    return which == Floats::any || fuzz::finite(value) ? value : 3.4028235e38f;
  }

 private:
  const std::uint8_t* data_;
  const std::uint8_t* end_;
};

// Numbers without end from a few bytes, for pixels.
class Noise {
 public:
  explicit Noise(Bytes& bytes)
      : state_(0x9e3779b9u + static_cast<std::uint32_t>(bytes.below(65536))) {}

  std::uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }

 private:
  std::uint32_t state_;
};

struct Size {
  std::int64_t height, width;

  // 0 x 0 to some thousand pixels.
  static Size of(Bytes& bytes, std::int64_t least = 0) {
    const std::int64_t width = std::max(least, bytes.side());
    const std::int64_t most = width > 0 ? std::max(std::int64_t{1}, 4096 / width) : 4096;
    return {std::max(least, std::min(most, bytes.side())), width};
  }
};

// Axes in any order, forwards or backwards, with gaps or none.
struct Layout {
  std::int64_t strides[3];
  std::size_t bytes, origin;

  Layout(Bytes& from, const std::int64_t (&shape)[3], std::int64_t item) {
    constexpr int kOrders[][3] = {{2, 1, 0}, {1, 0, 2}, {0, 1, 2}, {2, 0, 1}, {1, 2, 0}, {0, 2, 1}};
    const int plain = from.byte();
    const int order = plain < 128 ? 0 : plain % 6, signs = plain < 128 ? 0 : from.byte();
    std::int64_t stride = item, extent = item, start = 0;
    bool empty = false;
    for (int k = 0; k < 3; ++k) {
      const int axis = kOrders[order][k];
      if (signs >> (3 + axis) & 1) stride += item * (1 + (signs & 7));
      strides[axis] = stride;
      empty = empty || shape[axis] == 0;
      const std::int64_t reach = (std::max(shape[axis], std::int64_t{1}) - 1) * stride;
      extent += reach;
      if (signs >> axis & 1) {
        strides[axis] = -stride;
        start += reach;
      }
      stride = stride * std::max(shape[axis], std::int64_t{1});
    }
    bytes = empty ? 0 : static_cast<std::size_t>(extent);
    origin = empty ? 0 : static_cast<std::size_t>(start);
  }
};

// A picture that owns its pixels.
class Picture {
 public:
  Picture(Bytes& from, Size size, Scalar scalar, std::int64_t channels, Floats floats)
      : Picture(from, size, scalar, channels) {
    fill(from, floats);
  }

  // Its bytes are 0xa5.
  Picture(Bytes& from, Size size, Scalar scalar, std::int64_t channels)
      : layout_(from, {size.height, size.width, channels}, harmonia::scalar_size(scalar)),
        store_(std::max(layout_.bytes, std::size_t{1}), 0xa5),
        view_{store_.data() + layout_.origin,
              scalar,
              size.height,
              size.width,
              channels,
              layout_.strides[0],
              layout_.strides[1],
              layout_.strides[2]} {}

  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;

  MutableImageView out() { return view_; }
  ImageView in() const {
    return {view_.data,     view_.scalar,     view_.height,       view_.width,
            view_.channels, view_.row_stride, view_.pixel_stride, view_.channel_stride};
  }

  std::uint8_t* at(std::int64_t y, std::int64_t x, std::int64_t c) const {
    return view_.at(y, x) + c * view_.channel_stride;
  }

  // Row by row and channel by channel, whatever the layout.
  template <class Visit>
  void each(Visit visit) const {
    for (std::int64_t y = 0; y < view_.height; ++y) {
      for (std::int64_t x = 0; x < view_.width; ++x) {
        for (std::int64_t c = 0; c < view_.channels; ++c) visit(y, x, c);
      }
    }
  }

  std::vector<std::uint8_t> stored() const {
    std::vector<std::uint8_t> all;
    const std::int64_t size = harmonia::scalar_size(view_.scalar);
    each([&](auto y, auto x, auto c) { all.insert(all.end(), at(y, x, c), at(y, x, c) + size); });
    return all;
  }

  void require_finite() const {
    each([&](auto y, auto x, auto c) {
      if (view_.scalar == Scalar::f32) require(fuzz::finite(get<float>(at(y, x, c))));
      if (view_.scalar == Scalar::f16) {
        require((get<std::uint16_t>(at(y, x, c)) & 0x7c00u) != 0x7c00u);
      }
    });
  }

  // Floats are 0..1; integers cannot be beyond.
  void require_unit() const {
    each([&](auto y, auto x, auto c) {
      if (view_.scalar == Scalar::f32) require_within(get<float>(at(y, x, c)), 0.0f, 1.0f);
      if (view_.scalar == Scalar::f16) {
        const std::uint16_t half = get<std::uint16_t>(at(y, x, c));
        require(half <= 0x3c00u || half == 0x8000u);
      }
    });
  }

 private:
  template <class T>
  static T get(const std::uint8_t* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }

  void fill(Bytes& from, Floats floats) {
    const int palette = from.byte() % 4;  // noise, or so many colours
    Noise noise(from);
    std::uint8_t few[3][4];
    for (auto& color : few) draw(from, floats, color);
    const auto size = static_cast<std::size_t>(harmonia::scalar_size(view_.scalar));
    each([&](auto y, auto x, auto c) {
      std::uint8_t fresh[4];
      const std::uint32_t drawn = noise.next() >> 8;
      if (palette == 0 && drawn % 16 != 0) {
        const std::uint8_t raw[] = {static_cast<std::uint8_t>(drawn % 160),
                                    static_cast<std::uint8_t>(drawn >> 8)};
        Bytes one(raw, sizeof raw);
        draw(one, floats, fresh);
      } else {
        std::memcpy(fresh, few[drawn % static_cast<std::uint32_t>(std::max(palette, 1))], 4);
      }
      std::memcpy(at(y, x, c), fresh, size);
    });
  }

  void draw(Bytes& from, Floats floats, std::uint8_t (&value)[4]) const {
    if (view_.scalar == Scalar::f32) {
      const float drawn = from.floating(floats);
      std::memcpy(value, &drawn, 4);
      return;
    }
    auto bits = static_cast<std::uint16_t>(from.below(65536));
    if (view_.scalar == Scalar::f16 && floats == Floats::unit) bits %= 0x3c01u;
    if (view_.scalar == Scalar::f16 && floats == Floats::finite && (bits & 0x7c00u) == 0x7c00u) {
      bits = 0x7bffu;
    }
    std::memcpy(value, &bits, 2);
    if (view_.scalar == Scalar::u8) value[0] = static_cast<std::uint8_t>(bits >> 8);
  }

  Layout layout_;
  std::vector<std::uint8_t> store_;
  MutableImageView view_;
};

// Empty, full, of noise, or with few pixels set; or no mask at all.
class Mask {
 public:
  Mask(Bytes& from, Size size, Floats floats = Floats::unit)
      : scalar_(from.one_of({MaskScalar::u8, MaskScalar::boolean, MaskScalar::f32})),
        item_(scalar_ == MaskScalar::f32 ? 4 : 1),
        layout_(from, {size.height, size.width, 1}, item_),
        store_(layout_.bytes) {
    const int kind = from.byte() % 6;
    Noise noise(from);
    if (kind != 0) {
      view_ = {store_.data() + layout_.origin, scalar_, layout_.strides[0], layout_.strides[1]};
    }
    for (std::int64_t y = 0; y < size.height; ++y) {
      for (std::int64_t x = 0; x < size.width; ++x) {
        const std::uint32_t drawn = noise.next() >> 8;
        const bool edge = kind == 4 && (y < size.height / 3 || x > size.width / 2);
        const bool off = kind == 1 || edge || (kind == 5 && drawn % 61 != 0);
        const bool full =
            kind == 2 || (kind == 3 && drawn % 2 != 0) || (kind == 4 && drawn % 4 != 0);
        put(store_.data() + layout_.origin + y * layout_.strides[0] + x * layout_.strides[1],
            off    ? 0.0f
            : full ? 1.0f
                   : static_cast<float>(drawn % 256) / 255.0f);
      }
    }
    if (scalar_ == MaskScalar::f32 && layout_.bytes > 0 && from.flag()) {
      const float odd = from.floating(floats);
      std::memcpy(store_.data() + layout_.origin, &odd, sizeof odd);
    }
  }

  Mask(const Mask&) = delete;
  Mask& operator=(const Mask&) = delete;

  const MaskView& view() const { return view_; }

  float weight(std::int64_t y, std::int64_t x) const {
    if (view_.data == nullptr) return 1.0f;
    if (scalar_ != MaskScalar::f32) {
      return static_cast<float>(*view_.at(y, x)) / (scalar_ == MaskScalar::u8 ? 255.0f : 1.0f);
    }
    float value;
    std::memcpy(&value, view_.at(y, x), sizeof value);
    return value;
  }

 private:
  void put(std::uint8_t* at, float weight) const {
    if (scalar_ == MaskScalar::f32) {
      std::memcpy(at, &weight, sizeof weight);
    } else {
      *at = static_cast<std::uint8_t>(weight * (scalar_ == MaskScalar::u8 ? 255.0f : 1.0f));
    }
  }

  MaskScalar scalar_;
  std::int64_t item_;
  Layout layout_;
  std::vector<std::uint8_t> store_;
  MaskView view_;
};

inline Scalar scalar_of(Bytes& from) {
  return from.one_of({Scalar::u8, Scalar::u16, Scalar::f16, Scalar::f32});
}

inline std::int64_t channels_of(Bytes& from) { return 3 + (from.byte() & 1); }

inline std::vector<float> numbers(Bytes& from, std::int64_t count, Floats floats) {
  std::vector<float> drawn(static_cast<std::size_t>(std::min(count, std::int64_t{512})));
  for (float& value : drawn) value = from.floating(floats);
  std::vector<float> all(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = drawn[i * 7 % drawn.size()];
  return all;
}

// Bytes that the mask leaves out are the image's own, and so is alpha.
inline void require_background(const Picture& image, const Mask& mask, float strength,
                               const Picture& out) {
  const auto size = static_cast<std::size_t>(harmonia::scalar_size(image.in().scalar));
  image.each([&](auto y, auto x, auto c) {
    if (c < 3 && mask.weight(y, x) != 0.0f && strength != 0.0f) return;
    require(std::memcmp(image.at(y, x, c), out.at(y, x, c), size) == 0);
  });
}

// compute() gives bytes, the same ones for every instruction set and number of threads.
template <class Compute>
void require_same_everywhere(Compute compute) {
  const std::vector<harmonia::Isa>& isas = harmonia::available_isas();
  std::vector<std::uint8_t> first;
  for (std::size_t i = 0; i < isas.size(); ++i) {
    harmonia::force_isa(harmonia::name(isas[i]));
    harmonia::set_num_threads(1 + static_cast<int>(i % 2));
    std::vector<std::uint8_t> result = compute();
    if (i == 0)
      first = std::move(result);
    else
      require(result == first);
  }
}

template <class Value>
void append(std::vector<std::uint8_t>& bytes, const Value& value) {
  const auto* const raw = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof value);
}

template <class Value>
std::vector<std::uint8_t> bytes_of(const std::vector<Value>& values) {
  const auto* const raw = reinterpret_cast<const std::uint8_t*>(values.data());
  return {raw, raw + values.size() * sizeof(Value)};
}

// `apply` writes a picture like the image: the same everywhere, and the background as it was.
template <class Apply>
void require_transfer(Bytes& from, const Picture& image, const Mask& mask, float strength,
                      Apply apply) {
  const ImageView in = image.in();
  Picture out(from, {in.height, in.width}, in.scalar, in.channels);
  require_same_everywhere([&] {
    apply(out.out());
    require_background(image, mask, strength, out);
    return out.stored();
  });
  out.require_finite();
}

}  // namespace fuzz
