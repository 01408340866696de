// Curves that take the places of one set of colours along an axis to those of another.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace harmonia {

// `count` nodes evenly from low to high.
struct AxisNodes {
  double low, high;
  std::int64_t count;

  double place(std::int64_t i) const {
    return low + (high - low) * static_cast<double>(i) / static_cast<double>(count - 1);
  }

  // Calls visit(node, share) for the two nodes around a place.
  template <class Visit>
  void around(double place, Visit visit) const {
    const double at =
        std::clamp((place - low) / (high - low), 0.0, 1.0) * static_cast<double>(count - 1);
    const auto node = std::min(static_cast<std::int64_t>(at), count - 2);
    const double between = at - static_cast<double>(node);
    visit(static_cast<std::size_t>(node), 1.0 - between);
    visit(static_cast<std::size_t>(node + 1), between);
  }
};

// Nodes between which both sides fit.
AxisNodes nodes_over(const std::vector<double>& x, const std::vector<double>& y,
                     std::int64_t count);

// How one axis matches the weighted places x of the source with those of the target.
enum class AxisMatching {
  // Both as atoms on the nodes, each colour shared by the two around it. An atom goes to the mean
  // of its share of the target: equal sides stay as they are, a constant target is reached, and a
  // constant source goes to the mean.
  binned,
  // Optimal transport between the colours themselves, and its moves averaged around each node.
  sorted,
  // As the authors' code has it: histograms of hard bins with 1e-6 in each, cumulated, and a result
  // one bin too low.
  reference
};

// How far a colour at each node moves, linear between them. Weights sum to one on each side.
std::vector<float> match_axis(AxisMatching matching, const AxisNodes& nodes,
                              const std::vector<double>& x, const std::vector<double>& x_weights,
                              const std::vector<double>& y, const std::vector<double>& y_weights);

}  // namespace harmonia
