#include "harmonia/transfer/axis_matching.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include "harmonia/pixel/pixel.hpp"

namespace harmonia {
namespace {

// Weighted places in ascending order.
struct Atoms {
  std::vector<double> places, weights;
};

// Where each atom of `from` goes: to the mean of its share of `to`, both in order. NaN-free: atoms
// without weight stay.
std::vector<double> transport(const Atoms& from, const Atoms& to) {
  std::vector<double> result = from.places;
  const std::size_t last = to.places.size() - 1;
  std::size_t j = 0;
  double left = to.weights[0];
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double wanted = from.weights[i];
    if (wanted <= 0.0) continue;
    double missing = wanted, sum = 0.0;
    while (left < missing && j < last) {
      sum += left * to.places[j];
      missing -= left;
      left = to.weights[++j];
    }
    sum += missing * to.places[j];
    left -= missing;
    result[i] = sum / wanted;
  }
  return result;
}

// Sums over a node and, half as much, over its neighbours.
std::vector<double> spread(const std::vector<double>& values) {
  std::vector<double> sums(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[i] = 2.0 * values[i];
    if (i > 0) sums[i] += values[i - 1];
    if (i + 1 < values.size()) sums[i] += values[i + 1];
  }
  return sums;
}

// The mean move at each node, from sums of moves and of weights. Where one faint colour would
// decide alone its neighbours have a say, or rounding could send it across a gap of the target;
// what that does to the mean of all is taken off again. AxisNodes that nothing has reached move as
// those around them.
std::vector<float> curve_of(const std::vector<double>& sums, const std::vector<double>& weights) {
  const std::vector<double> moves = spread(sums), total = spread(weights);
  std::vector<double> curve(moves.size(), 0.0);
  double missing = 0.0, whole = 0.0;
  const auto has_weight = [](double w) { return w > 0.0; };
  const auto first_reached = std::find_if(weights.begin(), weights.end(), has_weight);
  const auto behind_last = std::find_if(weights.rbegin(), weights.rend(), has_weight).base();
  if (behind_last - first_reached <= 2) {
    const double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
    const double weight = std::accumulate(weights.begin(), weights.end(), 0.0);
    return std::vector<float>(moves.size(), static_cast<float>(sum / weight));
  }
  std::ptrdiff_t before = -1;
  for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(curve.size()); ++i) {
    if (total[i] <= 0.0) continue;
    curve[i] = moves[i] / total[i];
    missing += sums[i] - weights[i] * curve[i];
    whole += weights[i];
    const double first = before < 0 ? curve[i] : curve[before];
    for (std::ptrdiff_t j = before + 1; j < i; ++j) {
      const double t = static_cast<double>(j - before) / static_cast<double>(i - before);
      curve[j] = first + t * (curve[i] - first);
    }
    before = i;
  }
  for (std::size_t j = static_cast<std::size_t>(before + 1); j < curve.size(); ++j) {
    curve[j] = curve[before];
  }
  std::vector<float> shifted(curve.size());
  for (std::size_t i = 0; i < curve.size(); ++i) {
    shifted[i] = static_cast<float>(curve[i] + missing / whole);
  }
  return shifted;
}

Atoms binned(const AxisNodes& nodes, const std::vector<double>& places,
             const std::vector<double>& weights) {
  const auto count = static_cast<std::size_t>(nodes.count);
  Atoms atoms{std::vector<double>(count), std::vector<double>(count, 0.0)};
  for (std::size_t i = 0; i < count; ++i) {
    atoms.places[i] = nodes.place(static_cast<std::int64_t>(i));
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    nodes.around(places[i], [&](std::size_t node, double share) {
      atoms.weights[node] += share * weights[i];
    });
  }
  return atoms;
}

std::vector<float> match_binned(const AxisNodes& nodes, const std::vector<double>& x,
                                const std::vector<double>& x_weights, const std::vector<double>& y,
                                const std::vector<double>& y_weights) {
  const Atoms from = binned(nodes, x, x_weights);
  std::vector<double> moves = transport(from, binned(nodes, y, y_weights));
  for (std::size_t i = 0; i < moves.size(); ++i) {
    moves[i] = from.weights[i] * (moves[i] - from.places[i]);
  }
  return curve_of(moves, from.weights);
}

// Positions in ascending order of their places, equal places in the order they have. Three passes
// of 11 bits over the bits of the floats, turned so that they order as unsigned numbers.
std::vector<std::uint32_t> ascending(const std::vector<double>& places) {
  constexpr int kBits = 11;
  constexpr std::size_t kBuckets = std::size_t{1} << kBits;
  struct Entry {
    std::uint32_t key, position;
  };
  const std::size_t n = places.size();
  std::vector<Entry> entries(n), sorted(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits =
        static_cast<std::uint32_t>(pixel::bits_of(static_cast<float>(places[i]) + 0.0f));
    const std::uint32_t key = bits ^ (bits >> 31 ? ~std::uint32_t{0} : std::uint32_t{1} << 31);
    entries[i] = {key, static_cast<std::uint32_t>(i)};
  }
  for (int shift = 0; shift < 32; shift += kBits) {
    std::array<std::size_t, kBuckets> starts{};
    const auto bucket = [&](const Entry& e) { return (e.key >> shift) & (kBuckets - 1); };
    for (const Entry& entry : entries) ++starts[bucket(entry)];
    std::size_t sum = 0;
    for (std::size_t& start : starts) {
      const std::size_t count = start;
      start = sum;
      sum += count;
    }
    for (const Entry& entry : entries) sorted[starts[bucket(entry)]++] = entry;
    entries.swap(sorted);
  }
  std::vector<std::uint32_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = entries[i].position;
  return order;
}

Atoms sorted(const std::vector<double>& places, const std::vector<double>& weights) {
  Atoms atoms;
  atoms.places.reserve(places.size());
  atoms.weights.reserve(places.size());
  for (const std::uint32_t i : ascending(places)) {
    atoms.places.push_back(places[i]);
    atoms.weights.push_back(weights[i]);
  }
  return atoms;
}

std::vector<float> match_sorted(const AxisNodes& nodes, const std::vector<double>& x,
                                const std::vector<double>& x_weights, const std::vector<double>& y,
                                const std::vector<double>& y_weights) {
  const Atoms from = sorted(x, x_weights);
  const std::vector<double> to = transport(from, sorted(y, y_weights));
  const auto count = static_cast<std::size_t>(nodes.count);
  std::vector<double> moves(count, 0.0), total(count, 0.0);
  for (std::size_t i = 0; i < to.size(); ++i) {
    nodes.around(from.places[i], [&](std::size_t node, double share) {
      const double weight = share * from.weights[i];
      moves[node] += weight * (to[i] - from.places[i]);
      total[node] += weight;
    });
  }
  return curve_of(moves, total);
}

// Counts in bins around the nodes, cumulated; a place on an edge belongs to the lower bin.
std::vector<double> cumulative(const AxisNodes& nodes, const std::vector<double>& places,
                               const std::vector<double>& weights) {
  std::vector<double> counts(static_cast<std::size_t>(nodes.count), 1e-6);
  const double bin = (nodes.high - nodes.low) / static_cast<double>(nodes.count - 1);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double node = std::ceil((places[i] - nodes.low) / bin - 0.5);
    const double held = std::clamp(node, 0.0, static_cast<double>(nodes.count - 1));
    // The weights sum to one; the 1e-6 is meant beside counts of pixels.
    counts[static_cast<std::size_t>(held)] += weights[i] * static_cast<double>(places.size());
  }
  for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
  const double total = counts.back();
  for (double& count : counts) count /= total;
  return counts;
}

std::vector<float> match_reference(const AxisNodes& nodes, const std::vector<double>& x,
                                   const std::vector<double>& x_weights,
                                   const std::vector<double>& y,
                                   const std::vector<double>& y_weights) {
  const std::vector<double> px = cumulative(nodes, x, x_weights);
  const std::vector<double> py = cumulative(nodes, y, y_weights);
  const double last = static_cast<double>(nodes.count - 1);
  std::vector<float> curve(px.size());
  std::size_t j = 0;
  for (std::size_t i = 0; i < px.size(); ++i) {
    while (j + 2 < py.size() && py[j + 1] <= px[i]) ++j;
    double at = static_cast<double>(j) + (px[i] - py[j]) / (py[j + 1] - py[j]);
    if (px[i] <= py.front()) at = 0.0;
    if (px[i] >= py.back()) at = last;
    const double to = nodes.low + (at - 1.0) / last * (nodes.high - nodes.low);
    curve[i] = static_cast<float>(to - nodes.place(static_cast<std::int64_t>(i)));
  }
  return curve;
}

}  // namespace

AxisNodes nodes_over(const std::vector<double>& x, const std::vector<double>& y,
                     std::int64_t count) {
  constexpr double kLeastRange = 1e-4;  // one colour on both sides has a scale too
  const auto [x_low, x_high] = std::minmax_element(x.begin(), x.end());
  const auto [y_low, y_high] = std::minmax_element(y.begin(), y.end());
  const double low = std::min(*x_low, *y_low), high = std::max(*x_high, *y_high);
  const double missing = std::max(kLeastRange - (high - low), 0.0);
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  return {low - missing / 2 - kEpsilon, high + missing / 2 + kEpsilon, count};
}

std::vector<float> match_axis(AxisMatching matching, const AxisNodes& nodes,
                              const std::vector<double>& x, const std::vector<double>& x_weights,
                              const std::vector<double>& y, const std::vector<double>& y_weights) {
  switch (matching) {
    case AxisMatching::binned: return match_binned(nodes, x, x_weights, y, y_weights);
    case AxisMatching::sorted: return match_sorted(nodes, x, x_weights, y, y_weights);
    case AxisMatching::reference: return match_reference(nodes, x, x_weights, y, y_weights);
  }
  return {};
}

}  // namespace harmonia
