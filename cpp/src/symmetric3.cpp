#include "harmonia/symmetric3.hpp"

#include <cmath>

namespace harmonia {

Eigen3 eigen_symmetric(const double matrix[9]) {
  double a[9];
  for (int i = 0; i < 9; ++i) a[i] = matrix[i];
  Eigen3 eigen{{0, 0, 0}, {1, 0, 0, 0, 1, 0, 0, 0, 1}};
  double* const v = eigen.vectors;
  constexpr int kSweeps = 16;  // converges quadratically: six are enough in practice
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    if (a[1] == 0.0 && a[2] == 0.0 && a[5] == 0.0) break;
    for (int p = 0; p < 2; ++p) {
      for (int q = p + 1; q < 3; ++q) {
        const double apq = a[3 * p + q];
        if (apq == 0.0) continue;
        const double theta = (a[4 * q] - a[4 * p]) / (2.0 * apq);
        const double t = (theta >= 0.0 ? 1.0 : -1.0) / (std::fabs(theta) + std::hypot(theta, 1.0));
        const double c = 1.0 / std::sqrt(t * t + 1.0), s = t * c;
        const int r = 3 - p - q;
        const double arp = a[3 * r + p], arq = a[3 * r + q];
        a[4 * p] -= t * apq;
        a[4 * q] += t * apq;
        a[3 * p + q] = a[3 * q + p] = 0.0;
        a[3 * r + p] = a[3 * p + r] = c * arp - s * arq;
        a[3 * r + q] = a[3 * q + r] = s * arp + c * arq;
        for (int i = 0; i < 3; ++i) {
          const double vp = v[3 * i + p], vq = v[3 * i + q];
          v[3 * i + p] = c * vp - s * vq;
          v[3 * i + q] = s * vp + c * vq;
        }
      }
    }
  }
  for (int i = 0; i < 3; ++i) eigen.values[i] = a[4 * i];
  return eigen;
}

void compose(const Eigen3& eigen, double out[9]) {
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      double sum = 0.0;
      for (int k = 0; k < 3; ++k) {
        sum += eigen.vectors[3 * i + k] * eigen.values[k] * eigen.vectors[3 * j + k];
      }
      out[3 * i + j] = sum;
    }
  }
}

void multiply(const double a[9], const double b[9], double out[9]) {
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
    }
  }
}

}  // namespace harmonia
