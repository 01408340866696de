#include "mask_bounds.hpp"

#include <algorithm>
#include <vector>

#include "block.hpp"
#include "harmonia/parallel.hpp"

namespace harmonia {
namespace {

void add(Bounds& to, const Bounds& other) {
  if (other.empty()) return;
  if (to.empty()) {
    to = other;
    return;
  }
  to = {std::min(to.top, other.top), std::min(to.left, other.left),
        std::max(to.bottom, other.bottom), std::max(to.right, other.right)};
}

}  // namespace

Bounds mask_bounds(const MaskView& mask, std::int64_t height, std::int64_t width, float above) {
  const auto load_mask = HARMONIA_PICK(load_mask);
  const RowGroups groups(height, width);
  std::vector<Bounds> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](std::int64_t group) {
    Weights weights;
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < width; x += kBlock) {
        const int n = static_cast<int>(std::min<std::int64_t>(width - x, kBlock));
        if (load_mask(mask, y, x, n, 1.0f, weights) == Cover::none) continue;
        int first = 0, end = n;
        while (first < n && !(weights.w[first] > above)) ++first;
        while (end > first && !(weights.w[end - 1] > above)) --end;
        if (first < end) {
          add(parts[static_cast<std::size_t>(group)], {y, x + first, y + 1, x + end});
        }
      }
    }
  });
  Bounds all;
  for (const Bounds& part : parts) add(all, part);
  return all;
}

}  // namespace harmonia
