// A coarse grid of affine maps of colour over guide value, rows and columns of a picture (a
// bilateral grid), sliced at every pixel and applied there in one pass.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "harmonia/image.hpp"

namespace harmonia {

constexpr std::int64_t kMostGridCells = 1024;  // down or across a picture
constexpr std::int64_t kMostGuideCells = 256;

// Owned by the caller. Row c of a map holds what red, green and blue count for channel c, and an
// offset.
struct AffineGrid {
  const float* maps;  // [depth][height][width][3][4]
  std::int64_t depth, height, width;
};

// Throws std::invalid_argument.
inline void check_grid_cells(std::int64_t cells, std::int64_t most, const char* along) {
  if (cells < 1 || cells > most) {
    throw std::invalid_argument("a grid has from 1 to " + std::to_string(most) + " cells " + along +
                                ", got " + std::to_string(cells));
  }
}

inline void check_affine_grid(const AffineGrid& grid) {
  check_grid_cells(grid.depth, kMostGuideCells, "of guide values");
  check_grid_cells(grid.height, kMostGridCells, "down the picture");
  check_grid_cells(grid.width, kMostGridCells, "across the picture");
}

// A value 0..1 a pixel. No data means the luminance of the picture.
struct GuideView {
  const std::uint8_t* data = nullptr;  // float32
  std::int64_t row_stride = 0, pixel_stride = 0;

  const std::uint8_t* at(std::int64_t y, std::int64_t x) const {
    return data + y * row_stride + x * pixel_stride;
  }
};

// out = w * map(image) + (1 - w) * image, w the mask times strength, map the grid between its cells
// at (guide, y, x) as pixel/grid.hpp places them. Bytes where w = 0 stay. Integer images are held
// within their range; floats keep what the maps say.
void apply_affine_grid(const ImageView& image, const MaskView& mask, float strength,
                       const AffineGrid& grid, const GuideView& guide, const MutableImageView& out);

}  // namespace harmonia
