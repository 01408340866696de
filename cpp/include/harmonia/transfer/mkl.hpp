// Pitie & Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping".
#pragma once

#include "harmonia/stats.hpp"
#include "harmonia/transfer/affine.hpp"

namespace harmonia {

// The linear map between two Gaussians that moves colours least, from moments measured in RGB:
// T = S^-1/2 (S^1/2 C S^1/2)^1/2 S^-1/2 with the covariances S of the source and C of the target.
// Variances count as at least what 8-bit rounding causes, and T stretches no direction by more than
// kLargestGain.
AffineMap mkl(const Moments& source, const Moments& target);

}  // namespace harmonia
