#include "harmonia/erosion.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace harmonia {
namespace {

struct Step {
  std::int64_t y, x;
};

// A pixel stays where all pixels up to `reach` steps to both sides of it are set. Runs are counted
// along the line: from one end on the way there, from the other on the way back.
void erode_along(Bitmap& bitmap, Step step, std::int64_t reach) {
  if (reach < 1) return;
  const std::int64_t h = bitmap.height, w = bitmap.width;
  const auto far = static_cast<std::int32_t>(std::min<std::int64_t>(reach, h + w));
  const auto run = [&](std::vector<std::int32_t>& runs, std::int64_t y, std::int64_t x,
                       std::int64_t dy, std::int64_t dx) {
    const std::int64_t py = y + dy, px = x + dx;
    const bool inside = py >= 0 && py < h && px >= 0 && px < w;
    const std::int32_t before = inside ? runs[static_cast<std::size_t>(py * w + px)] : far;
    const auto at = static_cast<std::size_t>(y * w + x);
    runs[at] = bitmap.set[at] ? std::min(before + 1, far + 1) : 0;
  };
  std::vector<std::int32_t> ahead(bitmap.set.size()), behind(bitmap.set.size());
  // Steps go down or to the right, so reading order has the neighbour behind, and its reverse the
  // one ahead.
  for (std::int64_t y = 0; y < h; ++y) {
    for (std::int64_t x = 0; x < w; ++x) run(behind, y, x, -step.y, -step.x);
  }
  for (std::int64_t y = h - 1; y >= 0; --y) {
    for (std::int64_t x = w - 1; x >= 0; --x) run(ahead, y, x, step.y, step.x);
  }
  for (std::size_t i = 0; i < bitmap.set.size(); ++i) {
    bitmap.set[i] = ahead[i] > far && behind[i] > far;
  }
}

// Pixels within the radius, one row of the disk at a time.
void erode_euclidean(Bitmap& bitmap, std::int64_t radius) {
  const std::int64_t h = bitmap.height, w = bitmap.width;
  const std::vector<std::uint8_t> from = bitmap.set;
  for (std::int64_t dy = -radius; dy <= radius; ++dy) {
    for (std::int64_t dx = -radius; dx <= radius; ++dx) {
      if (dy * dy + dx * dx > radius * radius) continue;
      for (std::int64_t y = std::max<std::int64_t>(0, -dy); y < std::min(h, h - dy); ++y) {
        for (std::int64_t x = std::max<std::int64_t>(0, -dx); x < std::min(w, w - dx); ++x) {
          if (!from[static_cast<std::size_t>((y + dy) * w + x + dx)]) {
            bitmap.set[static_cast<std::size_t>(y * w + x)] = 0;
          }
        }
      }
    }
  }
}

// What lies outside is set, but the first lines erode that too: the picture gets a rim as wide as
// the disk reaches.
Bitmap padded(const Bitmap& bitmap, std::int64_t rim) {
  Bitmap wide{bitmap.height + 2 * rim, bitmap.width + 2 * rim, {}};
  wide.set.assign(static_cast<std::size_t>(wide.height * wide.width), 1);
  for (std::int64_t y = 0; y < bitmap.height; ++y) {
    std::copy_n(bitmap.set.begin() + y * bitmap.width, bitmap.width,
                wide.set.begin() + (y + rim) * wide.width + rim);
  }
  return wide;
}

Bitmap without_rim(const Bitmap& wide, std::int64_t rim) {
  Bitmap bitmap{wide.height - 2 * rim, wide.width - 2 * rim, {}};
  for (std::int64_t y = 0; y < bitmap.height; ++y) {
    const auto row = wide.set.begin() + (y + rim) * wide.width + rim;
    bitmap.set.insert(bitmap.set.end(), row, row + bitmap.width);
  }
  return bitmap;
}

}  // namespace

Bitmap eroded_by_disk(Bitmap bitmap, std::int64_t radius) {
  if (radius < 1) return bitmap;
  if (radius < 3) {
    erode_euclidean(bitmap, radius);
    return bitmap;
  }
  const double eighth = std::acos(-1.0) / 8.0;
  const double side =
      2.0 * static_cast<double>(radius) / (1.0 / std::tan(eighth) + 1.0 / std::sin(eighth));
  const auto straight = static_cast<std::int64_t>(side);
  const auto diagonal = static_cast<std::int64_t>(side / std::sqrt(2.0));
  const std::int64_t rest = radius - (straight + 2 * diagonal);
  Bitmap wide = padded(bitmap, radius);
  erode_along(wide, {1, 0}, straight);
  erode_along(wide, {1, 1}, diagonal);
  erode_along(wide, {0, 1}, straight);
  erode_along(wide, {1, -1}, diagonal);
  erode_along(wide, {0, 1}, rest - 1);
  erode_along(wide, {1, 0}, rest - 1);
  return without_rim(wide, radius);
}

}  // namespace harmonia
