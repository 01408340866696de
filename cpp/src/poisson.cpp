#include "harmonia/transfer/poisson.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "block.hpp"
#include "harmonia/membrane.hpp"
#include "harmonia/parallel.hpp"
#include "seam.hpp"
#include "seam_jump.hpp"

namespace harmonia {
namespace {

using seam::Index;

void copy_rows(const ImageView& image, const MutableImageView& out) {
  const auto copy = HARMONIA_PICK(copy);
  const RowGroups groups(image.height, image.width);
  parallel_for(groups.count, [&](Index group) {
    for (Index y = groups.begin(group); y < groups.end(group); ++y) {
      for (Index x = 0; x < image.width; x += kBlock) {
        copy(image, out, y, x, static_cast<int>(std::min<Index>(image.width - x, kBlock)));
      }
    }
  });
}

void blend_rows(const ImageView& image, const MaskView& mask, float strength, const Bounds& box,
                const MembraneGrid& grid, const std::array<std::vector<float>, 3>& e,
                const MutableImageView& out) {
  const auto load = HARMONIA_PICK(load);
  const auto load_mask = HARMONIA_PICK(load_mask);
  const auto store_blend = HARMONIA_PICK(store_blend);
  const auto copy = HARMONIA_PICK(copy);
  const auto copy_alpha = HARMONIA_PICK(copy_alpha);
  const RowGroups groups(image.height, image.width);
  parallel_for(groups.count, [&](Index group) {
    Block old, fresh;
    Weights weights;
    for (Index y = groups.begin(group); y < groups.end(group); ++y) {
      for (Index x = 0; x < image.width; x += kBlock) {
        const int n = static_cast<int>(std::min<Index>(image.width - x, kBlock));
        if (load_mask(mask, y, x, n, strength, weights) == Cover::none) {
          copy(image, out, y, x, n);
          continue;
        }
        load(image, y, x, n, old);
        fresh = old;
        const Index begin = std::max(x, box.left), end = std::min(x + n, box.right);
        const std::size_t at = grid.at(y - box.top, begin - box.left);
        float* const planes[3] = {fresh.x, fresh.y, fresh.z};
        for (std::size_t c = 0; c < 3; ++c) {
          const float* const change = &e[c][at];
          float* const to = planes[c] + (begin - x);
          for (Index i = 0; i < end - begin; ++i) to[i] += change[i];
        }
        store_blend(fresh, old, weights, out, y, x, n);
        copy_alpha(image, out, y, x, n);
      }
    }
  });
}

}  // namespace

void poisson(const ImageView& image, const MaskView& mask, const PoissonReference* reference,
             int ring, float strength, const MutableImageView& out) {
  using namespace seam;
  const Reader reader;
  const Bounds box = mask_bounds(mask, image.height, image.width);
  if (box.empty()) return copy_rows(image, out);
  const Domain domain = domain_of(reader, image, mask, box);
  std::vector<Seam> edge = seam_of(domain, box, image, false);
  const bool at_rim = edge.empty() && reference != nullptr;
  if (at_rim) edge = seam_of(domain, box, image, true);
  if (edge.empty()) return copy_rows(image, out);

  const MembraneGrid grid(box.height(), box.width());
  const Discs discs = Discs::of(ring, domain, edge.size());
  const std::vector<Hold> holds = holds_of(reader, image, mask, reference, box, edge, discs, grid);
  std::vector<float> plane(grid.size());
  for (const Hold& hold : holds) plane[hold.at] = hold.edges;
  const FreeSides free{!at_rim && box.top == 0, !at_rim && box.bottom == image.height,
                       !at_rim && box.left == 0, !at_rim && box.right == image.width};
  Membrane membrane(domain.inside.data(), box.height(), box.width(), plane, free);
  std::array<std::vector<float>, 3> e;
  for (std::size_t c = 0; c < 3; ++c) {
    plane.assign(grid.size(), 0.0f);
    for (const Hold& hold : holds) plane[hold.at] = hold.edges * hold.value[c];
    membrane.solve(plane, e[c]);
  }
  blend_rows(image, mask, strength, box, grid, e, out);
}

}  // namespace harmonia
