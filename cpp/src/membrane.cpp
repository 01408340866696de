#include "harmonia/membrane.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "harmonia/parallel.hpp"
#include "isa_targets.hpp"

#define HARMONIA_INL "membrane.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

constexpr double kEnergy = 2.5e-11;
// Seven to twelve steps do; this is for pieces that hang on a thread.
constexpr int kMostSteps = 200;
// A coarse cell's middle is farther from the outside than that of its cells: by half a cell in the
// long run, by a third where the outside is one cell away, not at all where it runs between them.
constexpr float kHoldShare = 0.85f;

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

MembraneGrid coarsened(const MembraneGrid& fine, bool finest) {
  MembraneGrid coarse((fine.height + 1) / 2, (fine.width + 1) / 2);
  for (auto* plane : {&coarse.inverse, &coarse.hold, &coarse.across, &coarse.down}) {
    plane->resize(coarse.size());
  }
  const RowGroups groups(coarse.height, fine.width * 2);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < coarse.width; ++x) {
        float hold = 0.0f, across = 0.0f, down = 0.0f;
        bool cell = false;
        for (std::int64_t j = 0; j < 2; ++j) {
          for (std::int64_t i = 0; i < 2; ++i) {
            const std::int64_t fy = 2 * y + j, fx = 2 * x + i;
            if (fy >= fine.height || fx >= fine.width) continue;
            const std::size_t at = fine.at(fy, fx);
            if (fine.inverse[at] == 0.0f) continue;
            cell = true;
            if (finest) {
              const auto pitch = static_cast<std::size_t>(fine.pitch);
              const bool right = fine.inverse[at + 1] != 0.0f,
                         below = fine.inverse[at + pitch] != 0.0f;
              const int neighbours = right + below + (fine.inverse[at - 1] != 0.0f) +
                                     (fine.inverse[at - pitch] != 0.0f);
              hold += 4.0f - fine.slack[at] - static_cast<float>(neighbours);
              if (i == 1 && right) across += 1.0f;
              if (j == 1 && below) down += 1.0f;
            } else {
              hold += fine.hold[at];
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
        coarse.hold[to] = std::max(kHoldShare * hold, 0.0f);
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
  while (grids_.back().height > 1 || grids_.back().width > 1) {
    grids_.push_back(coarsened(grids_.back(), grids_.size() == 1));
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
