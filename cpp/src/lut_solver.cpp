#include "lut_solver.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "harmonia/lut3d.hpp"
#include "harmonia/parallel.hpp"
#include "isa_targets.hpp"

#define HARMONIA_INL "lut_solver.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

constexpr int kCoarsest = 5;

// The polynomial damps eigenvalues from 1 / kSpread on: a wave that the coarser grid cannot hold
// bends at least 4 / 144 as much as the shortest one, along one axis.
constexpr double kSpread = 25.0;
constexpr int kDegree = 4;

// The error of a node is at most the root of the error's energy times what it takes to move that
// node alone by 1, about the smoothness: this is below a hundredth of an 8-bit level.
constexpr double kTolerance = 2e-5;
constexpr int kMostSteps = 500;

// Groups of slabs of about two thousand nodes, three channels each.
template <class Slabs>
void for_slabs(const FitLattice& grid, Slabs slabs) {
  const std::int64_t n = grid.nodes, size = std::max<std::int64_t>(1, 2048 / (n * n));
  parallel_for((n + size - 1) / size, [&](std::int64_t group) {
    slabs(group, group * size, std::min((group + 1) * size, n));
  });
}

// The factors of the steps of a Chebyshev polynomial: d = scale * inverse * r first, and then
// d = keep * d + scale * inverse * r.
struct Chebyshev {
  double first, keep[kDegree], scale[kDegree];

  Chebyshev() {
    const double middle = 0.5 * (1.0 + 1.0 / kSpread), half = 0.5 * (1.0 - 1.0 / kSpread);
    const double ratio = middle / half;
    double previous = 1.0 / ratio;
    first = 1.0 / middle;
    for (int k = 0; k < kDegree; ++k) {
      const double factor = 1.0 / (2.0 * ratio - previous);
      keep[k] = factor * previous;
      scale[k] = 2.0 * factor / half;
      previous = factor;
    }
  }
};

}  // namespace

double dot(const FitLattice& grid, const Field& a, const Field& b) {
  const auto slabs = HARMONIA_PICK(dot_slabs);
  const FitLatticeView view = grid.view();
  std::vector<double> parts(static_cast<std::size_t>(grid.nodes));
  for_slabs(grid, [&](std::int64_t group, std::int64_t begin, std::int64_t end) {
    parts[static_cast<std::size_t>(group)] = slabs(view, a.data(), b.data(), begin, end);
  });
  double sum = 0.0;
  for (const double part : parts) sum += part;
  return sum;
}

void turn(const FitLattice& grid, const Field& x, double factor, Field& y) {
  const auto slabs = HARMONIA_PICK(turn_slabs);
  const FitLatticeView view = grid.view();
  for_slabs(grid, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    slabs(view, x.data(), factor, y.data(), begin, end);
  });
}

void add(const FitLattice& grid, const Field& x, double factor, Field& y) {
  const auto slabs = HARMONIA_PICK(add_slabs);
  const FitLatticeView view = grid.view();
  for_slabs(grid, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    slabs(view, x.data(), factor, y.data(), begin, end);
  });
}

LutSolver::Level::Level(FitLattice nodes)
    : grid(std::move(nodes)),
      right(grid.field()),
      answer(grid.field()),
      step(grid.field()),
      next(grid.field()) {}

LutSolver::LutSolver(const std::vector<ColorBin>& bins, int size, double smoothness)
    : enough_(kTolerance * kTolerance * smoothness) {
  std::vector<int> sizes{size};
  while (sizes.back() > kCoarsest) sizes.push_back(sizes.back() / 2 + 1);
  std::vector<std::unique_ptr<FitLattice>> grids(sizes.size());
  parallel_for(static_cast<std::int64_t>(sizes.size()), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    grids[at] = std::make_unique<FitLattice>(bins, sizes[at], smoothness);
  });
  for (auto& grid : grids) levels_.emplace_back(std::move(*grid));
  for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
    Level& fine = levels_[i];
    const int n = fine.grid.nodes, m = levels_[i + 1].grid.nodes;
    fine.first.assign(static_cast<std::size_t>(m), n);
    fine.last.assign(static_cast<std::size_t>(m), 0);
    for (int k = 0; k < n; ++k) {
      const double place = static_cast<double>(k * (m - 1)) / (n - 1);
      const int below = std::min(static_cast<int>(place), m - 2);
      fine.below.push_back(below);
      fine.share.push_back(place - below);
      for (const int near : {below, below + 1}) {
        std::int32_t& first = fine.first[static_cast<std::size_t>(near)];
        first = std::min(first, k);
        fine.last[static_cast<std::size_t>(near)] = k + 1;
      }
    }
  }
  factorize();
}

void LutSolver::apply(const Field& u, Field& out) const {
  const auto slabs = HARMONIA_PICK(apply_slabs);
  const FitLatticeView view = grid().view();
  for_slabs(grid(), [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    slabs(view, u.data(), out.data(), begin, end);
  });
}

void LutSolver::factorize() {
  const FitLattice& grid = levels_.back().grid;
  const auto slabs = HARMONIA_PICK(apply_slabs);
  const int n = grid.nodes;
  const auto size = static_cast<std::size_t>(n * n * n);
  factor_.assign(size * size, 0.0);
  Field unit = grid.field(), column = grid.field();
  const auto place = [&](std::size_t i) {
    const auto k = static_cast<std::int64_t>(i);
    return static_cast<std::size_t>(grid.at(k / (n * n), k / n % n, k % n));
  };
  for (std::size_t j = 0; j < size; ++j) {
    unit[place(j)] = 1.0;
    slabs(grid.view(), unit.data(), column.data(), 0, n);
    unit[place(j)] = 0.0;
    for (std::size_t i = j; i < size; ++i) factor_[i * size + j] = column[place(i)];
  }
  for (std::size_t i = 0; i < size; ++i) {
    double* const row = factor_.data() + i * size;
    for (std::size_t j = 0; j <= i; ++j) {
      const double* const other = factor_.data() + j * size;
      double sum = row[j];
      for (std::size_t k = 0; k < j; ++k) sum -= row[k] * other[k];
      row[j] = i == j ? std::sqrt(sum) : sum / other[j];
    }
  }
}

void LutSolver::solve_coarsest() {
  Level& level = levels_.back();
  const int n = level.grid.nodes;
  const auto size = static_cast<std::size_t>(n * n * n);
  std::vector<double> x(size);
  for (std::int64_t c = 0; c < 3; ++c) {
    const auto place = [&](std::size_t i) {
      const auto k = static_cast<std::int64_t>(i);
      return static_cast<std::size_t>(c * level.grid.plane +
                                      level.grid.at(k / (n * n), k / n % n, k % n));
    };
    for (std::size_t i = 0; i < size; ++i) {
      double sum = level.right[place(i)];
      for (std::size_t k = 0; k < i; ++k) sum -= factor_[i * size + k] * x[k];
      x[i] = sum / factor_[i * size + i];
    }
    for (std::size_t i = size; i-- > 0;) {
      x[i] /= factor_[i * size + i];
      for (std::size_t k = 0; k < i; ++k) x[k] -= factor_[i * size + k] * x[i];
      level.answer[place(i)] = x[i];
    }
  }
}

void LutSolver::step(Level& level, double keep, double scale, bool last) {
  const auto slabs = HARMONIA_PICK(step_slabs);
  const FitLatticeView view = level.grid.view();
  for_slabs(level.grid, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    slabs(view, keep, scale, level.step.data(), level.answer.data(), level.right.data(),
          last ? nullptr : level.next.data(), begin, end);
  });
  if (!last) level.step.swap(level.next);
}

// Adds the polynomial of what is left on the right to the answer. The last step leaves the right
// side as it is unless that is asked for.
void LutSolver::smooth(Level& level, bool to_the_end) {
  static const Chebyshev factors;
  const auto begin_slabs = HARMONIA_PICK(begin_slabs);
  const FitLatticeView view = level.grid.view();
  for_slabs(level.grid, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    begin_slabs(view, factors.first, level.right.data(), level.step.data(), begin, end);
  });
  for (int k = 0; k + 1 < kDegree; ++k) step(level, factors.keep[k], factors.scale[k], false);
  if (to_the_end) {
    step(level, 0.0, 0.0, true);
  } else {
    add(level.grid, level.step, 1.0, level.answer);
  }
}

void LutSolver::cycle(std::size_t index) {
  if (index + 1 == levels_.size()) return solve_coarsest();
  Level &fine = levels_[index], &coarse = levels_[index + 1];
  std::fill(fine.answer.begin(), fine.answer.end(), 0.0);
  smooth(fine, true);
  const auto restrict_slabs = HARMONIA_PICK(restrict_slabs);
  const auto prolong_slabs = HARMONIA_PICK(prolong_slabs);
  const FitLatticeView from = fine.grid.view(), to = coarse.grid.view();
  for_slabs(coarse.grid, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    restrict_slabs(from, to, fine.below.data(), fine.share.data(), fine.first.data(),
                   fine.last.data(), fine.right.data(), coarse.right.data(), begin, end);
  });
  cycle(index + 1);
  for_slabs(fine.grid, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    prolong_slabs(from, to, fine.below.data(), fine.share.data(), coarse.answer.data(),
                  fine.step.data(), begin, end);
  });
  step(fine, 0.0, 0.0, true);
  smooth(fine, false);
}

void LutSolver::precondition(const Field& r, Field& z) {
  levels_.front().right = r;
  cycle(0);
  z = levels_.front().answer;
}

int LutSolver::solve(Field& right, Field& u) {
  const FitLattice& nodes = grid();
  Field &r = right, z = nodes.field(), p = nodes.field(), change = nodes.field();
  u = nodes.field();
  double before = 0.0;
  for (int count = 0; count < kMostSteps; ++count) {
    precondition(r, z);
    const double now = dot(nodes, r, z);
    if (!(now > enough_)) return count;
    turn(nodes, z, count == 0 ? 0.0 : now / before, p);
    before = now;
    apply(p, change);
    const double length = now / dot(nodes, p, change);
    add(nodes, p, length, u);
    add(nodes, change, -length, r);
  }
  return kMostSteps;
}

}  // namespace harmonia
