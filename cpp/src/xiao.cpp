#include "harmonia/transfer/xiao.hpp"

#include <algorithm>
#include <cmath>

#include "harmonia/symmetric3.hpp"

namespace harmonia {
namespace {

Eigen3 principal_axes(const Moments& moments) {
  double covariance[9];
  moments.covariance(covariance);
  return eigen_symmetric(covariance);
}

// Axis `to` of the result is axis `from` of the other, times sign.
void copy_axis(const Eigen3& other, int from, double sign, Eigen3& result, int to) {
  result.values[to] = other.values[from];
  for (int i = 0; i < 3; ++i) {
    result.vectors[3 * i + to] = sign * other.vectors[3 * i + from];
  }
}

double dot(const Eigen3& a, int axis_a, const Eigen3& b, int axis_b) {
  double sum = 0.0;
  for (int i = 0; i < 3; ++i) sum += a.vectors[3 * i + axis_a] * b.vectors[3 * i + axis_b];
  return sum;
}

constexpr int kPermutations[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

// The target's axes in the order and with the signs that bring them closest to the source's.
Eigen3 paired(const Eigen3& source, const Eigen3& target) {
  const int* best = kPermutations[0];
  double most = -1.0;
  for (const auto& order : kPermutations) {
    double sum = 0.0;
    for (int axis = 0; axis < 3; ++axis) sum += std::fabs(dot(source, axis, target, order[axis]));
    if (sum > most) {
      most = sum;
      best = order;
    }
  }
  Eigen3 result;
  for (int axis = 0; axis < 3; ++axis) {
    const double sign = dot(source, axis, target, best[axis]) < 0.0 ? -1.0 : 1.0;
    copy_axis(target, best[axis], sign, result, axis);
  }
  return result;
}

Eigen3 ascending(const Eigen3& eigen) {
  int order[3] = {0, 1, 2};
  std::stable_sort(order, order + 3,
                   [&](int a, int b) { return eigen.values[a] < eigen.values[b]; });
  Eigen3 result;
  for (int axis = 0; axis < 3; ++axis) {
    double largest = 0.0;
    for (int i = 0; i < 3; ++i) {
      const double component = eigen.vectors[3 * i + order[axis]];
      if (std::fabs(component) > std::fabs(largest)) largest = component;
    }
    copy_axis(eigen, order[axis], largest < 0.0 ? -1.0 : 1.0, result, axis);
  }
  return result;
}

// target.vectors * diag(gain) * source.vectors^T about the means.
AffineMap map_of(const Moments& from, const Moments& to, const Eigen3& source, const Eigen3& target,
                 const double gain[3]) {
  AffineMap map;
  for (int i = 0; i < 3; ++i) {
    map.offset[i] = to.mean[i];
    for (int j = 0; j < 3; ++j) {
      double sum = 0.0;
      for (int k = 0; k < 3; ++k) {
        sum += target.vectors[3 * i + k] * gain[k] * source.vectors[3 * j + k];
      }
      map.matrix[3 * i + j] = sum;
      map.offset[i] -= sum * from.mean[j];
    }
  }
  return map;
}

AffineMap plain_map(const Moments& from, const Moments& to, const Eigen3& source,
                    const Eigen3& target) {
  double gain[3];
  for (int k = 0; k < 3; ++k) {
    // Rounding leaves a flat axis a variance of this order, of either sign.
    constexpr double kNothing = 1e-14;
    const bool flat = source.values[k] <= kNothing;
    gain[k] = flat ? 1.0 : std::sqrt(std::max(target.values[k], 0.0) / source.values[k]);
  }
  return map_of(from, to, source, target, gain);
}

// The variances of the colours along given axes.
Eigen3 along(const Moments& moments, const double axes[9]) {
  double covariance[9], product[9];
  moments.covariance(covariance);
  multiply(covariance, axes, product);
  Eigen3 eigen;
  for (int i = 0; i < 9; ++i) eigen.vectors[i] = axes[i];
  for (int k = 0; k < 3; ++k) {
    eigen.values[k] = 0.0;
    for (int i = 0; i < 3; ++i) eigen.values[k] += axes[3 * i + k] * product[3 * i + k];
  }
  return eigen;
}

bool measured(const Moments& source, const Moments& target) {
  return source.weight > 0.0 && target.weight > 0.0;
}

}  // namespace

AffineMap xiao(const Moments& source, const Moments& target) {
  if (!measured(source, target)) return {};
  const Eigen3 from = principal_axes(source), to = paired(from, principal_axes(target));
  double gain[3];
  for (int k = 0; k < 3; ++k) {
    const double ratio =
        std::max(to.values[k], kRoundingVariance) / std::max(from.values[k], kRoundingVariance);
    gain[k] = std::min(std::sqrt(ratio), kLargestGain);
  }
  return map_of(source, target, from, to, gain);
}

AffineMap xiao_plain(const Moments& source, const Moments& target) {
  if (!measured(source, target)) return {};
  return plain_map(source, target, ascending(principal_axes(source)),
                   ascending(principal_axes(target)));
}

AffineMap xiao_along(const Moments& source, const Moments& target, const double source_axes[9],
                     const double target_axes[9]) {
  if (!measured(source, target)) return {};
  return plain_map(source, target, along(source, source_axes), along(target, target_axes));
}

}  // namespace harmonia
