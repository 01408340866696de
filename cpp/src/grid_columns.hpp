// Where the columns of a picture lie among the cells of a grid, for the kernels that slice grids.
#pragma once

#include <cstdint>
#include <vector>

#include "block.hpp"
#include "harmonia/pixel/grid.hpp"

namespace harmonia {

// As the loops read it.
struct GridColumns {
  const std::int32_t* index;
  const std::int32_t* next;
  const float* fraction;
};

// Loops run over whole groups of lanes, so there are as many columns more, at cell 0.
class GridColumnTable {
 public:
  GridColumnTable(std::int64_t width, std::int64_t cells)
      : index_(static_cast<std::size_t>(width + kLanes)), next_(index_), fraction_(index_.size()) {
    for (std::int64_t x = 0; x < width; ++x) {
      const pixel::GridStep step = pixel::grid_step(x, width, cells);
      index_[x] = step.index, next_[x] = step.next, fraction_[x] = step.fraction;
    }
  }

  GridColumns view() const { return {index_.data(), next_.data(), fraction_.data()}; }

 private:
  std::vector<std::int32_t> index_, next_;
  std::vector<float> fraction_;
};

}  // namespace harmonia
