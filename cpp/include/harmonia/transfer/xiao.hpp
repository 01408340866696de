// Xiao & Ma 2006, "Color transfer in correlated color space".
#pragma once

#include "harmonia/stats.hpp"
#include "harmonia/transfer/affine.hpp"

namespace harmonia {

// The affine map that turns the principal axes of the source's colours into those of the target and
// scales each to the target's spread, from moments measured in RGB. An axis has neither sign nor,
// among equals, a rank: axes are paired and oriented so that they turn as little as possible.
// Variances count as at least what 8-bit rounding causes, and no axis is stretched by more than
// kLargestGain.
AffineMap xiao(const Moments& source, const Moments& target);

// The plain formula: axes paired by rank of their variance, each pointing to where its largest
// component is positive; no floor and no largest gain. An axis without spread is not stretched.
AffineMap xiao_plain(const Moments& source, const Moments& target);

// The plain formula along given axes, the columns of row-major 3 x 3 matrices.
AffineMap xiao_along(const Moments& source, const Moments& target, const double source_axes[9],
                     const double target_axes[9]);

}  // namespace harmonia
