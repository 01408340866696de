// A membrane over any set of cells of a grid: Laplace's equation on the 4-neighbour graph.
//
//   hold(p) e(p) + sum over neighbours q inside of (e(p) - e(q)) = pull(p)
//
// An edge from p to a value v outside, of weight w, adds w to hold(p) and w v to pull(p). A cell
// with neither neighbours nor hold has e = 0.
//
// Conjugate gradients, preconditioned by one symmetric multigrid cycle a step: cells of 2 x 2,
// bilinear between them, damped Jacobi. The work is linear in the size of the grid.
#pragma once

#include <cstdint>
#include <vector>

namespace harmonia {

// Where the membrane hangs free at the rim of the grid instead of meeting something that holds it.
// This steers how fast it converges, not where to.
struct FreeSides {
  bool top = false, bottom = false, left = false, right = false;
};

// One grid of the hierarchy: cells in rows of `pitch`, with at least one zero behind each row and a
// row of zeros above and below.
struct MembraneGrid {
  std::int64_t height = 0, width = 0, pitch = 0;
  std::vector<float> inverse;       // 1 / diagonal; 0 where there is no cell
  std::vector<float> slack;         // the finest grid: 4 - diagonal
  std::vector<float> hold;          // coarser grids: weights of the edges to the outside,
  std::vector<float> across, down;  // to the cell on the right and to the one below

  MembraneGrid() = default;
  MembraneGrid(std::int64_t rows, std::int64_t columns);

  std::size_t size() const { return static_cast<std::size_t>((height + 2) * pitch); }
  std::size_t at(std::int64_t y, std::int64_t x) const {
    return static_cast<std::size_t>((y + 1) * pitch + x);
  }
};

class Membrane {
 public:
  // `inside` is height x width, not 0 where a cell is. `hold` is laid out as grid() says.
  // Some cell of every connected piece must be held.
  Membrane(const std::uint8_t* inside, std::int64_t height, std::int64_t width,
           const std::vector<float>& hold, FreeSides free);

  const MembraneGrid& grid() const { return grids_.front(); }

  // `pull` comes in and is used up. Returns the steps taken. The energy of the error, as the
  // preconditioner measures it, ends below 2.5e-12. A value is off by at most the root of the true
  // energy times the resistance between its cell and what holds it, which grows with the logarithm
  // of the distance: by less than 1e-5, mostly by a hundredth of that.
  int solve(std::vector<float>& pull, std::vector<float>& e);

 private:
  double precondition(const std::vector<float>& r, std::vector<float>& z);

  std::vector<MembraneGrid> grids_;
  std::vector<std::vector<float>> rights_, answers_;  // of the coarser grids
  FreeSides free_;
};

// The same for planes of height x width without padding.
int membrane(const std::uint8_t* inside, std::int64_t height, std::int64_t width, const float* hold,
             const float* pull, FreeSides free, float* e);

}  // namespace harmonia
