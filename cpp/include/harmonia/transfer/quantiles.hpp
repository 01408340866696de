// Histogram matching: the monotone curve that gives one distribution the quantiles of another.
#pragma once

#include <cstdint>

namespace harmonia {

// Which part of its own weight an occupied bin counts to the weight below it.
enum class Rank {
  upper,   // all of it: the cumulative histogram; the largest bins of both sides meet
  middle,  // half of it: nothing is pulled upwards, and a source of one bin goes to the median
};

// Where the weights of `bins` bins have to go for the source to be distributed as the target, as
// positions 0 .. bins - 1 between the centres of the bins. An occupied bin of the source goes where
// the target's rank, linear between its occupied bins, reaches its own: never beyond the target's
// first and last occupied bin. Between occupied bins of the source the curve is linear; beyond them
// it goes on in parallel to the identity. The identity where a side has no weight.
void match_quantiles(const double* source, const double* target, std::int64_t bins, Rank rank,
                     double* map);

}  // namespace harmonia
