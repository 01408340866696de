#include "harmonia/lut3d_gradient.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "block.hpp"
#include "float_lanes.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/lut3d_gradient.hpp"
#include "lut3d_table.hpp"

#define HARMONIA_INL "lut3d_gradient.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

constexpr std::int64_t kMostParts = 16;

// Parts of an image that each sum into a table of their own. They follow from the size of the image
// and the table alone. A part has twice as many pixels as the table nodes, so that clearing and
// joining the tables stays small beside filling them, and they take 16 bytes a pixel at most.
std::int64_t parts_of(std::int64_t pixels, std::int64_t nodes, std::int64_t groups) {
  std::int64_t parts = 1;
  while (2 * parts <= std::min(kMostParts, groups) && 4 * parts * nodes <= pixels) parts *= 2;
  return parts;
}

// From four sums a node in each part to three floats a node.
void join(const double* sums, std::int64_t parts, std::int64_t nodes, float* to) {
  constexpr std::int64_t kChunk = 4096;
  parallel_for((nodes + kChunk - 1) / kChunk, [&](std::int64_t chunk) {
    const std::int64_t end = std::min(nodes, (chunk + 1) * kChunk);
    for (std::int64_t i = chunk * kChunk; i < end; ++i) {
      for (int c = 0; c < 3; ++c) {
        double total = 0.0;
        for (std::int64_t part = 0; part < parts; ++part) {
          total += sums[(part * nodes + i) * 4 + c];
        }
        to[i * 3 + c] = static_cast<float>(total);
      }
    }
  });
}

}  // namespace

void lut3d_gradient(const ImageView& image, const MaskView& mask, const Lut3d& lut,
                    Interpolation interpolation, OutOfRange out_of_range, const ImageView& gradient,
                    const Lut3dGradients& out) {
  const Lut3d::Table& table = lut.table();
  if (!table.shaper.empty()) {
    throw std::invalid_argument("there is no gradient through the shaper of a LUT");
  }
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(lut3d_gradient_rows);
  const auto run = [&](double* sums, std::int64_t group) {
    rows(image, mask, table, interpolation, out_of_range, gradient, out, sums, groups.begin(group),
         groups.end(group));
  };
  if (out.nodes == nullptr) {
    parallel_for(groups.count, [&](std::int64_t group) { run(nullptr, group); });
    return;
  }
  for (int c = 0; c < 3; ++c) {
    if (out.size[c] != table.size[c]) {
      throw std::invalid_argument("the gradient of a LUT must have as many nodes as the LUT");
    }
  }
  const std::int64_t nodes = std::int64_t{table.size[0]} * table.size[1] * table.size[2];
  const std::int64_t parts = parts_of(image.height * image.width, nodes, groups.count);
  // Cleared by the thread that fills it.
  const std::unique_ptr<double[]> sums(new double[static_cast<std::size_t>(parts * nodes * 4)]);
  parallel_for(parts, [&](std::int64_t part) {
    double* const own = sums.get() + part * nodes * 4;
    std::fill_n(own, nodes * 4, 0.0);
    for (std::int64_t group = groups.count * part / parts;
         group < groups.count * (part + 1) / parts; ++group) {
      run(own, group);
    }
  });
  join(sums.get(), parts, nodes, out.nodes);
}

}  // namespace harmonia
