#include "seam.hpp"

#include <array>
#include <cmath>

#include "harmonia/parallel.hpp"

namespace harmonia::seam {

Domain domain_of(const Reader& reader, const ImageView& image, const MaskView& mask,
                 const Bounds& box) {
  const Index width = box.width();
  Domain domain;
  domain.inside.resize(static_cast<std::size_t>(box.height() * width));
  const RowGroups groups(box.height(), width);
  std::vector<std::array<double, 2>> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](Index group) {
    auto& [soft, change] = parts[static_cast<std::size_t>(group)];
    const auto room = static_cast<std::size_t>(width + 2);
    std::vector<float> here(room), before(room);
    // One pixel more on each side, where there is one.
    const Index left = std::max<Index>(box.left - 1, 0);
    const Index n = std::min(box.right + 1, image.width) - left;
    const Index begin = groups.begin(group) + box.top, end = groups.end(group) + box.top;
    reader.alpha(mask, std::max<Index>(begin - 1, 0), left, n, before.data());
    // The rows of the last group are followed by one outside the box.
    const Index stop = end == box.bottom ? std::min(end + 1, image.height) : end;
    for (Index y = begin; y < stop; ++y) {
      reader.alpha(mask, y, left, n, here.data());
      for (Index i = 0; i < n; ++i) {
        const auto k = static_cast<std::size_t>(i);
        const double a = static_cast<double>(here[k]);
        soft += 4.0 * a * (1.0 - a);
        change += std::abs(a - static_cast<double>(before[k]));
        if (i > 0) change += std::abs(a - static_cast<double>(here[k - 1]));
      }
      if (y < end) {
        const float* const a = here.data() + (box.left - left);
        std::uint8_t* const to = domain.inside.data() + (y - box.top) * width;
        for (Index x = 0; x < width; ++x) to[x] = a[x] > 0.0f;
      }
      std::swap(here, before);
    }
  });
  double soft = 0.0, change = 0.0;
  for (const auto& part : parts) {
    soft += part[0];
    change += part[1];
  }
  if (soft > 0.0) domain.feather = change > 0.0 ? 1.5 * soft / change : 1e9;
  return domain;
}

std::vector<Seam> seam_of(const Domain& domain, const Bounds& box, const ImageView& image,
                          bool at_rim) {
  const Index height = box.height(), width = box.width();
  const RowGroups groups(height, width);
  std::vector<std::vector<Seam>> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](Index group) {
    auto& part = parts[static_cast<std::size_t>(group)];
    const auto leads_out = [&](Index y, Index x) {
      if (y >= 0 && y < height && x >= 0 && x < width) {
        return domain.inside[static_cast<std::size_t>(y * width + x)] == 0;
      }
      const Index in_y = y + box.top, in_x = x + box.left;
      const bool in_image = in_y >= 0 && in_y < image.height && in_x >= 0 && in_x < image.width;
      return in_image || at_rim;
    };
    for (Index y = groups.begin(group); y < groups.end(group); ++y) {
      for (Index x = 0; x < width; ++x) {
        if (domain.inside[static_cast<std::size_t>(y * width + x)] == 0) continue;
        const int up = leads_out(y - 1, x), down = leads_out(y + 1, x), left = leads_out(y, x - 1),
                  right = leads_out(y, x + 1);
        const int edges = up + down + left + right;
        if (edges == 0) continue;
        const auto share = 1.0f / static_cast<float>(edges);
        part.push_back({y, x, edges, static_cast<float>(down - up) * share,
                        static_cast<float>(right - left) * share});
      }
    }
  });
  std::vector<Seam> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace harmonia::seam
