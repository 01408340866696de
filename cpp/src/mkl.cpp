#include "harmonia/transfer/mkl.hpp"

#include <algorithm>
#include <cmath>

#include "harmonia/symmetric3.hpp"

namespace harmonia {
namespace {

Eigen3 floored(const Moments& moments) {
  double covariance[9];
  moments.covariance(covariance);
  Eigen3 eigen = eigen_symmetric(covariance);
  for (double& value : eigen.values) value = std::max(value, kRoundingVariance);
  return eigen;
}

template <class Function>
void map_values(Eigen3 eigen, Function function, double out[9]) {
  for (double& value : eigen.values) value = function(value);
  compose(eigen, out);
}

}  // namespace

AffineMap mkl(const Moments& source, const Moments& target) {
  AffineMap map;
  if (source.weight <= 0.0 || target.weight <= 0.0) return map;
  const auto root = [](double v) { return std::sqrt(std::max(v, 0.0)); };
  const Eigen3 from = floored(source);
  double half[9], inverse_half[9], to[9], product[9], inner[9];
  map_values(from, root, half);
  map_values(from, [](double v) { return 1.0 / std::sqrt(v); }, inverse_half);
  compose(floored(target), to);
  multiply(half, to, product);
  multiply(product, half, inner);
  map_values(eigen_symmetric(inner), root, inner);
  multiply(inverse_half, inner, product);
  multiply(product, inverse_half, map.matrix);
  map_values(
      eigen_symmetric(map.matrix), [](double v) { return std::min(v, kLargestGain); }, map.matrix);
  for (int i = 0; i < 3; ++i) {
    map.offset[i] = target.mean[i];
    for (int j = 0; j < 3; ++j) map.offset[i] -= map.matrix[3 * i + j] * source.mean[j];
  }
  return map;
}

}  // namespace harmonia
