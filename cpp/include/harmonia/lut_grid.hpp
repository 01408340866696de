// A coarse grid of 3D tables over rows and columns of a picture, looked up between tables at every
// pixel in one pass.
#pragma once

#include <cstdint>
#include <memory>

#include "harmonia/affine_grid.hpp"
#include "harmonia/image.hpp"
#include "harmonia/lut3d.hpp"

namespace harmonia {

// Tables as their owner holds them, each over 0..1 as a LutSource without shaper.
struct LutGridSource {
  const float* nodes;  // [height][width][size[0]][size[1]][size[2]][3], red slowest
  std::int64_t height, width;
  std::int64_t size[3];  // nodes along red, green and blue
};

// Throws std::invalid_argument.
inline void check_lut_grid(const LutGridSource& source) {
  check_grid_cells(source.height, kMostGridCells, "down the picture");
  check_grid_cells(source.width, kMostGridCells, "across the picture");
  for (const std::int64_t size : source.size) {
    if (size < kFewestLutNodes || size > kMostLutNodes) {
      throw std::invalid_argument("a LUT has from " + std::to_string(kFewestLutNodes) + " to " +
                                  std::to_string(kMostLutNodes) + " nodes along an axis, got " +
                                  std::to_string(size));
    }
  }
}

// Tables as the kernels read them. Immutable, and free to share between threads.
class LutGrid {
 public:
  struct Tables;

  // Copies what it needs. Throws std::invalid_argument for sizes beyond the limits.
  explicit LutGrid(const LutGridSource& source);

  const Tables& tables() const { return *tables_; }

 private:
  std::shared_ptr<const Tables> tables_;
};

// out = w * table(image) + (1 - w) * image, w the mask times strength, table the grid between its
// cells at (y, x) as pixel/grid.hpp places them. Bytes where w = 0 stay. Integer images are held
// within their range; floats keep what the tables say.
void apply_lut_grid(const ImageView& image, const MaskView& mask, float strength,
                    const LutGrid& grid, Interpolation interpolation, OutOfRange out_of_range,
                    const MutableImageView& out);

}  // namespace harmonia
