// The transportation problem: what goes from where to where at the least cost. Exact, by the
// network simplex. The least cost is the earth mover's distance (Rubner, Tomasi, Guibas 2000).
#pragma once

#include <vector>

namespace harmonia {

// The flow of least cost, [supply][demand] like `cost`. Both sides are scaled to a total of one:
// row sums are shares of the supply, column sums shares of the demand, up to rounding. Amounts of
// zero or less take no part; where they leave a side empty, nothing flows.
std::vector<double> transport(const std::vector<double>& supply, const std::vector<double>& demand,
                              const std::vector<double>& cost);

}  // namespace harmonia
