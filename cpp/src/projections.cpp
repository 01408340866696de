#include "harmonia/transfer/projections.hpp"

#include <cstring>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/pixel.hpp"

namespace harmonia {

// An axis scaled so that its dot product with a colour, plus the offset, counts nodes; and the axis
// to move along: a, b, c, offset, back (3), unused.
constexpr std::int64_t kAxisFloats = 8;

struct ProjectionTables {
  std::int64_t steps, per_step, stride;
  float last;          // the last node
  const float* axes;   // [steps][per_step][kAxisFloats]
  const float* moves;  // [steps][per_step][stride]; stride is nodes + 1: pairs end beyond the last
};

}  // namespace harmonia

#define HARMONIA_INL "projections.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

struct Tables {
  std::vector<float> axes, moves;
  ProjectionTables view;

  explicit Tables(const Projections& from) {
    const std::int64_t all = from.steps * from.axes;
    axes.resize(static_cast<std::size_t>(all * kAxisFloats));
    const double share = 3.0 / static_cast<double>(from.axes);
    for (std::int64_t k = 0; k < all; ++k) {
      const double* const direction = from.directions.data() + 3 * k;
      const double* const range = from.ranges.data() + 2 * k;
      const double scale = static_cast<double>(from.nodes - 1) / (range[1] - range[0]);
      float* const to = axes.data() + kAxisFloats * k;
      for (int c = 0; c < 3; ++c) {
        to[c] = static_cast<float>(direction[c] * scale);
        to[4 + c] = static_cast<float>(direction[c] * share);
      }
      to[3] = static_cast<float>(-range[0] * scale);
      const float* const first = from.moves.data() + k * from.nodes;
      moves.insert(moves.end(), first, first + from.nodes);
      moves.push_back(first[from.nodes - 1]);
    }
    view = {from.steps,  from.axes,   from.nodes + 1, static_cast<float>(from.nodes - 1),
            axes.data(), moves.data()};
  }
};

}  // namespace

void projections_transfer(const ImageView& image, const MaskView& mask, float strength,
                          const Projections& projections, const MutableImageView& out) {
  const Tables tables(projections);
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(projections_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, strength, tables.view, out, groups.begin(group), groups.end(group));
  });
}

void projected_colors(const ImageView& image, const MaskView& mask, const Projections& projections,
                      const MutableImageView& out) {
  const Tables tables(projections);
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(projected_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, tables.view, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
