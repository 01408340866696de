#include "harmonia/transfer/quantiles.hpp"

#include <algorithm>
#include <vector>

namespace harmonia {
namespace {

// An occupied bin and its rank, as a share of the whole weight.
struct Step {
  std::int64_t bin;
  double share;
};

// Sums are taken before the division, so that sides in proportion have equal shares.
std::vector<Step> steps_of(const double* weights, std::int64_t bins, Rank rank) {
  const double below = rank == Rank::middle ? 0.5 : 0.0;
  std::vector<Step> steps;
  double sum = 0.0;
  for (std::int64_t i = 0; i < bins; ++i) {
    if (weights[i] <= 0.0) continue;
    sum += weights[i];
    steps.push_back({i, sum - below * weights[i]});
  }
  for (Step& step : steps) step.share /= sum;
  return steps;
}

void connect(std::int64_t from, std::int64_t to, double* map) {
  const double slope = (map[to] - map[from]) / static_cast<double>(to - from);
  for (std::int64_t i = from + 1; i < to; ++i) {
    map[i] = map[from] + slope * static_cast<double>(i - from);
  }
}

}  // namespace

void match_quantiles(const double* source, const double* target, std::int64_t bins, Rank rank,
                     double* map) {
  const std::vector<Step> from = steps_of(source, bins, rank), to = steps_of(target, bins, rank);
  if (from.empty() || to.empty()) {
    for (std::int64_t i = 0; i < bins; ++i) map[i] = static_cast<double>(i);
    return;
  }
  std::size_t k = 0;
  const std::int64_t first = from.front().bin, last = from.back().bin;
  std::int64_t before = first;
  for (const Step& step : from) {
    while (k + 1 < to.size() && to[k].share < step.share) ++k;
    double& at = map[step.bin];
    at = static_cast<double>(to[k].bin);
    if (k > 0 && step.share < to[k].share) {
      const Step& low = to[k - 1];
      const double rise = (step.share - low.share) / (to[k].share - low.share);
      at = static_cast<double>(low.bin) + rise * static_cast<double>(to[k].bin - low.bin);
    }
    if (step.bin > before) connect(before, step.bin, map);
    before = step.bin;
  }
  const auto end = static_cast<double>(bins - 1);
  for (std::int64_t i = 0; i < first; ++i) {
    map[i] = std::max(map[first] - static_cast<double>(first - i), 0.0);
  }
  for (std::int64_t i = last + 1; i < bins; ++i) {
    map[i] = std::min(map[last] + static_cast<double>(i - last), end);
  }
}

}  // namespace harmonia
