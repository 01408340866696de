// Solves A u = right for three right sides at once: conjugate gradients, preconditioned by one
// multigrid cycle a step.
//
// A coarser grid has half as many nodes, down to 5, where a Cholesky factor is kept. It has the
// same energy, with the same data in its own cells. Between grids values are interpolated
// trilinearly; on each, Chebyshev polynomials in A damp what the next coarser one cannot hold.
#pragma once

#include <vector>

#include "lut_lattice.hpp"

namespace harmonia {

class LutSolver {
 public:
  LutSolver(const std::vector<ColorBin>& bins, int size, double smoothness);

  const FitLattice& grid() const { return levels_.front().grid; }

  // The energy that an error may have: no node is then off by more than a hundredth of a level.
  double enough() const { return enough_; }

  // out = A u
  void apply(const Field& u, Field& out) const;

  // z = about the inverse of A, times r; symmetric and positive.
  void precondition(const Field& r, Field& z);

  // From u = 0; `right` is used up. Returns the steps taken.
  int solve(Field& right, Field& u);

 private:
  struct Level {
    FitLattice grid;
    Field right, answer, step, next;
    // Between which nodes of the next coarser grid the nodes of an axis lie, and how far along.
    std::vector<std::int32_t> below;
    std::vector<double> share;
    // The nodes of an axis that lie next to each node of the coarser grid.
    std::vector<std::int32_t> first, last;

    explicit Level(FitLattice nodes);
  };

  void cycle(std::size_t index);
  void smooth(Level& level, bool to_the_end);
  void step(Level& level, double keep, double scale, bool last);
  void factorize();
  void solve_coarsest();

  std::vector<Level> levels_;
  std::vector<double> factor_;  // of the coarsest grid, lower triangle [nodes^3][nodes^3]
  double enough_;
};

double dot(const FitLattice& grid, const Field& a, const Field& b);
void turn(const FitLattice& grid, const Field& x, double factor, Field& y);  // y = x + factor y
void add(const FitLattice& grid, const Field& x, double factor, Field& y);   // y += factor x

}  // namespace harmonia
