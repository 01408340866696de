#include "harmonia/affine_grid.hpp"

#include <cstring>
#include <vector>

#include "block.hpp"
#include "float_lanes.hpp"
#include "grid_columns.hpp"
#include "harmonia/parallel.hpp"

namespace harmonia {

// Four columns that colours are multiplied with, of three channels and one unused. They fill a line
// of the cache, and lie as [height][width][depth], so that a row of the grid lies together.
constexpr int kMapFloats = 16;
struct alignas(64) PaddedMap {
  float values[kMapFloats];
};

// As the loops read it.
struct AffineLattice {
  const float* maps;
  std::int64_t height, width, depth;

  std::int64_t row() const { return width * depth * kMapFloats; }
};

}  // namespace harmonia

#define HARMONIA_INL "affine_grid.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

std::vector<PaddedMap> in_columns(const AffineGrid& grid) {
  const std::int64_t cells = grid.height * grid.width;
  std::vector<PaddedMap> maps(static_cast<std::size_t>(cells * grid.depth));
  const float* from = grid.maps;
  for (std::int64_t d = 0; d < grid.depth; ++d) {
    for (std::int64_t cell = 0; cell < cells; ++cell, from += 12) {
      float* const to = maps[cell * grid.depth + d].values;
      for (int k = 0; k < 12; ++k) to[k % 4 * 4 + k / 4] = from[k];
    }
  }
  return maps;
}

}  // namespace

void apply_affine_grid(const ImageView& image, const MaskView& mask, float strength,
                       const AffineGrid& grid, const GuideView& guide,
                       const MutableImageView& out) {
  check_affine_grid(grid);
  const std::vector<PaddedMap> maps = in_columns(grid);
  const AffineLattice lattice{maps.data()->values, grid.height, grid.width, grid.depth};
  const GridColumnTable columns(image.width, grid.width);
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(affine_grid_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    std::vector<PaddedMap> row(static_cast<std::size_t>(grid.width * grid.depth * 5));
    rows(image, mask, strength, lattice, columns.view(), guide, row.data()->values, out,
         groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
