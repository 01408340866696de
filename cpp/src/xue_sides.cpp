#include "harmonia/transfer/xue_sides.hpp"

#include <algorithm>
#include <cmath>

#include "harmonia/parallel.hpp"
#include "harmonia/pixel/xue.hpp"

namespace harmonia {
namespace {

using Linear = pixel::Linear<double>;

}  // namespace

XueSides::XueSides(const ImageView& image, const MaskView& mask, bool compat) : compat_(compat) {
  if (compat) {
    picture_.emplace(image, mask);
    regions_ = picture_->regions();
  } else {
    regions_ = xue_regions(image, mask);
  }
}

XueSides::XueSides(const ImageView& image, const MaskView& mask, const ImageView& reference,
                   const MaskView& reference_mask, bool compat)
    : XueSides(image, mask, compat) {
  reference_ = compat ? XuePicture(reference, reference_mask).regions().inside
                      : xue_regions(reference, reference_mask).inside;
}

std::int64_t XueSides::pixels() const {
  if (picture_) return picture_->pixels();
  const auto& cover = regions_.inside.cover;
  return std::count_if(cover.begin(), cover.end(), [](double w) { return w > 0.0; });
}

double XueSides::luminance() const { return regions_.inside_luminance; }

XueStatistics XueSides::foreground(XueProperty property) const {
  return xue_statistics(regions_.inside, property, compat_);
}

XueStatistics XueSides::target(XueProperty property) const {
  return xue_statistics(reference_ ? *reference_ : regions_.outside, property, compat_);
}

std::vector<double> XueSides::contrast_changes(const std::vector<double>& alphas,
                                               double threshold) const {
  const XueRegion of_picture = picture_ ? picture_->luminance_region() : XueRegion{};
  const XueRegion& region = picture_ ? of_picture : regions_.inside;
  const std::vector<double> before = xue_luminance(region);
  const double top = xue_contrast(region, before, compat_).top;
  const RowGroups groups(region.height, region.width);
  std::vector<double> changes, after = before;
  for (const double alpha : alphas) {
    parallel_for(groups.count, [&](std::int64_t group) {
      const auto end = static_cast<std::size_t>(groups.end(group) * region.width);
      for (auto i = static_cast<std::size_t>(groups.begin(group) * region.width); i < end; ++i) {
        if (!(region.cover[i] > 0.0)) continue;
        const double y = pixel::luminance(Linear{region.r[i], region.g[i], region.b[i]});
        after[i] = before[i] * pixel::contrast_gain(alpha, threshold, y, compat_);
      }
    });
    changes.push_back(xue_contrast(region, after, compat_).top - top);
  }
  return changes;
}

template <class Change>
void XueSides::each(Change change) {
  const auto held = [&](double& r, double& g, double& b) {
    const Linear c = pixel::clamped(change(Linear{r, g, b}));
    r = c.r;
    g = c.g;
    b = c.b;
  };
  if (picture_) {
    picture_->each(held);
    regions_ = picture_->regions();
    return;
  }
  XueRegion& region = regions_.inside;
  const RowGroups groups(region.height, region.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    const auto end = static_cast<std::size_t>(groups.end(group) * region.width);
    for (auto i = static_cast<std::size_t>(groups.begin(group) * region.width); i < end; ++i) {
      if (region.cover[i] > 0.0) held(region.r[i], region.g[i], region.b[i]);
    }
  });
}

void XueSides::change_contrast(double alpha, double threshold) {
  each([alpha, threshold, compat = compat_](Linear c) {
    return pixel::change_contrast(c, alpha, threshold, compat);
  });
}

void XueSides::change_luminance(double stops) {
  const double gain = std::exp2(stops);
  each([gain](Linear c) { return pixel::scaled(c, gain); });
}

void XueSides::change_temperature(double mired) {
  const auto& lines = compat_ ? pixel::kRobertsonTypo<double> : pixel::kRobertson<double>;
  each([&lines, mired, compat = compat_](Linear c) {
    const auto at = pixel::to_uv(c);
    return pixel::change_temperature(lines, c, at, pixel::interval_of(lines, at), mired, compat);
  });
}

void XueSides::change_saturation(double stops) {
  const double gain = std::exp2(stops);
  each([gain, compat = compat_](Linear c) { return pixel::change_saturation(c, gain, compat); });
}

}  // namespace harmonia
