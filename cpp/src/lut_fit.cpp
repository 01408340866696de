#include "harmonia/lut_fit.hpp"

#include <algorithm>
#include <cmath>

#include "color_bins.hpp"
#include "lut_monotone.hpp"
#include "lut_solver.hpp"

namespace harmonia {
namespace {

// An affine change of colours: shift + gain (color - centre).
struct AffineChange {
  double centre[3], shift[3], gain[9];

  double of(const double color[3], int channel) const {
    double change = shift[channel];
    for (int c = 0; c < 3; ++c) change += gain[3 * channel + c] * (color[c] - centre[c]);
    return change;
  }
};

struct ChangeMoments {
  double before[3] = {}, change[3] = {};              // means
  double spread[9] = {}, cross[9] = {}, error = 0.0;  // about them; cross is [change][before]
};

ChangeMoments moments_of(const std::vector<ColorBin>& bins) {
  ChangeMoments moments;
  for (const ColorBin& bin : bins) {
    for (int c = 0; c < 3; ++c) {
      moments.before[c] += bin.weight * bin.before[c];
      moments.change[c] += bin.weight * (bin.after[c] - bin.before[c]);
    }
  }
  for (const ColorBin& bin : bins) {
    double from[3], change[3];
    for (int c = 0; c < 3; ++c) {
      from[c] = bin.before[c] - moments.before[c];
      change[c] = bin.after[c] - bin.before[c] - moments.change[c];
    }
    for (int a = 0; a < 3; ++a) {
      for (int b = 0; b < 3; ++b) {
        moments.spread[3 * a + b] += bin.weight * from[a] * from[b];
        moments.cross[3 * a + b] += bin.weight * change[a] * from[b];
      }
    }
  }
  return moments;
}

// x with (matrix + ridge) x = right, for a matrix that is symmetric and not negative.
void solve3(const double matrix[9], double ridge, const double right[3], double x[3]) {
  const double a = matrix[0] + ridge, b = matrix[1], c = matrix[2];
  const double d = matrix[4] + ridge, e = matrix[5], f = matrix[8] + ridge;
  // Cholesky: no pivot is below the ridge.
  const double l1 = b / a, l2 = c / a;
  const double d2 = std::max(d - l1 * b, ridge), l3 = (e - l1 * c) / d2;
  const double d3 = std::max(f - l2 * c - l3 * l3 * d2, ridge);
  const double y0 = right[0], y1 = right[1] - l1 * y0, y2 = right[2] - l2 * y0 - l3 * y1;
  x[2] = y2 / d3;
  x[1] = y1 / d2 - l3 * x[2];
  x[0] = y0 / a - l1 * x[1] - l2 * x[2];
}

// Gains are held to no change as if they had been measured to within kGain: where the colours
// spread far beside what an affine map leaves, that is not felt, and a single colour is shifted.
constexpr double kGain = 0.5;
constexpr double kLeastRidge = 1e-10;

AffineChange fit_affine(const std::vector<ColorBin>& bins) {
  const ChangeMoments moments = moments_of(bins);
  AffineChange affine;
  std::copy_n(moments.before, 3, affine.centre);
  std::copy_n(moments.change, 3, affine.shift);
  double ridge = kLeastRidge;
  for (int round = 0; round < 2; ++round) {
    for (int c = 0; c < 3; ++c) {
      solve3(moments.spread, ridge, moments.cross + 3 * c, affine.gain + 3 * c);
    }
    double left = 0.0;
    for (const ColorBin& bin : bins) {
      for (int c = 0; c < 3; ++c) {
        const double error = bin.after[c] - bin.before[c] - affine.of(bin.before, c);
        left += bin.weight * error * error;
      }
    }
    ridge = std::max(left / 3.0 / (kGain * kGain), kLeastRidge);
  }
  return affine;
}

void add_right(const ColorBin& bin, const AffineChange& affine, const FitLattice& grid,
               Field& right) {
  const Corners corners = corners_of(bin.before, grid);
  for (int c = 0; c < 3; ++c) {
    const double error = bin.after[c] - bin.before[c] - affine.of(bin.before, c);
    double* const plane = right.data() + c * grid.plane;
    for (int j = 0; j < 8; ++j) plane[corners.node[j]] += bin.weight * corners.weight[j] * error;
  }
}

// What the affine map makes of every node.
void fill_affine(const AffineChange& affine, const FitLattice& grid, Field& table) {
  const int n = grid.nodes;
  for (int r = 0; r < n; ++r) {
    for (int g = 0; g < n; ++g) {
      for (int b = 0; b < n; ++b) {
        const double color[3] = {static_cast<double>(r) / (n - 1), static_cast<double>(g) / (n - 1),
                                 static_cast<double>(b) / (n - 1)};
        for (int c = 0; c < 3; ++c) {
          table[static_cast<std::size_t>(c * grid.plane + grid.at(r, g, b))] =
              color[c] + affine.of(color, c);
        }
      }
    }
  }
}

}  // namespace

bool fit_lut(const ImageView& before, const ImageView& after, const MaskView& mask,
             const LutFit& how, float* nodes) {
  const std::vector<ColorBin> bins = gather_color_bins(before, after, mask);
  if (bins.empty()) return false;
  const AffineChange affine = fit_affine(bins);
  LutSolver solver(bins, how.size, how.smoothness * kBending);
  const FitLattice& grid = solver.grid();
  Field right = grid.field(), left, start = grid.field();
  for (const ColorBin& bin : bins) add_right(bin, affine, grid, right);
  {
    Field used = right;
    solver.solve(used, left);
  }
  fill_affine(affine, grid, start);
  Field table = start;
  add(grid, left, 1.0, table);
  if (how.monotone && !is_monotone(grid, table)) {
    solver.apply(start, left);
    add(grid, left, 1.0, right);
    make_monotone(solver, right, table);
  }
  const int n = how.size;
  for (int r = 0; r < n; ++r) {
    for (int g = 0; g < n; ++g) {
      for (int b = 0; b < n; ++b) {
        for (int c = 0; c < 3; ++c) {
          *nodes++ = static_cast<float>(
              table[static_cast<std::size_t>(c * grid.plane + grid.at(r, g, b))]);
        }
      }
    }
  }
  return true;
}

}  // namespace harmonia
