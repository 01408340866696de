// The unit of work inside every kernel: up to 256 pixels of one row as planar floats.
//
//   image (any scalar, any strides) --load--> x[256] y[256] z[256] --arithmetic--> --store--> image
//
// Three planes and the weights fill 4 KiB and stay in the first-level cache. Loops run over whole
// groups of kLanes pixels; the padding behind the last pixel is zero and has weight zero.
#pragma once

#include "harmonia/image.hpp"
#include "harmonia/not_finite.hpp"
#include "harmonia/pixel/pixel.hpp"
#include "harmonia/space.hpp"
#include "isa_targets.hpp"
#include "stream_bytes.hpp"

namespace harmonia {

constexpr int kBlock = 256;
constexpr int kLanes = 16;

struct Block {
  alignas(64) float x[kBlock], y[kBlock], z[kBlock];
};

struct Weights {
  alignas(64) float w[kBlock];
};

// The codes of an 8-bit image, for kernels that work on them as they are.
struct Bytes {
  alignas(64) std::uint8_t x[kBlock], y[kBlock], z[kBlock];
};

// How much of a block a mask covers. Uncovered blocks are copied, never computed.
enum class Cover { none, some, all };

// Whole groups of lanes of a block, the last one perhaps short.
struct Span {
  int begin, end;
};

constexpr int padded(int pixels) { return (pixels + kLanes - 1) & ~(kLanes - 1); }

// Whether pixels of so many channels of `size` bytes lie next to each other.
template <class View>
bool packed(const View& image, std::int64_t size, std::int64_t channels) {
  return image.channel_stride == size && image.pixel_stride == channels * size;
}

// Whether a picture is too large for its copy to stay in the cache until somebody reads it.
inline bool outgrows_cache(const ImageView& image) {
  constexpr std::int64_t kBytes = 16 << 20;
  return image.height * image.width * image.channels * scalar_size(image.scalar) > kBytes;
}

#define HARMONIA_DECLARE_BLOCK(isa)                                                                \
  namespace isa {                                                                                  \
  /* RGB of pixels (y, x) .. (y, x + n - 1), scaled to 0..1. */                                    \
  void load(const ImageView& image, std::int64_t y, std::int64_t x, int n, Block& block);          \
  /* The same of pixels as they are stored: the codes of integers are not scaled. */               \
  void load_stored(const ImageView& image, std::int64_t y, std::int64_t x, int n, Block& block);   \
  /* The codes of an 8-bit image, and back. */                                                     \
  void load_bytes(const ImageView& image, std::int64_t y, std::int64_t x, int n, Bytes& bytes);    \
  void store_bytes(const Bytes& bytes, const MutableImageView& to, std::int64_t y, std::int64_t x, \
                   int n);                                                                         \
  /* R G B and a byte of nothing a pixel, as the first pixels of an 8-bit image. */                \
  void store_quads(const std::uint8_t* quads, const MutableImageView& to, int n);                  \
  /* The mask of the same pixels as weights 0..1, times strength; of Cover::none what is there. */ \
  Cover load_mask(const MaskView& mask, std::int64_t y, std::int64_t x, int n, float strength,     \
                  Weights& weights);                                                               \
  /* The groups of lanes from the first to the last one that has weight; ends within n. */         \
  Span reached(const Weights& weights, int n);                                                     \
  /* w * new + (1 - w) * old, new held within 0..1; every bit of old where w = 0. */               \
  void store_blend(const Block& fresh, const Block& old, const Weights& weights,                   \
                   const MutableImageView& to, std::int64_t y, std::int64_t x, int n);             \
  /* As store_blend, but floats keep values of new beyond 0..1. */                                 \
  void store_blend_unbounded(const Block& fresh, const Block& old, const Weights& weights,         \
                             const MutableImageView& to, std::int64_t y, std::int64_t x, int n);   \
  /* The block as it is; float32 images keep values beyond 0..1. */                                \
  void store(const Block& block, const MutableImageView& to, std::int64_t y, std::int64_t x,       \
             int n);                                                                               \
  /* All channels of the pixels, untouched. */                                                     \
  void copy(const ImageView& from, const MutableImageView& to, std::int64_t y, std::int64_t x,     \
            int n);                                                                                \
  /* The same of long runs; `past_cache` keeps what is written out of the cache. */                \
  void copy_run(const ImageView& from, const MutableImageView& to, std::int64_t y, std::int64_t x, \
                std::int64_t n, bool past_cache);                                                  \
  /* Channels beyond the third, untouched. */                                                      \
  void copy_alpha(const ImageView& from, const MutableImageView& to, std::int64_t y,               \
                  std::int64_t x, int n);                                                          \
  /* In place between RGB and a space; n is padded. */                                             \
  void from_rgb(Space space, Block& block, int n);                                                 \
  void to_rgb(Space space, Block& block, int n);                                                   \
  }
HARMONIA_FOR_EACH_ISA(HARMONIA_DECLARE_BLOCK)
#undef HARMONIA_DECLARE_BLOCK

}  // namespace harmonia
