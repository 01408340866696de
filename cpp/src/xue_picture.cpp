#include "harmonia/transfer/xue_picture.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "block.hpp"
#include "harmonia/erosion.hpp"
#include "harmonia/pixel/xue.hpp"

namespace harmonia {
namespace {

using Values = std::vector<double>;

double decode(double code) {
  return code > 0.04045 ? std::pow((code + 0.055) / 1.055, 2.4) : code / 12.92;
}

// The normalized Gaussian of 2 * ceil(2 sigma) + 1 pixels both ways, with the rim replicated.
Values filtered(const Values& plane, std::int64_t height, std::int64_t width, double sigma) {
  const auto reach = static_cast<std::int64_t>(std::ceil(2.0 * sigma));
  Values kernel;
  double sum = 0.0;
  for (std::int64_t k = -reach; k <= reach; ++k) {
    kernel.push_back(std::exp(-static_cast<double>(k * k) / (2.0 * sigma * sigma)));
    sum += kernel.back();
  }
  for (double& tap : kernel) tap /= sum;
  Values across(plane.size()), out(plane.size());
  const auto pass = [&](const Values& from, Values& to, std::int64_t lines, std::int64_t length,
                        std::int64_t line_step, std::int64_t step) {
    for (std::int64_t line = 0; line < lines; ++line) {
      const double* const p = from.data() + line * line_step;
      for (std::int64_t i = 0; i < length; ++i) {
        double total = 0.0;
        for (std::int64_t k = -reach; k <= reach; ++k) {
          total += kernel[static_cast<std::size_t>(k + reach)] *
                   p[std::clamp<std::int64_t>(i + k, 0, length - 1) * step];
        }
        to[static_cast<std::size_t>(line * line_step + i * step)] = total;
      }
    }
  };
  pass(plane, across, height, width, width, 1);
  pass(across, out, width, height, 1, width);
  return out;
}

struct Corners {
  std::int64_t top, left, bottom, right;
};

// The box of the 8-connected part that column after column comes first.
Corners first_part(const std::vector<std::uint8_t>& mask, std::int64_t height, std::int64_t width) {
  std::vector<std::uint8_t> seen(mask.size());
  std::vector<std::pair<std::int64_t, std::int64_t>> open;
  Corners box{0, 0, 0, 0};
  const auto visit = [&](std::int64_t y, std::int64_t x) {
    const auto at = static_cast<std::size_t>(y * width + x);
    if (!mask[at] || seen[at]) return;
    seen[at] = 1;
    open.emplace_back(y, x);
  };
  for (std::int64_t x = 0; x < width && open.empty(); ++x) {
    for (std::int64_t y = 0; y < height && open.empty(); ++y) visit(y, x);
  }
  if (open.empty()) return box;
  box = {open[0].first, open[0].second, open[0].first + 1, open[0].second + 1};
  while (!open.empty()) {
    const auto [y, x] = open.back();
    open.pop_back();
    box = {std::min(box.top, y), std::min(box.left, x), std::max(box.bottom, y + 1),
           std::max(box.right, x + 1)};
    for (std::int64_t to_y = std::max<std::int64_t>(y - 1, 0); to_y <= std::min(y + 1, height - 1);
         ++to_y) {
      for (std::int64_t to_x = std::max<std::int64_t>(x - 1, 0); to_x <= std::min(x + 1, width - 1);
           ++to_x) {
        visit(to_y, to_x);
      }
    }
  }
  return box;
}

Values eroded(const Bitmap& bitmap, double radius) {
  const Bitmap kept = eroded_by_disk(bitmap, static_cast<std::int64_t>(radius));
  return Values(kept.set.begin(), kept.set.end());
}

}  // namespace

XuePicture::XuePicture(const ImageView& image, const MaskView& mask)
    : height_(image.height), width_(image.width) {
  const auto load = HARMONIA_PICK(load);
  const auto load_mask = HARMONIA_PICK(load_mask);
  Block block;
  Weights weights;
  // Codes of integers are divided in double: the float of a block is a rounding away.
  const double top = image.scalar == Scalar::u8 ? 255.0 : image.scalar == Scalar::u16 ? 65535.0 : 0;
  const auto exact = [top](float v) {
    const double code = static_cast<double>(v);
    return decode(top > 0.0 ? std::round(code * top) / top : code);
  };
  for (std::int64_t y = 0; y < height_; ++y) {
    for (std::int64_t x = 0; x < width_; x += kBlock) {
      const int n = static_cast<int>(std::min<std::int64_t>(width_ - x, kBlock));
      const bool none = load_mask(mask, y, x, n, 1.0f, weights) == Cover::none;
      load(image, y, x, n, block);
      for (int i = 0; i < n; ++i) {
        r_.push_back(exact(block.x[i]));
        g_.push_back(exact(block.y[i]));
        b_.push_back(exact(block.z[i]));
        mask_.push_back(!none && weights.w[i] > 0.5f);
      }
    }
  }
  const Corners box = first_part(mask_, height_, width_);
  const std::int64_t h = box.bottom - box.top, w = box.right - box.left;
  if (h == 0) return;
  // One more row and column at the far end: the published rectangle includes both of its ends.
  top_ = std::max<std::int64_t>(box.top - h, 0);
  left_ = std::max<std::int64_t>(box.left - w, 0);
  rows_ = std::min(box.bottom + h + 1, height_) - top_;
  columns_ = std::min(box.right + w + 1, width_) - left_;
  Bitmap inside{rows_, columns_, {}}, outside{rows_, columns_, {}};
  for (std::int64_t y = top_; y < top_ + rows_; ++y) {
    for (std::int64_t x = left_; x < left_ + columns_; ++x) {
      const std::uint8_t m = mask_[static_cast<std::size_t>(y * width_ + x)];
      inside.set.push_back(m);
      outside.set.push_back(!m);
      pixels_ += m;
    }
  }
  const auto shorter = static_cast<double>(std::min(h, w));
  inside_ = eroded(inside, 0.03 * shorter);
  outside_ = eroded(outside, 0.15 * shorter);
}

double XuePicture::inside_luminance() const {
  double sum = 0.0, count = 0.0;
  for (std::size_t i = 0; i < mask_.size(); ++i) {
    if (!mask_[i]) continue;
    sum += pixel::luminance(pixel::Linear<double>{r_[i], g_[i], b_[i]});
    count += 1.0;
  }
  return count > 0.0 ? sum / count : 0.0;
}

Values XuePicture::cropped(const Values& plane) const {
  Values crop;
  crop.reserve(static_cast<std::size_t>(rows_ * columns_));
  for (std::int64_t y = top_; y < top_ + rows_; ++y) {
    const auto row = plane.begin() + (y * width_ + left_);
    crop.insert(crop.end(), row, row + columns_);
  }
  return crop;
}

Values XuePicture::blurred(const Values& plane) const {
  const Values crop = cropped(plane);
  return filtered(crop, rows_, columns_, static_cast<double>(std::min(rows_, columns_)) / 1024.0);
}

XueRegion XuePicture::luminance_region() const {
  Values y(r_.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] = pixel::luminance(pixel::Linear<double>{r_[i], g_[i], b_[i]});
  }
  const Values grey = cropped(y), mask = cropped(Values(mask_.begin(), mask_.end()));
  return {rows_, columns_, grey, grey, grey, Values(grey.size(), 1.0), mask};
}

XueRegions XuePicture::regions() const {
  XueRegions regions;
  regions.inside_luminance = inside_luminance();
  if (rows_ == 0) return regions;
  regions.inside = {
      rows_, columns_, blurred(r_), blurred(g_), blurred(b_), Values(inside_.size(), 1.0), inside_};
  regions.outside = regions.inside;
  regions.outside.weight = outside_;
  return regions;
}

}  // namespace harmonia
