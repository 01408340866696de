#include "harmonia/transfer/xue_contrast.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "harmonia/parallel.hpp"

namespace harmonia {
namespace {

using Values = std::vector<double>;

// The weights of luminance in measuring; adjusting has those of the primaries.
double luma(const XueRegion& region, std::size_t i) {
  return 0.21 * region.r[i] + 0.72 * region.g[i] + 0.07 * region.b[i];
}

// The Gaussian of 7 x 7 pixels, sigma 1.5. Beyond the rim there is nothing, or (`replicate`) the
// rim again.
Values blurred(const Values& plane, std::int64_t height, std::int64_t width, bool replicate) {
  std::array<double, 7> kernel{};
  double sum = 0.0;
  for (int k = 0; k < 7; ++k) sum += kernel[k] = std::exp((k - 3) * (k - 3) / -4.5);
  for (double& tap : kernel) tap /= sum;

  // Offset k - 3 of index i; where it falls outside, the tap is that of the rim or none.
  const auto tap = [replicate](std::int64_t i, std::int64_t count) {
    const bool inside = i >= 0 && i < count;
    return inside || replicate ? std::clamp<std::int64_t>(i, 0, count - 1) : -1;
  };
  Values across(plane.size()), out(plane.size());
  const RowGroups groups(height, width);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      const double* const from = plane.data() + y * width;
      double* const to = across.data() + y * width;
      for (std::int64_t x = 0; x < width; ++x) {
        double total = 0.0;
        if (x >= 3 && x + 3 < width) {
          for (int k = 0; k < 7; ++k) total += kernel[k] * from[x + k - 3];
        } else {
          for (int k = 0; k < 7; ++k) {
            const std::int64_t at = tap(x + k - 3, width);
            if (at >= 0) total += kernel[k] * from[at];
          }
        }
        to[x] = total;
      }
    }
  });
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      double* const to = out.data() + y * width;
      for (int k = 0; k < 7; ++k) {
        const std::int64_t at = tap(y + k - 3, height);
        if (at < 0) continue;
        const double* const from = across.data() + at * width;
        for (std::int64_t x = 0; x < width; ++x) to[x] += kernel[k] * from[x];
      }
    }
  });
  return out;
}

}  // namespace

std::vector<double> xue_luminance(const XueRegion& region) {
  Values y(region.r.size());
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = luma(region, i);
  return y;
}

std::vector<double> xue_contrasts(const XueRegion& region, const std::vector<double>& luminance,
                                  bool compat) {
  const std::size_t n = luminance.size();
  if (compat) {
    Values around = blurred(luminance, region.height, region.width, true);
    for (std::size_t i = 0; i < n; ++i) {
      around[i] = std::abs(luminance[i] - around[i]) / std::max(around[i], kXueEpsilon);
    }
    return around;
  }
  Values covered(n);
  for (std::size_t i = 0; i < n; ++i) covered[i] = region.cover[i] * luminance[i];
  Values around = blurred(covered, region.height, region.width, false);
  const Values cover = blurred(region.cover, region.height, region.width, false);
  for (std::size_t i = 0; i < n; ++i) {
    const double mean = cover[i] > 0.0 ? around[i] / cover[i] : 0.0;
    around[i] = std::abs(luminance[i] - mean) / std::max(mean, kXueEpsilon);
  }
  return around;
}

}  // namespace harmonia
