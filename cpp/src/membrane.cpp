#include "harmonia/membrane.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "harmonia/parallel.hpp"
#include "isa_targets.hpp"

#define HARMONIA_INL "membrane.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

constexpr double kEnergy = 2.5e-12;
// Some ten steps do; this is for pieces that hang on a thread.
constexpr int kMostSteps = 200;

// Groups four times the usual: each recomputes two rows of its neighbours.
RowGroups groups_of(std::int64_t height, std::int64_t width) {
  return RowGroups(height, (width + 3) / 4);
}

template <class Rows>
double sum_over(const MembraneGrid& grid, Rows rows) {
  const RowGroups groups = groups_of(grid.height, grid.width);
  std::vector<double> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](std::int64_t group) {
    parts[static_cast<std::size_t>(group)] = rows(groups.begin(group), groups.end(group));
  });
  double total = 0.0;
  for (const double part : parts) total += part;
  return total;
}

// What holds the cells of a grid: the edges that lead up, down, left and right to the outside.
using Holds = std::array<std::vector<float>, 4>;

// An edge of conductance h from the middle of a cell to the outside, as seen from the middle of the
// coarse cell around: that lies half a cell farther from it where the cell is the near one of two,
// and half a cell nearer where it is the far one.
float seen_from_farther(float h) { return 2.0f * h / (2.0f + h); }
float seen_from_nearer(float h) { return h < 1.0f ? 2.0f * h / (2.0f - h) : 2.0f * h; }

Holds holds_of(const MembraneGrid& grid, FreeSides free) {
  Holds holds;
  for (auto& plane : holds) plane.resize(grid.size());
  const auto pitch = static_cast<std::size_t>(grid.pitch);
  const RowGroups groups(grid.height, grid.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < grid.width; ++x) {
        const std::size_t at = grid.at(y, x);
        if (grid.inverse[at] == 0.0f) continue;
        const bool empty[4] = {grid.inverse[at - pitch] == 0.0f, grid.inverse[at + pitch] == 0.0f,
                               (x == 0 ? 0.0f : grid.inverse[at - 1]) == 0.0f,
                               grid.inverse[at + 1] == 0.0f};
        const bool rim[4] = {y == 0 && free.top, y == grid.height - 1 && free.bottom,
                             x == 0 && free.left, x == grid.width - 1 && free.right};
        int sides = 0, leads = 0;
        for (int i = 0; i < 4; ++i) sides += empty[i], leads += empty[i] && !rim[i];
        const float hold = 4.0f - grid.slack[at] - static_cast<float>(4 - sides);
        for (std::size_t i = 0; i < 4; ++i) {
          if (leads == 0) {
            holds[i][at] = 0.25f * hold;
          } else if (empty[i] && !rim[i]) {
            holds[i][at] = hold / static_cast<float>(leads);
          }
        }
      }
    }
  });
  return holds;
}

// `holds` are those of the fine grid and become those of the coarse one.
MembraneGrid coarsened(const MembraneGrid& fine, bool finest, Holds& holds) {
  MembraneGrid coarse((fine.height + 1) / 2, (fine.width + 1) / 2);
  for (auto* plane : {&coarse.inverse, &coarse.hold, &coarse.across, &coarse.down}) {
    plane->resize(coarse.size());
  }
  Holds seen;
  for (auto& plane : seen) plane.resize(coarse.size());
  const RowGroups groups(coarse.height, fine.width * 2);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < coarse.width; ++x) {
        float across = 0.0f, down = 0.0f;
        float sum[4] = {};
        bool cell = false;
        for (std::int64_t j = 0; j < 2; ++j) {
          for (std::int64_t i = 0; i < 2; ++i) {
            const std::int64_t fy = 2 * y + j, fx = 2 * x + i;
            if (fy >= fine.height || fx >= fine.width) continue;
            const std::size_t at = fine.at(fy, fx);
            if (fine.inverse[at] == 0.0f) continue;
            cell = true;
            const bool nearest[4] = {j == 0, j == 1, i == 0, i == 1};
            for (std::size_t k = 0; k < 4; ++k) {
              const float h = holds[k][at];
              sum[k] += nearest[k] ? seen_from_farther(h) : seen_from_nearer(h);
            }
            if (finest) {
              const auto pitch = static_cast<std::size_t>(fine.pitch);
              if (i == 1 && fine.inverse[at + 1] != 0.0f) across += 1.0f;
              if (j == 1 && fine.inverse[at + pitch] != 0.0f) down += 1.0f;
            } else {
              if (i == 1) across += fine.across[at];
              if (j == 1) down += fine.down[at];
            }
          }
        }
        if (!cell) continue;
        const std::size_t to = coarse.at(y, x);
        // Edges side by side add up; twice as long, they conduct half as well.
        coarse.across[to] = 0.5f * across;
        coarse.down[to] = 0.5f * down;
        for (std::size_t k = 0; k < 4; ++k) {
          seen[k][to] = sum[k];
          coarse.hold[to] += sum[k];
        }
        coarse.inverse[to] = 1.0f;
      }
    }
  });
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < coarse.width; ++x) {
        const std::size_t at = coarse.at(y, x), pitch = static_cast<std::size_t>(coarse.pitch);
        const float diagonal = coarse.hold[at] + coarse.across[at] + coarse.across[at - 1] +
                               coarse.down[at] + coarse.down[at - pitch];
        coarse.inverse[at] = diagonal > 0.0f ? 1.0f / diagonal : 0.0f;
      }
    }
  });
  holds = std::move(seen);
  return coarse;
}

// Room for the rows in flight; the loops write before they read.
std::unique_ptr<float[]> scratch_for(const MembraneGrid& grid) {
  return std::unique_ptr<float[]>(new float[static_cast<std::size_t>(8 * (grid.pitch + 16))]);
}

}  // namespace

MembraneGrid::MembraneGrid(std::int64_t rows, std::int64_t columns)
    : height(rows), width(columns), pitch((columns + 1 + 15) & ~std::int64_t{15}) {}

Membrane::Membrane(const std::uint8_t* inside, std::int64_t height, std::int64_t width,
                   const std::vector<float>& hold, FreeSides free)
    : free_(free) {
  MembraneGrid finest(height, width);
  finest.inverse.resize(finest.size());
  finest.slack.resize(finest.size());
  const auto cell = [&](std::int64_t y, std::int64_t x) {
    return y >= 0 && y < height && x >= 0 && x < width && inside[y * width + x] != 0;
  };
  const RowGroups groups(height, width);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        if (!cell(y, x)) continue;
        const std::size_t at = finest.at(y, x);
        const int neighbours = cell(y - 1, x) + cell(y + 1, x) + cell(y, x - 1) + cell(y, x + 1);
        const float diagonal = hold[at] + static_cast<float>(neighbours);
        finest.slack[at] = 4.0f - diagonal;
        finest.inverse[at] = diagonal > 0.0f ? 1.0f / diagonal : 0.0f;
      }
    }
  });
  grids_.push_back(std::move(finest));
  Holds holds = holds_of(grids_.front(), free);
  while (grids_.back().height > 1 || grids_.back().width > 1) {
    grids_.push_back(coarsened(grids_.back(), grids_.size() == 1, holds));
  }
  for (std::size_t i = 1; i < grids_.size(); ++i) {
    rights_.emplace_back(grids_[i].size());
    answers_.emplace_back(grids_[i].size());
  }
}

// z = M r, returns r . z
double Membrane::precondition(const std::vector<float>& r, std::vector<float>& z) {
  const auto restrict_rows = HARMONIA_PICK(restrict_rows);
  const auto prolong_rows = HARMONIA_PICK(prolong_rows);
  const std::size_t last = grids_.size() - 1;
  const auto right = [&](std::size_t i) -> const float* {
    return i == 0 ? r.data() : rights_[i - 1].data();
  };
  const auto answer = [&](std::size_t i) -> float* {
    return i == 0 ? z.data() : answers_[i - 1].data();
  };
  for (std::size_t i = 0; i < last; ++i) {
    const MembraneGrid &fine = grids_[i], &coarse = grids_[i + 1];
    const RowGroups groups = groups_of(coarse.height, 2 * fine.width);
    parallel_for(groups.count, [&](std::int64_t group) {
      auto scratch = scratch_for(fine);
      restrict_rows(fine, i == 0, free_, right(i), coarse, rights_[i].data(), scratch.get(),
                    groups.begin(group), groups.end(group));
    });
  }
  const MembraneGrid& smallest = grids_[last];
  const std::size_t only = smallest.at(0, 0);
  answer(last)[only] = smallest.inverse[only] * right(last)[only];
  double dot = static_cast<double>(answer(last)[only]) * static_cast<double>(right(last)[only]);
  for (std::size_t i = last; i-- > 0;) {
    const MembraneGrid &fine = grids_[i], &coarse = grids_[i + 1];
    dot = sum_over(fine, [&](std::int64_t begin, std::int64_t end) {
      auto scratch = scratch_for(fine);
      return prolong_rows(fine, i == 0, free_, right(i), coarse, answer(i + 1), answer(i),
                          scratch.get(), begin, end);
    });
  }
  return dot;
}

int Membrane::solve(std::vector<float>& pull, std::vector<float>& e) {
  const MembraneGrid& grid = grids_.front();
  const auto turn_rows = HARMONIA_PICK(turn_rows);
  const auto energy_rows = HARMONIA_PICK(energy_rows);
  const auto step_rows = HARMONIA_PICK(step_rows);
  std::vector<float>& r = pull;
  std::vector<float> z(grid.size()), p(grid.size());
  e.assign(grid.size(), 0.0f);
  double before = 0.0;
  for (int step = 0; step < kMostSteps; ++step) {
    const double now = precondition(r, z);
    if (!(now > kEnergy)) return step;
    const auto factor = static_cast<float>(step == 0 ? 0.0 : now / before);
    before = now;
    sum_over(grid, [&](std::int64_t begin, std::int64_t end) {
      turn_rows(grid, z.data(), factor, p.data(), begin, end);
      return 0.0;
    });
    const double energy = sum_over(grid, [&](std::int64_t begin, std::int64_t end) {
      auto scratch = scratch_for(grid);
      return energy_rows(grid, p.data(), scratch.get(), begin, end);
    });
    if (!(energy > 0.0)) return step;
    const auto length = static_cast<float>(now / energy);
    sum_over(grid, [&](std::int64_t begin, std::int64_t end) {
      auto scratch = scratch_for(grid);
      step_rows(grid, p.data(), length, e.data(), r.data(), scratch.get(), begin, end);
      return 0.0;
    });
  }
  return kMostSteps;
}

int membrane(const std::uint8_t* inside, std::int64_t height, std::int64_t width, const float* hold,
             const float* pull, FreeSides free, float* e) {
  const MembraneGrid grid(height, width);
  std::vector<float> held(grid.size()), right(grid.size()), answer;
  for (std::int64_t y = 0; y < height; ++y) {
    std::copy_n(hold + y * width, width, &held[grid.at(y, 0)]);
    std::copy_n(pull + y * width, width, &right[grid.at(y, 0)]);
  }
  const int steps = Membrane(inside, height, width, held, free).solve(right, answer);
  for (std::int64_t y = 0; y < height; ++y) {
    std::copy_n(&answer[grid.at(y, 0)], width, e + y * width);
  }
  return steps;
}

}  // namespace harmonia
