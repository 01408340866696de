// The nodes of a table as a grid, and the energy whose least place a fitted table is.
//
//   A = data + bending + stretch
//
// The data couple a node with the 26 around it. Bending and stretch are sums of products of
// matrices along single axes, K = D2' D2 and L = D1' D1 with the second and first differences D2
// and D1 that lie within the grid:
//
//   bending * (Kr + Kg + Kb + 2 (Lr Lg + Lr Lb + Lg Lb)) + stretch * (Lr + Lg + Lb)
//
// A plane has (nodes + 4)^2 rows, the grid with two nodes of zeros around it. A field is a plane
// for each channel of the colours that the table gives.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "color_bins.hpp"

namespace harmonia {

using Field = std::vector<double>;

// Half of the data's symmetric matrix: the entries of a node with itself and with the 13 that come
// after it, (0,0,0) (0,0,1) (0,1,-1) (0,1,0) (0,1,1) (1,-1,-1) ... (1,1,1) steps away.
constexpr int kForward = 14;

// What the loops see of a grid.
struct FitLatticeView {
  std::int64_t nodes, row, slab, plane;
  double bending, stretch;
  const double *second, *first;                    // [nodes][5] and [nodes][3]
  const double *second_along[5], *first_along[3];  // [nodes]
  const double* data[kForward];
  std::int64_t offset[kForward];
  const std::int32_t *data_begin, *data_end;
  const double* inverse;
};

struct FitLattice {
  int nodes;
  std::int64_t row, slab, plane;  // strides along green, along red and of a channel
  double bending = 0.0, stretch = 0.0;
  std::vector<std::array<double, 5>> second;        // rows of K about their diagonal
  std::vector<std::array<double, 3>> first;         // rows of L
  std::array<std::vector<double>, 5> second_along;  // the same, an array for each diagonal
  std::array<std::vector<double>, 3> first_along;
  std::array<std::vector<double>, kForward> data;  // planes
  std::array<std::int64_t, kForward> offset{};     // from a node to the one after it
  std::vector<std::int32_t> data_begin, data_end;  // where along blue, for every row
  // 1 / sum of |entries| in a row of A: times it, the eigenvalues of A lie between 0 and 1.
  std::vector<double> inverse;

  FitLattice(const std::vector<ColorBin>& bins, int size, double smoothness);

  std::int64_t at(std::int64_t r, std::int64_t g, std::int64_t b) const {
    return (r + 2) * slab + (g + 2) * row + b + 2;
  }
  FitLatticeView view() const;
  Field field() const { return Field(static_cast<std::size_t>(3 * plane)); }
};

// The eight nodes around a colour, 4 * red + 2 * green + blue, by their places in a plane.
struct Corners {
  std::size_t node[8];
  double weight[8];
};
Corners corners_of(const double color[3], const FitLattice& grid);

}  // namespace harmonia
