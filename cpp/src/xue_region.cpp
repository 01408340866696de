#include "harmonia/transfer/xue_region.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "block.hpp"
#include "harmonia/erosion.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/xue.hpp"
#include "mask_bounds.hpp"

namespace harmonia {
namespace {

using Values = std::vector<double>;

constexpr double kInsideErosion = 0.03, kOutsideErosion = 0.15;  // of the box's shorter side
constexpr std::int64_t kMostCells = std::int64_t{1} << 18;
constexpr double kEnough = 100.0;  // cells to measure

std::int64_t shorter(const Bounds& box) { return std::min(box.height(), box.width()); }

// Three times the size, within a picture.
Bounds grown(const Bounds& box, std::int64_t height, std::int64_t width) {
  return {std::max<std::int64_t>(box.top - box.height(), 0),
          std::max<std::int64_t>(box.left - box.width(), 0),
          std::min(box.bottom + box.height(), height), std::min(box.right + box.width(), width)};
}

struct Reader {
  decltype(&baseline::load) load = HARMONIA_PICK(load);
  decltype(&baseline::load_mask) load_mask = HARMONIA_PICK(load_mask);
  decltype(&baseline::from_rgb) from_rgb = HARMONIA_PICK(from_rgb);

  // Weights of a block, zero where it is not covered.
  void weights(const MaskView& mask, std::int64_t y, std::int64_t x, int n, Weights& to) const {
    if (load_mask(mask, y, x, n, 1.0f, to) == Cover::none) std::fill_n(to.w, padded(n), 0.0f);
  }
};

void resize(XueRegion& region, std::int64_t height, std::int64_t width) {
  region.height = height;
  region.width = width;
  const auto n = static_cast<std::size_t>(height * width);
  for (Values* plane : {&region.r, &region.g, &region.b, &region.cover}) plane->assign(n, 0.0);
}

// Sums of weighted colours of squares of `side` pixels of a crop.
void add_cells(const Reader& reader, const ImageView& image, const MaskView& mask,
               const Bounds& crop, std::int64_t side, XueRegions& to) {
  const std::int64_t rows = (crop.height() + side - 1) / side;
  const std::int64_t columns = (crop.width() + side - 1) / side;
  resize(to.inside, rows, columns);
  resize(to.outside, rows, columns);
  parallel_for(rows, [&](std::int64_t row) {
    Block block;
    Weights weights;
    for (std::int64_t y = crop.top + row * side;
         y < std::min(crop.top + (row + 1) * side, crop.bottom); ++y) {
      for (std::int64_t x = crop.left; x < crop.right; x += kBlock) {
        const int n = static_cast<int>(std::min<std::int64_t>(crop.right - x, kBlock));
        reader.weights(mask, y, x, n, weights);
        reader.load(image, y, x, n, block);
        reader.from_rgb(Space::linear, block, padded(n));
        auto cell = static_cast<std::size_t>(row * columns + (x - crop.left) / side);
        std::int64_t left = side - (x - crop.left) % side;  // pixels of the row up to the next cell
        for (int i = 0; i < n; ++i, --left) {
          if (left == 0) {
            ++cell;
            left = side;
          }
          const double r = block.x[i], g = block.y[i], b = block.z[i];
          const double w = weights.w[i], rest = 1.0 - w;
          to.inside.r[cell] += w * r;
          to.inside.g[cell] += w * g;
          to.inside.b[cell] += w * b;
          to.inside.cover[cell] += w;
          to.outside.r[cell] += rest * r;
          to.outside.g[cell] += rest * g;
          to.outside.b[cell] += rest * b;
          to.outside.cover[cell] += rest;
        }
      }
    }
  });
}

// Convolution with (edge, 1, edge) / (1 + 2 edge) both ways; nothing lies beyond the rim.
Values blurred(const Values& plane, std::int64_t height, std::int64_t width, double edge) {
  Values across(plane.size()), out(plane.size());
  const double middle = 1.0 / (1.0 + 2.0 * edge), side = edge * middle;
  for (std::int64_t y = 0; y < height; ++y) {
    const double* const from = plane.data() + y * width;
    double* const to = across.data() + y * width;
    for (std::int64_t x = 0; x < width; ++x) {
      const double before = x > 0 ? from[x - 1] : 0.0, after = x + 1 < width ? from[x + 1] : 0.0;
      to[x] = middle * from[x] + side * (before + after);
    }
  }
  const Values nothing(static_cast<std::size_t>(width));
  for (std::int64_t y = 0; y < height; ++y) {
    const double* const from = across.data() + y * width;
    const double* const above = y > 0 ? from - width : nothing.data();
    const double* const below = y + 1 < height ? from + width : nothing.data();
    double* const to = out.data() + y * width;
    for (std::int64_t x = 0; x < width; ++x) {
      to[x] = middle * from[x] + side * (above[x] + below[x]);
    }
  }
  return out;
}

// Sums of weighted colours become colours, mixed with those of their neighbours by a Gaussian of
// `sigma` cells, at most about a half.
void finish(XueRegion& region, double sigma) {
  const double edge = sigma > 0.0 ? std::exp(-0.5 / (sigma * sigma)) : 0.0;
  std::array<Values*, 3> planes{&region.r, &region.g, &region.b};
  Values cover = region.cover;
  if (edge > 1e-6) {
    for (Values* plane : planes) *plane = blurred(*plane, region.height, region.width, edge);
    cover = blurred(cover, region.height, region.width, edge);
  }
  for (Values* plane : planes) {
    for (std::size_t i = 0; i < cover.size(); ++i) {
      (*plane)[i] = region.cover[i] > 0.0 ? (*plane)[i] / cover[i] : 0.0;
    }
  }
}

// Sums of weights become shares of a cell; what is measured are the cells mostly inside and away
// from the edge. The distance is halved until there are enough, and at last all cells count.
void choose(XueRegion& region, const Bounds& crop, std::int64_t side, std::int64_t radius) {
  for (std::int64_t y = 0; y < region.height; ++y) {
    const std::int64_t high = std::min(side, crop.height() - y * side);
    for (std::int64_t x = 0; x < region.width; ++x) {
      const std::int64_t wide = std::min(side, crop.width() - x * side);
      region.cover[static_cast<std::size_t>(y * region.width + x)] /=
          static_cast<double>(high * wide);
    }
  }
  Bitmap mostly{region.height, region.width, std::vector<std::uint8_t>(region.cover.size())};
  for (std::size_t i = 0; i < region.cover.size(); ++i) mostly.set[i] = region.cover[i] > 0.5;
  for (;; radius /= 2) {
    const Bitmap kept = eroded_by_disk(mostly, radius);
    region.weight.assign(region.cover.size(), 0.0);
    double total = 0.0;
    for (std::size_t i = 0; i < region.cover.size(); ++i) {
      if (kept.set[i]) total += region.weight[i] = region.cover[i];
    }
    if (total >= kEnough) return;
    if (radius == 0) break;
  }
  region.weight = region.cover;
}

double mean_luminance(const XueRegion& region) {
  double sum = 0.0, weight = 0.0;
  for (std::size_t i = 0; i < region.cover.size(); ++i) {
    const double w = region.cover[i];
    sum += w * pixel::luminance(pixel::Linear<double>{region.r[i], region.g[i], region.b[i]});
    weight += w;
  }
  return weight > 0.0 ? sum / weight : 0.0;
}

}  // namespace

XueRegions xue_regions(const ImageView& image, const MaskView& mask) {
  const Reader reader;
  Bounds box = mask_bounds(mask, image.height, image.width, 0.5f);
  if (box.empty()) box = mask_bounds(mask, image.height, image.width);
  XueRegions regions;
  if (box.empty()) return regions;
  const Bounds crop = grown(box, image.height, image.width);
  std::int64_t side = 1;
  while (((crop.height() + side - 1) / side) * ((crop.width() + side - 1) / side) > kMostCells) {
    ++side;
  }
  add_cells(reader, image, mask, crop, side, regions);
  const double cells = static_cast<double>(shorter(box)) / static_cast<double>(side);
  const double sigma = static_cast<double>(shorter(crop)) / 1024.0 / static_cast<double>(side);
  parallel_for(2, [&](std::int64_t k) {
    XueRegion& region = k == 0 ? regions.inside : regions.outside;
    finish(region, sigma);
    choose(region, crop, side,
           static_cast<std::int64_t>((k == 0 ? kInsideErosion : kOutsideErosion) * cells));
  });
  regions.inside_luminance = mean_luminance(regions.inside);
  return regions;
}

}  // namespace harmonia
