#include "lut_lattice.hpp"

#include <algorithm>
#include <cmath>

#include "harmonia/lut_fit.hpp"

namespace harmonia {
namespace {

// rows += D' D for the differences along one axis that lie within it.
template <std::size_t width>
void add_squares(const std::array<double, (width + 1) / 2>& difference,
                 std::vector<std::array<double, width>>& rows) {
  constexpr std::size_t reach = (width + 1) / 2;
  for (std::size_t start = 0; start + reach <= rows.size(); ++start) {
    for (std::size_t i = 0; i < reach; ++i) {
      for (std::size_t j = 0; j < reach; ++j) {
        rows[start + i][reach - 1 + j - i] += difference[i] * difference[j];
      }
    }
  }
}

template <std::size_t width>
std::array<std::vector<double>, width> diagonals_of(
    const std::vector<std::array<double, width>>& rows) {
  std::array<std::vector<double>, width> diagonals;
  for (std::size_t k = 0; k < width; ++k) {
    for (const auto& entries : rows) diagonals[k].push_back(entries[k]);
  }
  return diagonals;
}

template <std::size_t width>
double magnitude(const std::array<double, width>& entries) {
  double sum = 0.0;
  for (const double entry : entries) sum += std::abs(entry);
  return sum;
}

// The number among the kForward of a node that lies so many steps after another one.
int forward_of(int r, int g, int b) { return 9 * r + 3 * g + b; }

void add_bin(const ColorBin& bin, FitLattice& grid) {
  const Corners corners = corners_of(bin.before, grid);
  for (int j = 0; j < 8; ++j) {
    for (int k = j; k < 8; ++k) {
      const int forward =
          forward_of((k >> 2) - (j >> 2), ((k >> 1) & 1) - ((j >> 1) & 1), (k & 1) - (j & 1));
      grid.data[static_cast<std::size_t>(forward)][corners.node[j]] +=
          bin.weight * corners.weight[j] * corners.weight[k];
    }
  }
}

}  // namespace

Corners corners_of(const double color[3], const FitLattice& grid) {
  std::int64_t cell[3];
  double share[3];
  for (int c = 0; c < 3; ++c) {
    const double place = color[c] * (grid.nodes - 1);
    cell[c] = std::clamp<std::int64_t>(static_cast<std::int64_t>(place), 0, grid.nodes - 2);
    share[c] = place - static_cast<double>(cell[c]);
  }
  Corners corners;
  for (int j = 0; j < 8; ++j) {
    const int step[3] = {j >> 2, (j >> 1) & 1, j & 1};
    corners.node[j] =
        static_cast<std::size_t>(grid.at(cell[0] + step[0], cell[1] + step[1], cell[2] + step[2]));
    corners.weight[j] = 1.0;
    for (int c = 0; c < 3; ++c) corners.weight[j] *= step[c] ? share[c] : 1.0 - share[c];
  }
  return corners;
}

FitLattice::FitLattice(const std::vector<ColorBin>& bins, int size, double smoothness)
    : nodes(size),
      row((size + 4 + 7) & ~7),
      slab((size + 4) * row),
      plane((size + 4) * slab),
      second(static_cast<std::size_t>(size)),
      first(static_cast<std::size_t>(size)) {
  // Sums over nodes, times the cell's volume, are integrals of squared differences over steps.
  const double step = 1.0 / (size - 1);
  bending = smoothness / step;
  stretch = smoothness * step / (kLevelling * kLevelling);
  add_squares<5>({1.0, -2.0, 1.0}, second);
  add_squares<3>({-1.0, 1.0}, first);
  second_along = diagonals_of(second);
  first_along = diagonals_of(first);
  for (int k = 0; k < kForward; ++k) {
    const int r = (k + 4) / 9, rest = k - 9 * r, g = (rest + 4) / 3 - 1, b = rest - 3 * g;
    offset[static_cast<std::size_t>(k)] = r * slab + g * row + b;
    data[static_cast<std::size_t>(k)].resize(static_cast<std::size_t>(plane));
  }
  for (const ColorBin& bin : bins) add_bin(bin, *this);
  inverse.resize(static_cast<std::size_t>(plane));
  for (int r = 0; r < size; ++r) {
    for (int g = 0; g < size; ++g) {
      std::int32_t begin = size, end = 0;
      for (int b = 0; b < size; ++b) {
        const std::int64_t node = at(r, g, b);
        if (data[0][static_cast<std::size_t>(node)] > 0.0) {
          begin = std::min(begin, b);
          end = b + 1;
        }
        double curve = 0.0, slope[3];
        const int place[3] = {r, g, b};
        for (int c = 0; c < 3; ++c) {
          curve += magnitude(second[static_cast<std::size_t>(place[c])]);
          slope[c] = magnitude(first[static_cast<std::size_t>(place[c])]);
        }
        curve += 2.0 * (slope[0] * slope[1] + slope[0] * slope[2] + slope[1] * slope[2]);
        double sum = bending * curve + stretch * (slope[0] + slope[1] + slope[2]) +
                     data[0][static_cast<std::size_t>(node)];
        for (std::size_t k = 1; k < kForward; ++k) {
          sum += data[k][static_cast<std::size_t>(node)] +
                 data[k][static_cast<std::size_t>(node - offset[k])];
        }
        inverse[static_cast<std::size_t>(node)] = 1.0 / sum;
      }
      data_begin.push_back(begin);
      data_end.push_back(end);
    }
  }
}

FitLatticeView FitLattice::view() const {
  FitLatticeView view{nodes,
                      row,
                      slab,
                      plane,
                      bending,
                      stretch,
                      second.front().data(),
                      first.front().data(),
                      {},
                      {},
                      {},
                      {},
                      data_begin.data(),
                      data_end.data(),
                      inverse.data()};
  for (std::size_t k = 0; k < 5; ++k) view.second_along[k] = second_along[k].data();
  for (std::size_t k = 0; k < 3; ++k) view.first_along[k] = first_along[k].data();
  for (std::size_t k = 0; k < kForward; ++k) {
    view.data[k] = data[k].data();
    view.offset[k] = offset[k];
  }
  return view;
}

}  // namespace harmonia
