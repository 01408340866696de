#include "harmonia/lut_grid.hpp"

#include <cstring>
#include <vector>

#include "block.hpp"
#include "float_lanes.hpp"
#include "grid_columns.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/lut3d.hpp"

namespace harmonia {

// As the loops read it. Steps are in floats.
struct LutLattice {
  const float* nodes;  // [y][x][r][g][b] R G B 0: a node is one load
  std::int64_t height, width;
  std::int32_t size[3];
  std::int32_t red_step, green_step;
  std::int64_t table_step;
};

struct LutGrid::Tables {
  LutLattice lattice;
  std::vector<float> nodes;
};

}  // namespace harmonia

#define HARMONIA_INL "lut_grid.inl"
#include "foreach_isa.hpp"

namespace harmonia {
LutGrid::LutGrid(const LutGridSource& source) {
  check_lut_grid(source);
  auto tables = std::make_shared<Tables>();
  LutLattice& lattice = tables->lattice;
  lattice.height = source.height;
  lattice.width = source.width;
  for (int c = 0; c < 3; ++c) lattice.size[c] = static_cast<std::int32_t>(source.size[c]);
  lattice.green_step = lattice.size[2] * 4;
  lattice.red_step = lattice.size[1] * lattice.green_step;
  lattice.table_step = std::int64_t{lattice.size[0]} * lattice.red_step;
  const std::int64_t floats = source.height * source.width * lattice.table_step;
  tables->nodes.resize(static_cast<std::size_t>(floats));
  for (std::int64_t i = 0; i < floats / 4; ++i) {
    for (int c = 0; c < 3; ++c) tables->nodes[i * 4 + c] = source.nodes[i * 3 + c];
  }
  lattice.nodes = tables->nodes.data();
  tables_ = std::move(tables);
}

void apply_lut_grid(const ImageView& image, const MaskView& mask, float strength,
                    const LutGrid& grid, Interpolation interpolation, OutOfRange out_of_range,
                    const MutableImageView& out) {
  const LutLattice& lattice = grid.tables().lattice;
  const GridColumnTable columns(image.width, lattice.width);
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(lut_grid_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, strength, lattice, columns.view(), interpolation, out_of_range, out,
         groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
