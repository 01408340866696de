// Histograms are tables of cells, [3][bins], one table a part of the image. The number of parts depends
// on the sizes alone and they are combined in order, so the result does not depend on the threads.
//
// Scattered additions do not vectorize: there is one version for all instruction sets.
#include "harmonia/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "harmonia/parallel.hpp"
#include "harmonia/pixel/half.hpp"

namespace harmonia {
namespace {

constexpr std::int64_t kHalfCodes = 0x3c00 + 1;  // non-negative halves up to 1.0, in order
constexpr std::int32_t kOneBits = 0x3f800000;    // 1.0f: non-negative floats order like their bits
constexpr int kLowBits = 15;
constexpr std::int64_t kHighCodes = (kOneBits >> kLowBits) + 1;
constexpr std::int64_t kLowCodes = std::int64_t{1} << kLowBits;

template <class T>
T read(const std::uint8_t* at) {
  return *reinterpret_cast<const T*>(at);
}

// A coder gives the cell of a value within its channel's bins. None leaves its bins, whatever the value.
struct CodeU8 {
  std::int64_t operator()(const std::uint8_t* at) const { return *at; }
};

struct CodeU16 {
  std::int64_t operator()(const std::uint8_t* at) const { return read<std::uint16_t>(at); }
};

struct CodeF16 {
  std::int64_t operator()(const std::uint8_t* at) const {
    return std::min<std::int64_t>(read<std::uint16_t>(at) & 0x7fff, kHalfCodes - 1);
  }
};

// The bits of a float of 0..1; those of -0.0 are those of 0.0.
std::int32_t unit_bits(const std::uint8_t* at) {
  return std::min(read<std::int32_t>(at) & 0x7fffffff, kOneBits);
}

struct CodeF32High {
  std::int64_t operator()(const std::uint8_t* at) const { return unit_bits(at) >> kLowBits; }
};

// The product is exact: 24 bits times at most 17.
std::int64_t unit_bin(float value, std::int64_t bins) {
  return std::min(static_cast<std::int64_t>(static_cast<double>(value) * static_cast<double>(bins)),
                  bins - 1);
}

struct BinF32 {
  std::int64_t bins;
  std::int64_t operator()(const std::uint8_t* at) const {
    return unit_bin(pixel::float_of(unit_bits(at)), bins);
  }
};

// Weights of a byte mask are integers. One addition counts the pixel (upper half) and its weight (lower
// half): 2^24 * 255 < 2^32.
constexpr std::int64_t kMostPixelsOfPart = std::int64_t{1} << 24;

struct ByteCell {
  std::uint64_t counts = 0;

  static ByteCell of(const std::uint8_t* mask) { return {std::uint64_t{1} << 32 | *mask}; }
  void add(ByteCell other) { counts += other.counts; }
  double inside() const { return static_cast<double>(counts & 0xffffffffu); }
  double outside(double full) const { return full * static_cast<double>(counts >> 32) - inside(); }
};

struct FloatCell {
  double weight = 0.0, rest = 0.0;

  static FloatCell of(const std::uint8_t* mask) {
    const double w = read<float>(mask);
    return {w, 1.0 - w};
  }
  void add(FloatCell other) {
    weight += other.weight;
    rest += other.rest;
  }
  double inside() const { return weight; }
  double outside(double) const { return rest; }
};

// Equal neighbours would wait for each other's sum, so small tables come in copies taken in turn.
constexpr std::int64_t kCopies = 4;
constexpr std::int64_t copies_of(std::int64_t bins) { return bins <= 256 ? kCopies : 1; }

// Rows in at most 64 parts of at most 2^24 pixels. Their tables stay below 32 MiB, or below a tenth of
// an image so large that it needs more parts.
struct Parts {
  std::int64_t rows, count;

  Parts(const ImageView& image, std::int64_t table_bytes) {
    constexpr std::int64_t kMemory = std::int64_t{1} << 25;
    const std::int64_t width = std::max<std::int64_t>(image.width, 1);
    const std::int64_t wanted =
        std::clamp<std::int64_t>(kMemory / table_bytes, 1, 64);
    const std::int64_t least = std::max<std::int64_t>(RowGroups::kPixels, table_bytes / 16);
    const std::int64_t pixels = std::max(least, (image.height * width + wanted - 1) / wanted);
    rows = std::max<std::int64_t>(std::min(pixels, kMostPixelsOfPart) / width, 1);
    count = (image.height + rows - 1) / rows;
  }
};

// Weights of codes in units of 1 / full of a pixel: integers where the mask is not float32.
struct Tally {
  std::int64_t bins;
  double full;
  std::vector<double> inside, outside;  // [3][bins]
};
