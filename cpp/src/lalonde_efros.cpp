#include "harmonia/transfer/lalonde_efros.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/math.hpp"
#include "harmonia/transport.hpp"

namespace harmonia {
namespace {

struct Comparison {
  int low, high;
};

// Merge exchange (Batcher 1968; Knuth, volume 3, algorithm 5.2.2M) for any count, without the
// comparisons that do not reach the output `wanted`.
std::vector<Comparison> network_for(int count, int wanted) {
  if (count < 2) return {};
  std::vector<Comparison> all;
  int top = 1;
  while (2 * top < count) top *= 2;
  for (int p = top; p > 0; p /= 2) {
    int r = 0, d = p;
    for (int q = top;; q /= 2) {
      for (int i = 0; i + d < count; ++i) {
        if ((i & p) == r) all.push_back({i, i + d});
      }
      if (q == p) break;
      d = q - p;
      r = p;
    }
  }
  std::vector<bool> needed(static_cast<std::size_t>(count));
  needed[static_cast<std::size_t>(wanted)] = true;
  std::vector<Comparison> kept;
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    const auto low = static_cast<std::size_t>(it->low), high = static_cast<std::size_t>(it->high);
    if (!needed[low] && !needed[high]) continue;
    needed[low] = needed[high] = true;
    kept.push_back(*it);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

}  // namespace

// What the loops need of a ClusterShift.
struct ClusterNeighbours {
  const float* clusters;  // [count][6]: centre and shift
  int count, counted;
  const Comparison* network;
  int comparisons;
  float falloff;  // weight = 2^(falloff * squared distance)
};

}  // namespace harmonia

#define HARMONIA_INL "lalonde_efros.inl"
#include "foreach_isa.hpp"

namespace harmonia {

std::vector<std::array<double, 3>> cluster_shifts(const Clusters& source, const Clusters& target,
                                                  double sigma) {
  const std::size_t n = source.centres.size(), m = target.centres.size();
  const auto way = [&](std::size_t i, std::size_t j, std::size_t c) {
    return target.centres[j][c] - source.centres[i][c];
  };
  std::vector<double> costs;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      const double x = way(i, j, 0), y = way(i, j, 1), z = way(i, j, 2);
      costs.push_back(std::sqrt(x * x + y * y + z * z));
    }
  }
  const std::vector<double> flow = transport(source.weights, target.weights, costs);
  std::vector<std::array<double, 3>> shifts(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::array<double, 3>& shift = shifts[i];
    double whole = 0.0;
    for (std::size_t j = 0; j < m; ++j) {
      whole += flow[i * m + j];
      for (std::size_t c = 0; c < 3; ++c) shift[c] += flow[i * m + j] * way(i, j, c);
    }
    for (double& s : shift) {
      s = whole > 0.0 ? s / whole : 0.0;
      s = std::abs(s) < sigma ? s * std::exp(-(s / sigma) * (s / sigma)) : 0.0;
    }
  }
  return shifts;
}

void lalonde_efros_transfer(const ImageView& image, const MaskView& mask, float strength,
                            const ClusterShift& shift, const MutableImageView& out) {
  const std::size_t n = shift.centres.size();
  if (n > kMostClusters || shift.shifts.size() != n) {
    throw std::invalid_argument("lalonde_efros_transfer: at most 256 centres, a shift each");
  }
  std::vector<float> clusters;
  for (std::size_t i = 0; i < n; ++i) {
    for (const double c : shift.centres[i]) clusters.push_back(static_cast<float>(c));
    for (const double s : shift.shifts[i]) clusters.push_back(static_cast<float>(s));
  }
  const int count = static_cast<int>(n), counted = (count + 1) / 2;
  const std::vector<Comparison> network = network_for(count, counted - 1);
  const double log2_e = 1.4426950408889634;
  const ClusterNeighbours near{clusters.data(),
                               count,
                               counted,
                               network.data(),
                               static_cast<int>(network.size()),
                               static_cast<float>(-log2_e / (shift.sigma * shift.sigma))};
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(lalonde_efros_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, strength, shift.spaces, near, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
