// A coarse grid of affine maps of colour over guide value, rows and columns of a picture (a
// bilateral grid), sliced at every pixel and applied there in one pass.
#pragma once

#include <cstdint>

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
