// The weights of PIL's filters, which stretch where an axis shrinks.
#pragma once

#include "harmonia/resize_pil.hpp"
#include "resize_taps.hpp"

namespace harmonia {

// Of an axis cut from `start` to `stop`. Every place's weights sum to 1, whatever of the filter
// reaches over the edge. An axis that keeps its size is left as it is.
TapLists<double> pil_taps(PilFilter filter, int old_size, int new_size, float start, float stop);

}  // namespace harmonia
