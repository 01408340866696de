#include "harmonia/push_pull.hpp"

#include <algorithm>

#include "harmonia/parallel.hpp"

namespace harmonia {
namespace {

WeightedPlanes pulled(const WeightedPlanes& fine) {
  WeightedPlanes coarse((fine.height + 1) / 2, (fine.width + 1) / 2);
  const RowGroups groups(coarse.height, fine.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < coarse.width; ++x) {
        float sum = 0.0f, r = 0.0f, g = 0.0f, b = 0.0f;
        for (std::int64_t v = 2 * y; v < std::min(2 * y + 2, fine.height); ++v) {
          for (std::int64_t u = 2 * x; u < std::min(2 * x + 2, fine.width); ++u) {
            const auto i = static_cast<std::size_t>(v * fine.width + u);
            const float w = fine.weights[i];
            sum += w;
            r += w * fine.x[i];
            g += w * fine.y[i];
            b += w * fine.z[i];
          }
        }
        if (!(sum > 0.0f)) continue;
        const auto i = static_cast<std::size_t>(y * coarse.width + x);
        coarse.weights[i] = std::min(sum, 1.0f);
        coarse.x[i] = r / sum;
        coarse.y[i] = g / sum;
        coarse.z[i] = b / sum;
      }
    }
  });
  return coarse;
}

void push(const WeightedPlanes& coarse, WeightedPlanes& fine) {
  const RowGroups groups(fine.height, fine.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      const std::int64_t near_y = y / 2;
      const std::int64_t far_y =
          std::clamp<std::int64_t>(y % 2 == 0 ? near_y - 1 : near_y + 1, 0, coarse.height - 1);
      for (std::int64_t x = 0; x < fine.width; ++x) {
        const auto i = static_cast<std::size_t>(y * fine.width + x);
        const float w = fine.weights[i];
        if (w == 1.0f) continue;
        const std::int64_t near_x = x / 2;
        const std::int64_t far_x =
            std::clamp<std::int64_t>(x % 2 == 0 ? near_x - 1 : near_x + 1, 0, coarse.width - 1);
        const auto a = static_cast<std::size_t>(near_y * coarse.width + near_x);
        const auto b = static_cast<std::size_t>(near_y * coarse.width + far_x);
        const auto c = static_cast<std::size_t>(far_y * coarse.width + near_x);
        const auto d = static_cast<std::size_t>(far_y * coarse.width + far_x);
        const auto mix = [&](const std::vector<float>& from, std::vector<float>& to) {
          const float around =
              0.5625f * from[a] + 0.1875f * (from[b] + from[c]) + 0.0625f * from[d];
          to[i] = w * to[i] + (1.0f - w) * around;
        };
        mix(coarse.x, fine.x);
        mix(coarse.y, fine.y);
        mix(coarse.z, fine.z);
      }
    }
  });
}

}  // namespace

void push_pull(WeightedPlanes& planes) {
  std::vector<WeightedPlanes> coarser;
  const auto& finest = planes;
  for (const WeightedPlanes* last = &finest; last->height > 1 || last->width > 1;
       last = &coarser.back()) {
    coarser.push_back(pulled(*last));
  }
  for (std::size_t i = coarser.size(); i-- > 0;) {
    push(coarser[i], i == 0 ? planes : coarser[i - 1]);
  }
}

}  // namespace harmonia
