#include "harmonia/affine_planes.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "block.hpp"
#include "float_lanes.hpp"
#include "harmonia/parallel.hpp"

namespace harmonia {

// Four columns that colours are multiplied with, a channel each, the last one the offset. The
// fourth value of that is the share. They fill a line of the cache.
constexpr int kMapFloats = 16;
struct alignas(64) PaddedMap {
  float values[kMapFloats];
};

constexpr int kTaps = 4;
constexpr int kBeside = 2;  // values that taps reach beyond a border

// Where a pixel of the large picture lies: its taps begin at place `first`, of places that begin
// kBeside before those of the small picture.
struct CubicStep {
  std::int64_t first;
  float weights[kTaps];
};

// As the loops read it.
struct AffineCells {
  const float* maps;  // [height][width][kMapFloats]
  const CubicStep* rows;
  const CubicStep* columns;
  std::int64_t height, width;
  bool shared;
};

}  // namespace harmonia

#define HARMONIA_INL "affine_planes.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

// Pixel `at` of `size` among `cells`: (at + 1/2) cells / size - 1/2, counted in 2 size-ths, so that
// only the fraction is rounded.
CubicStep cubic_step(std::int64_t at, std::int64_t size, std::int64_t cells) {
  constexpr float a = -0.75f;
  const std::int64_t whole = 2 * size;
  const std::int64_t place = (2 * at + 1) * cells - size + whole;  // not negative
  const std::int64_t index = place / whole - 1;
  const float t =
      static_cast<float>(static_cast<double>(place % whole) / static_cast<double>(whole));
  const auto near = [](float x) { return ((a + 2.0f) * x - (a + 3.0f)) * x * x + 1.0f; };
  const auto far = [](float x) { return ((a * x - 5.0f * a) * x + 8.0f * a) * x - 4.0f * a; };
  return {index - 1 + kBeside, {far(t + 1.0f), near(t), near(1.0f - t), far(2.0f - t)}};
}

// Loops run over whole groups of lanes, so there are as many steps more.
std::vector<CubicStep> cubic_steps(std::int64_t size, std::int64_t cells) {
  std::vector<CubicStep> steps(static_cast<std::size_t>(size + kLanes));
  for (std::int64_t at = 0; at < size; ++at) steps[at] = cubic_step(at, size, cells);
  return steps;
}

std::vector<PaddedMap> in_columns(const AffinePlanes& planes) {
  const std::int64_t cells = planes.height * planes.width;
  std::vector<PaddedMap> maps(static_cast<std::size_t>(cells));
  for (int k = 0; k < planes.count; ++k) {
    const float* const from = planes.values + k * cells;
    const int at = k < 9 ? k % 3 * 4 + k / 3 : 3 + k;
    for (std::int64_t cell = 0; cell < cells; ++cell) maps[cell].values[at] = from[cell];
  }
  return maps;
}

void check(const AffinePlanes& planes) {
  if (planes.count != 12 && planes.count != 13) {
    throw std::invalid_argument("maps have 12 planes, or 13 with a share, got " +
                                std::to_string(planes.count));
  }
  for (const std::int64_t side : {planes.height, planes.width}) {
    if (side < 1 || side > kMostPlaneSide) {
      throw std::invalid_argument("planes have sides from 1 to " + std::to_string(kMostPlaneSide) +
                                  ", got " + std::to_string(side));
    }
  }
}

}  // namespace

void apply_affine_planes(const ImageView& image, const MaskView& mask, float strength,
                         const AffinePlanes& planes, const MutableImageView& out) {
  check(planes);
  const std::vector<PaddedMap> maps = in_columns(planes);
  const std::vector<CubicStep> rows = cubic_steps(image.height, planes.height);
  const std::vector<CubicStep> columns = cubic_steps(image.width, planes.width);
  const AffineCells cells{maps.data()->values, rows.data(),  columns.data(),
                          planes.height,       planes.width, planes.count == 13};
  const RowGroups groups(image.height, image.width);
  const auto loop = HARMONIA_PICK(affine_plane_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    std::vector<PaddedMap> row(static_cast<std::size_t>(planes.width + 2 * kBeside));
    loop(image, mask, strength, cells, row.data()->values, out, groups.begin(group),
         groups.end(group));
  });
}

}  // namespace harmonia
