// What histograms are made of: cells that sum weights, and the parts that have tables of their own.
#pragma once

#include <algorithm>

#include "harmonia/image.hpp"
#include "harmonia/parallel.hpp"

namespace harmonia {

// Weights of a byte mask are integers. One addition counts the pixel (upper half) and its weight
// (lower half): 2^24 * 255 < 2^32.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 24;

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
    const double w = *reinterpret_cast<const float*>(mask);
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

// The pixels, row by row, in parts of at most 2^24. There are few enough that their tables stay
// below 16 MiB, or small beside an image that needs more parts.
struct Parts {
  std::int64_t pixels, size, count;

  Parts(const ImageView& image, std::int64_t table_bytes) : pixels(image.height * image.width) {
    constexpr std::int64_t kMemory = std::int64_t{1} << 24;
    const std::int64_t wanted = std::clamp<std::int64_t>(kMemory / table_bytes, 1, 64);
    const std::int64_t least = std::max(RowGroups::kPixels, table_bytes / 4);
    size = std::clamp((pixels + wanted - 1) / wanted, least, kMostPixels);
    count = (pixels + size - 1) / size;
  }

  std::int64_t begin(std::int64_t part) const { return part * size; }
  std::int64_t end(std::int64_t part) const { return std::min(begin(part) + size, pixels); }
};

}  // namespace harmonia
