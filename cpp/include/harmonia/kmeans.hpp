// Weighted k-means of colours (Lloyd) with the seeded start of k-means++ (Arthur, Vassilvitskii
// 2007).
//
// Own code: a hundred lines are not worth a dependency, and no library promises the same bytes for
// every instruction set and number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "harmonia/sample.hpp"

namespace harmonia {

constexpr std::int64_t kMostClusters = 256;

// None of them is empty; the weights sum to one.
struct Clusters {
  std::vector<std::array<double, 3>> centres;
  std::vector<double> weights;
};

// At most `count` (1 .. kMostClusters) clusters: fewer where there are fewer colours, none where
// nothing has weight. Points count by their weight; their order does not matter. Stops where no
// point changes its cluster, or after 100 rounds.
Clusters kmeans(const Sample& points, std::int64_t count, std::uint64_t seed);

}  // namespace harmonia
