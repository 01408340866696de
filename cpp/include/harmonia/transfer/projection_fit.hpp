// How the axes and curves of a transfer along axes are found.
#pragma once

#include <vector>

#include "harmonia/sample.hpp"
#include "harmonia/transfer/axis_matching.hpp"
#include "harmonia/transfer/projections.hpp"

namespace harmonia {

// Directions for `steps` steps of one or two bases each (axes = 3 or 6), [steps][axes][3]. The
// first base of the first step is R, G, B; every further step is turned by a random rotation. The
// second base is the one of the paper.
std::vector<double> projection_directions(std::int64_t steps, std::int64_t axes,
                                          std::uint64_t seed);

// Fits step after step to colours in RGB that move with them. A step goes the share paces[step] of
// its way, so that the last ones average out what each fits to chance. Works in double precision;
// both sides have weight.
Projections fit_projections(const Sample& source, const Sample& target, std::int64_t steps,
                            std::int64_t axes, std::int64_t nodes,
                            const std::vector<double>& directions, const std::vector<double>& paces,
                            AxisMatching matching);

}  // namespace harmonia
