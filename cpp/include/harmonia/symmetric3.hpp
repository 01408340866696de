// Eigenvalues and functions of symmetric 3 x 3 matrices (row-major, double).
#pragma once

namespace harmonia {

// matrix = vectors * diag(values) * vectors^T; the eigenvectors are the columns.
struct Eigen3 {
  double values[3];
  double vectors[9];
};

// Cyclic Jacobi rotations: accurate for small eigenvalues beside large ones, and without special
// cases.
Eigen3 eigen_symmetric(const double matrix[9]);

// vectors * diag(values) * vectors^T.
void compose(const Eigen3& eigen, double out[9]);

void multiply(const double a[9], const double b[9], double out[9]);

}  // namespace harmonia
