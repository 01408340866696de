#include "lut_monotone.hpp"

#include <algorithm>

#include "harmonia/lut3d.hpp"
#include "harmonia/parallel.hpp"

namespace harmonia {
namespace {

constexpr int kMostFaces = 100;
constexpr int kProjections = 2;      // steps down the gradient on the way to a face
constexpr int kFaceSteps = 40;       // of conjugate gradients on one face
constexpr double kFaceShare = 1e-2;  // of the energy to gain there that may be left for the next

// Calls line(channel, first node, stride) for every line along a channel's own axis.
template <class Line>
void for_lines(const FitLattice& grid, Line line) {
  const std::int64_t n = grid.nodes, stride[3] = {grid.slab, grid.row, 1};
  parallel_for(3 * n, [&](std::int64_t i) {
    const std::int64_t c = i / n, j = i % n;
    for (std::int64_t k = 0; k < n; ++k) {
      const std::int64_t first = c == 0   ? grid.at(0, j, k)
                                 : c == 1 ? grid.at(j, 0, k)
                                          : grid.at(j, k, 0);
      line(c * grid.plane + first, first, stride[c]);
    }
  });
}

// The monotone field nearest to t, where a node counts 1 / inverse: neighbours in the wrong order
// are pooled into their mean.
void project(const FitLattice& grid, Field& t) {
  for_lines(grid, [&](std::int64_t at, std::int64_t node, std::int64_t stride) {
    double value[kMostLutNodes], weight[kMostLutNodes];
    int last[kMostLutNodes], pools = 0;
    for (int i = 0; i < grid.nodes; ++i) {
      value[pools] = t[static_cast<std::size_t>(at + i * stride)];
      weight[pools] = 1.0 / grid.inverse[static_cast<std::size_t>(node + i * stride)];
      last[pools] = i;
      for (; pools > 0 && value[pools - 1] > value[pools]; --pools) {
        const double sum = weight[pools - 1] + weight[pools];
        value[pools - 1] += (weight[pools] / sum) * (value[pools] - value[pools - 1]);
        weight[pools - 1] = sum;
        last[pools - 1] = last[pools];
      }
      ++pools;
    }
    for (int i = 0, pool = 0; i < grid.nodes; ++i) {
      if (i > last[pool]) ++pool;
      t[static_cast<std::size_t>(at + i * stride)] = value[pool];
    }
  });
}

// The part of x that is equal wherever neighbours of t are: the mean over each such run.
void average_runs(const FitLattice& grid, const Field& t, Field& x) {
  for_lines(grid, [&](std::int64_t at, std::int64_t, std::int64_t stride) {
    const auto place = [&](int i) { return static_cast<std::size_t>(at + i * stride); };
    for (int begin = 0, end = 0; begin < grid.nodes; begin = end) {
      double sum = 0.0;
      for (end = begin; end < grid.nodes && t[place(end)] == t[place(begin)]; ++end) {
        sum += x[place(end)];
      }
      if (end == begin + 1) continue;
      const double mean = sum / (end - begin);
      for (int i = begin; i < end; ++i) x[place(i)] = mean;
    }
  });
}

// A field, what is left of the right side there, and moves that lower the energy.
class Descent {
 public:
  Descent(LutSolver& solver, const Field& right, Field& t)
      : solver_(solver),
        grid_(solver.grid()),
        t_(t),
        r_(right),
        next_(grid_.field()),
        change_(grid_.field()),
        z_(grid_.field()),
        p_(grid_.field()) {
    project(grid_, t_);
    solver_.apply(t_, change_);
    add(grid_, change_, -1.0, r_);
  }

  // To the nearest monotone field of t + r / (sum of |entries|), which never raises the energy.
  // Returns what it gains.
  double project_gradient() {
    next_ = r_;
    scale(next_);
    add(grid_, t_, 1.0, next_);
    return move_to_next();
  }

  // Returns the energy that there is to gain on the face of t, and goes there; or as far as the
  // order of the nodes allows.
  double search_face(double enough) {
    Field left = r_, way = grid_.field();
    average_runs(grid_, t_, left);
    double first = 0.0, before = 0.0;
    for (int count = 0; count < kFaceSteps; ++count) {
      solver_.precondition(left, z_);
      average_runs(grid_, t_, z_);
      const double now = dot(grid_, left, z_);
      if (count == 0) first = now;
      if (!(now > std::max(enough, kFaceShare * first))) break;
      turn(grid_, z_, count == 0 ? 0.0 : now / before, p_);
      before = now;
      solver_.apply(p_, change_);
      const double length = now / dot(grid_, p_, change_);
      average_runs(grid_, t_, change_);
      add(grid_, p_, length, way);
      add(grid_, change_, -length, left);
    }
    if (!(first > enough)) return first;
    for (double length = 1.0; length > 1e-3; length *= 0.5) {
      next_ = t_;
      add(grid_, way, length, next_);
      if (move_to_next() > 0.0) break;
    }
    return first;
  }

 private:
  void scale(Field& x) const {
    for (int c = 0; c < 3; ++c) {
      double* const plane = x.data() + c * grid_.plane;
      for (std::int64_t i = 0; i < grid_.plane; ++i) {
        plane[i] *= grid_.inverse[static_cast<std::size_t>(i)];
      }
    }
  }

  // Makes next_ monotone, and goes there if that lowers the energy; returns by how much.
  double move_to_next() {
    project(grid_, next_);
    turn(grid_, next_, 0.0, p_);
    add(grid_, t_, -1.0, p_);
    solver_.apply(p_, change_);
    const double gain = dot(grid_, p_, r_) - 0.5 * dot(grid_, p_, change_);
    if (!(gain > 0.0)) return 0.0;
    t_.swap(next_);
    add(grid_, change_, -1.0, r_);
    return gain;
  }

  LutSolver& solver_;
  const FitLattice& grid_;
  Field& t_;
  Field r_, next_, change_, z_, p_;
};

}  // namespace

bool is_monotone(const FitLattice& grid, const Field& t) {
  Field nearest = t;
  project(grid, nearest);
  return nearest == t;
}

int make_monotone(LutSolver& solver, const Field& right, Field& t) {
  Descent descent(solver, right, t);
  const double enough = solver.enough();
  for (int faces = 0; faces < kMostFaces; ++faces) {
    double gained = 0.0;
    for (int i = 0; i < kProjections; ++i) gained += descent.project_gradient();
    const double to_gain = descent.search_face(enough);
    if (!(to_gain > enough) && !(gained > enough)) return faces;
  }
  return kMostFaces;
}

}  // namespace harmonia
