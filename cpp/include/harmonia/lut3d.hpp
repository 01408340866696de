// 3D tables of colours: prepared once, applied to the masked part of an image in one pass.
#pragma once

#include <cstdint>
#include <memory>

#include "harmonia/image.hpp"
#include "harmonia/not_finite.hpp"

namespace harmonia {

constexpr int kFewestLutNodes = 2, kMostLutNodes = 129;  // along an axis

enum class Interpolation { trilinear, tetrahedral };

// What a colour beyond the table's box gets: the value on the box, or the border cell continued.
enum class OutOfRange { clamp, extrapolate };

// A table as its owner holds it. Node (r, g, b) stands for the colour low + (high - low) * r /
// (size - 1) along red, and so on. A shaper, where there is one, is a curve a channel that colours
// go through before: node i of n stands for shaper_low + (shaper_high - shaper_low) * i / (n - 1).
struct LutSource {
  const float* nodes;    // [size[0]][size[1]][size[2]][3], red slowest
  std::int64_t size[3];  // nodes along red, green and blue
  float low[3], high[3];
  const float* shaper = nullptr;  // [shaper_size][3]
  std::int64_t shaper_size = 0;
  float shaper_low[3] = {0, 0, 0}, shaper_high[3] = {1, 1, 1};
};

// A table as the kernels read it. Immutable, and free to share between threads.
class Lut3d {
 public:
  struct Table;

  // Copies what it needs. Throws std::invalid_argument for sizes beyond the limits.
  explicit Lut3d(const LutSource& source);

  const Table& table() const { return *table_; }

 private:
  std::shared_ptr<const Table> table_;
};

// out = w * lut(image) + (1 - w) * image, w the mask times strength. Bytes where w = 0 stay.
// Integer images are held within their range; floats keep what the table says. Throws NotFinite
// where a float with weight is none; `out` is then written in part.
void apply_lut3d(const ImageView& image, const MaskView& mask, float strength, const Lut3d& lut,
                 Interpolation interpolation, OutOfRange out_of_range, const MutableImageView& out);

}  // namespace harmonia
