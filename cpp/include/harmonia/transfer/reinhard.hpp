// Reinhard, Ashikhmin, Gooch, Shirley 2001, "Color Transfer between Images".
#pragma once

#include "harmonia/stats.hpp"
#include "harmonia/transfer/affine.hpp"

namespace harmonia {

// Channel by channel (x - mean_source) * sd_target / sd_source + mean_target, from moments measured
// in `space` (lalphabeta or lab). The plain formula explodes for a foreground without spread:
// spreads count as at least what 8-bit rounding causes, and no channel is stretched by more than
// kLargestGain.
AffineMap reinhard(const Moments& source, const Moments& target, Space space);

}  // namespace harmonia
