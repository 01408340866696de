// Loads, stores and copies of blocks, for every scalar type and memory layout.

using pixel::F16;
using pixel::F32;
using pixel::U16;
using pixel::U8;

// Three planes of one scalar type, the step between reading a layout and computing.
template <class S>
struct Codes {
  alignas(64) typename S::Type x[kBlock], y[kBlock], z[kBlock];
};

template <class S, int step>
static void load_packed(const typename S::Type* __restrict from, int n, Block& __restrict to) {
  for (int i = 0; i < n; ++i) {
    to.x[i] = S::unit(from[step * i]);
    to.y[i] = S::unit(from[step * i + 1]);
    to.z[i] = S::unit(from[step * i + 2]);
  }
}

// Shuffled within registers, which compilers do not find.
template <int step>
static void load_packed_floats(const float* from, int n, Block& to) {
  constexpr int kPixels = 4 * kFloatLanes;
  int i = 0;
  for (; i + kPixels <= n; i += kPixels) {
    if constexpr (step == 3) split_rgb(from + 3 * i, to.x + i, to.y + i, to.z + i);
    if constexpr (step == 4) split_rgba(from + 4 * i, to.x + i, to.y + i, to.z + i);
  }
  for (; i < n; ++i) {
    to.x[i] = from[step * i];
    to.y[i] = from[step * i + 1];
    to.z[i] = from[step * i + 2];
  }
}

template <class S>
static void load_plane(const typename S::Type* __restrict from, int n, float* __restrict to) {
  for (int i = 0; i < n; ++i) to[i] = S::unit(from[i]);
}

template <class S>
static void load_strided(const std::uint8_t* from, std::int64_t stride, int n, float* to) {
  for (int i = 0; i < n; ++i, from += stride) {
    to[i] = S::unit(*reinterpret_cast<const typename S::Type*>(from));
  }
}

template <class S>
static void load_as(const ImageView& image, std::int64_t y, std::int64_t x, int n, Block& block) {
  using T = typename S::Type;
  constexpr std::int64_t size = sizeof(T);
  const std::uint8_t* const from = image.at(y, x);
  if (image.scalar == Scalar::f32 && packed(image, size, 3)) {
    load_packed_floats<3>(reinterpret_cast<const float*>(from), n, block);
  } else if (image.scalar == Scalar::f32 && packed(image, size, 4) && image.channels == 4) {
    load_packed_floats<4>(reinterpret_cast<const float*>(from), n, block);
  } else if (packed(image, size, 3)) {
    load_packed<S, 3>(reinterpret_cast<const T*>(from), n, block);
  } else if (packed(image, size, 4)) {
    load_packed<S, 4>(reinterpret_cast<const T*>(from), n, block);
  } else if (image.pixel_stride == size) {
    load_plane<S>(reinterpret_cast<const T*>(from), n, block.x);
    load_plane<S>(reinterpret_cast<const T*>(from + image.channel_stride), n, block.y);
    load_plane<S>(reinterpret_cast<const T*>(from + 2 * image.channel_stride), n, block.z);
  } else {
    load_strided<S>(from, image.pixel_stride, n, block.x);
    load_strided<S>(from + image.channel_stride, image.pixel_stride, n, block.y);
    load_strided<S>(from + 2 * image.channel_stride, image.pixel_stride, n, block.z);
  }
  for (int i = n; i < padded(n); ++i) block.x[i] = block.y[i] = block.z[i] = 0.0f;
}

void load(const ImageView& image, std::int64_t y, std::int64_t x, int n, Block& block) {
  switch (image.scalar) {
    case Scalar::u8: return load_as<U8>(image, y, x, n, block);
    case Scalar::u16: return load_as<U16>(image, y, x, n, block);
    case Scalar::f16: return load_as<F16>(image, y, x, n, block);
    case Scalar::f32: return load_as<F32>(image, y, x, n, block);
  }
}

void load_stored(const ImageView& image, std::int64_t y, std::int64_t x, int n, Block& block) {
  switch (image.scalar) {
    case Scalar::u8: return load_as<pixel::Stored<U8>>(image, y, x, n, block);
    case Scalar::u16: return load_as<pixel::Stored<U16>>(image, y, x, n, block);
    case Scalar::f16: return load_as<F16>(image, y, x, n, block);
    case Scalar::f32: return load_as<F32>(image, y, x, n, block);
  }
}

static void split_quads(const std::uint8_t* __restrict from, int n, Bytes& __restrict to) {
  for (int i = 0; i < n; ++i) {
    to.x[i] = from[4 * i];
    to.y[i] = from[4 * i + 1];
    to.z[i] = from[4 * i + 2];
  }
}

static void join_quads(const Bytes& __restrict from, int n, std::uint8_t* __restrict to) {
  for (int i = 0; i < n; ++i) {
    to[4 * i] = from.x[i];
    to[4 * i + 1] = from.y[i];
    to[4 * i + 2] = from.z[i];
    to[4 * i + 3] = 0;
  }
}

void load_bytes(const ImageView& image, std::int64_t y, std::int64_t x, int n, Bytes& bytes) {
  const std::uint8_t* const from = image.at(y, x);
  std::uint8_t* const planes[3] = {bytes.x, bytes.y, bytes.z};
  if (packed(image, 1, 3)) {
    split_rgb(from, n, bytes.x, bytes.y, bytes.z);
  } else if (packed(image, 1, 4)) {
    split_quads(from, n, bytes);
  } else if (image.pixel_stride == 1) {
    for (int c = 0; c < 3; ++c) {
      std::memcpy(planes[c], from + c * image.channel_stride, static_cast<std::size_t>(n));
    }
  } else {
    for (int c = 0; c < 3; ++c) {
      const std::uint8_t* p = from + c * image.channel_stride;
      for (int i = 0; i < n; ++i, p += image.pixel_stride) planes[c][i] = *p;
    }
  }
  for (int i = n; i < padded(n); ++i) bytes.x[i] = bytes.y[i] = bytes.z[i] = 0;
}

void store_bytes(const Bytes& bytes, const MutableImageView& to, std::int64_t y, std::int64_t x,
                 int n) {
  std::uint8_t* const at = to.at(y, x);
  const std::uint8_t* const planes[3] = {bytes.x, bytes.y, bytes.z};
  if (packed(to, 1, 3)) return join_rgb(bytes.x, bytes.y, bytes.z, n, at);
  if (packed(to, 1, 4) && to.channels == 4) return join_quads(bytes, n, at);  // alpha follows
  for (int c = 0; c < 3; ++c) {
    std::uint8_t* p = at + c * to.channel_stride;
    if (to.pixel_stride == 1) {
      std::memcpy(p, planes[c], static_cast<std::size_t>(n));
    } else {
      for (int i = 0; i < n; ++i, p += to.pixel_stride) *p = planes[c][i];
    }
  }
}

void store_quads(const std::uint8_t* quads, const MutableImageView& to, int n) {
  if (packed(to, 1, 3)) return squeeze_quads(quads, n, to.data);
  if (packed(to, 1, 4) && to.channels == 4) {  // alpha follows
    std::memcpy(to.data, quads, static_cast<std::size_t>(4 * n));
    return;
  }
  Bytes bytes;
  split_quads(quads, n, bytes);
  store_bytes(bytes, to, 0, 0, n);
}

static Cover cover_of(const float* __restrict w, int n) {
  float low = 1.0f, high = 0.0f;
  for (int i = 0; i < n; ++i) {
    low = w[i] < low ? w[i] : low;
    high = w[i] > high ? w[i] : high;
  }
  return high == 0.0f ? Cover::none : low == 1.0f ? Cover::all : Cover::some;
}

static Cover cover_of(const std::uint8_t* __restrict m, int n, std::uint8_t full) {
  std::uint8_t low = 255, high = 0;
  for (int i = 0; i < n; ++i) {
    low = m[i] < low ? m[i] : low;
    high = m[i] > high ? m[i] : high;
  }
  return high == 0 ? Cover::none : low >= full ? Cover::all : Cover::some;
}

static void scale_bytes(const std::uint8_t* __restrict m, int n, float scale, float* __restrict w) {
  for (int i = 0; i < n; ++i) w[i] = static_cast<float>(m[i]) * scale;
}

Cover load_mask(const MaskView& mask, std::int64_t y, std::int64_t x, int n, float strength,
                Weights& weights) {
  float* const w = weights.w;
  Cover cover = Cover::all;
  if (mask.data == nullptr) {
    for (int i = 0; i < n; ++i) w[i] = strength;
  } else if (mask.scalar == MaskScalar::f32) {
    const std::uint8_t* from = mask.at(y, x);
    for (int i = 0; i < n; ++i, from += mask.pixel_stride) {
      w[i] = *reinterpret_cast<const float*>(from);
    }
    cover = cover_of(w, n);
    for (int i = 0; i < n; ++i) w[i] *= strength;
  } else {
    alignas(64) std::uint8_t gathered[kBlock];
    const std::uint8_t* bytes = mask.at(y, x);
    if (mask.pixel_stride != 1) {
      for (int i = 0; i < n; ++i) gathered[i] = bytes[i * mask.pixel_stride];
      bytes = gathered;
    }
    const std::uint8_t full = mask.scalar == MaskScalar::u8 ? 255 : 1;
    cover = cover_of(bytes, n, full);
    if (cover != Cover::none) {
      scale_bytes(bytes, n, pixel::weight_scale(full, strength), w);
    }
  }
  for (int i = n; i < padded(n); ++i) w[i] = 0.0f;
  if (strength == 0.0f) return Cover::none;
  return cover == Cover::all && strength < 1.0f ? Cover::some : cover;
}

// Weights are not negative: none of its bits set is none of them.
static bool any_weight(const float* __restrict w) {
  std::int32_t bits = 0;
  for (int j = 0; j < kLanes; ++j) bits |= pixel::bits_of(w[j]);
  return bits != 0;
}

Span reached(const Weights& weights, int n) {
  int begin = 0, end = padded(n);
  while (begin < end && !any_weight(weights.w + begin)) begin += kLanes;
  while (end > begin && !any_weight(weights.w + end - kLanes)) end -= kLanes;
  return {begin < n ? begin : n, end < n ? end : n};
}

template <class S>
static void store_codes(const Codes<S>& codes, const MutableImageView& to, std::int64_t y,
                        std::int64_t x, int n) {
  using T = typename S::Type;
  constexpr std::int64_t size = sizeof(T);
  std::uint8_t* const at = to.at(y, x);
  if (packed(to, size, 3)) {
    T* __restrict p = reinterpret_cast<T*>(at);
    for (int i = 0; i < n; ++i) {
      p[3 * i] = codes.x[i];
      p[3 * i + 1] = codes.y[i];
      p[3 * i + 2] = codes.z[i];
    }
    return;
  }
  const T* const planes[3] = {codes.x, codes.y, codes.z};
  for (int c = 0; c < 3; ++c) {
    std::uint8_t* p = at + c * to.channel_stride;
    if (to.pixel_stride == size) {
      std::memcpy(p, planes[c], static_cast<std::size_t>(n * size));
    } else {
      for (int i = 0; i < n; ++i, p += to.pixel_stride) *reinterpret_cast<T*>(p) = planes[c][i];
    }
  }
}

template <class S, typename S::Type (*mixture)(float, float, float)>
static void store_mixture(const Block& __restrict fresh, const Block& __restrict old,
                          const Weights& __restrict weights, const MutableImageView& to,
                          std::int64_t y, std::int64_t x, int n) {
  Codes<S> codes;
  for (int i = 0; i < padded(n); ++i) {
    codes.x[i] = mixture(fresh.x[i], old.x[i], weights.w[i]);
    codes.y[i] = mixture(fresh.y[i], old.y[i], weights.w[i]);
    codes.z[i] = mixture(fresh.z[i], old.z[i], weights.w[i]);
  }
  store_codes<S>(codes, to, y, x, n);
}

#define HARMONIA_STORE(mixture)                                                                  \
  switch (to.scalar) {                                                                           \
    case Scalar::u8: return store_mixture<U8, mixture<U8>>(fresh, old, weights, to, y, x, n);    \
    case Scalar::u16: return store_mixture<U16, mixture<U16>>(fresh, old, weights, to, y, x, n); \
    case Scalar::f16: return store_mixture<F16, mixture<F16>>(fresh, old, weights, to, y, x, n); \
    case Scalar::f32: return store_mixture<F32, mixture<F32>>(fresh, old, weights, to, y, x, n); \
  }

void store_blend(const Block& fresh, const Block& old, const Weights& weights,
                 const MutableImageView& to, std::int64_t y, std::int64_t x, int n) {
  HARMONIA_STORE(pixel::blend)
}

void store_blend_unbounded(const Block& fresh, const Block& old, const Weights& weights,
                           const MutableImageView& to, std::int64_t y, std::int64_t x, int n) {
  HARMONIA_STORE(pixel::blend_unbounded)
}
#undef HARMONIA_STORE

template <class S>
static void encode_plane(const float* __restrict from, int n, typename S::Type* __restrict codes) {
  for (int i = 0; i < n; ++i) codes[i] = S::code(pixel::clamp(from[i], 0.0f, 1.0f));
}

template <class S>
static void store_as(const Block& block, const MutableImageView& to, std::int64_t y, std::int64_t x,
                     int n) {
  Codes<S> codes;
  encode_plane<S>(block.x, padded(n), codes.x);
  encode_plane<S>(block.y, padded(n), codes.y);
  encode_plane<S>(block.z, padded(n), codes.z);
  store_codes<S>(codes, to, y, x, n);
}

void store(const Block& block, const MutableImageView& to, std::int64_t y, std::int64_t x, int n) {
  switch (to.scalar) {
    case Scalar::u8: return store_as<U8>(block, to, y, x, n);
    case Scalar::u16: return store_as<U16>(block, to, y, x, n);
    case Scalar::f16: return store_as<F16>(block, to, y, x, n);
    case Scalar::f32: {
      Codes<F32> codes;
      std::memcpy(codes.x, block.x, sizeof codes.x);
      std::memcpy(codes.y, block.y, sizeof codes.y);
      std::memcpy(codes.z, block.z, sizeof codes.z);
      return store_codes<F32>(codes, to, y, x, n);
    }
  }
}

template <class T>
static void copy_channels(const ImageView& from, const MutableImageView& to, std::int64_t y,
                          std::int64_t x, int n, std::int64_t first) {
  for (std::int64_t c = first; c < from.channels; ++c) {
    const std::uint8_t* p = from.at(y, x) + c * from.channel_stride;
    std::uint8_t* q = to.at(y, x) + c * to.channel_stride;
    for (int i = 0; i < n; ++i, p += from.pixel_stride, q += to.pixel_stride) {
      *reinterpret_cast<T*>(q) = *reinterpret_cast<const T*>(p);
    }
  }
}

static void copy_from_channel(const ImageView& from, const MutableImageView& to, std::int64_t y,
                              std::int64_t x, int n, std::int64_t first) {
  switch (scalar_size(from.scalar)) {
    case 1: return copy_channels<std::uint8_t>(from, to, y, x, n, first);
    case 2: return copy_channels<std::uint16_t>(from, to, y, x, n, first);
    default: return copy_channels<std::uint32_t>(from, to, y, x, n, first);
  }
}

void copy(const ImageView& from, const MutableImageView& to, std::int64_t y, std::int64_t x,
          int n) {
  const std::int64_t size = scalar_size(from.scalar);
  if (packed(from, size, from.channels) && packed(to, size, from.channels)) {
    std::memcpy(to.at(y, x), from.at(y, x), static_cast<std::size_t>(n * from.channels * size));
  } else {
    copy_from_channel(from, to, y, x, n, 0);
  }
}

void copy_run(const ImageView& from, const MutableImageView& to, std::int64_t y, std::int64_t x,
              std::int64_t n, bool past_cache) {
  const std::int64_t size = scalar_size(from.scalar);
  if (packed(from, size, from.channels) && packed(to, size, from.channels)) {
    const auto bytes = static_cast<std::size_t>(n * from.channels * size);
    if (past_cache) return stream_bytes(from.at(y, x), bytes, to.at(y, x));
    std::memcpy(to.at(y, x), from.at(y, x), bytes);
  } else {
    for (std::int64_t i = 0; i < n; i += kBlock) {
      copy(from, to, y, x + i, static_cast<int>(n - i < kBlock ? n - i : kBlock));
    }
  }
}

// Whole words, which vectorize: the last byte of one and the others of the other.
static void copy_fourth_bytes(const std::uint8_t* __restrict from, int n,
                              std::uint8_t* __restrict to) {
  alignas(4) const std::uint8_t fourth[4] = {0, 0, 0, 255};
  std::uint32_t mask;
  std::memcpy(&mask, fourth, 4);
  for (int i = 0; i < n; ++i) {
    std::uint32_t a, b;
    std::memcpy(&a, from + 4 * i, 4);
    std::memcpy(&b, to + 4 * i, 4);
    b = (a & mask) | (b & ~mask);
    std::memcpy(to + 4 * i, &b, 4);
  }
}

static void copy_fourth_words(const std::uint8_t* from, int n, std::uint8_t* to) {
  for (int i = 0; i < n; ++i) std::memcpy(to + 16 * i + 12, from + 16 * i + 12, 4);
}

void copy_alpha(const ImageView& from, const MutableImageView& to, std::int64_t y, std::int64_t x,
                int n) {
  if (from.channels <= 3) return;
  if (scalar_size(from.scalar) == 1 && packed(from, 1, 4) && packed(to, 1, 4)) {
    return copy_fourth_bytes(from.at(y, x), n, to.at(y, x));
  }
  if (scalar_size(from.scalar) == 4 && packed(from, 4, 4) && packed(to, 4, 4)) {
    return copy_fourth_words(from.at(y, x), n, to.at(y, x));
  }
  copy_from_channel(from, to, y, x, n, 3);
}
