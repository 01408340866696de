#include "harmonia/stats.hpp"

#include <vector>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/lalphabeta.hpp"

namespace harmonia {
namespace {

struct RegionSums {
  float centre[3] = {};
  bool has_centre = false;
  double lanes[10][kLanes] = {};
};

// From sums about the centre to moments about the mean.
Moments finish(const RegionSums& sums) {
  double total[10] = {};
  for (int k = 0; k < 10; ++k) {
    for (int j = 0; j < kLanes; ++j) total[k] += sums.lanes[k][j];
  }
  Moments moments;
  moments.weight = total[0];
  if (total[0] <= 0.0) return moments;
  for (int c = 0; c < 3; ++c) moments.mean[c] = sums.centre[c] + total[1 + c] / total[0];
  int k = 0;
  for (int a = 0; a < 3; ++a) {
    for (int b = a; b < 3; ++b, ++k) {
      moments.products[k] = total[4 + k] - total[1 + a] * total[1 + b] / total[0];
    }
  }
  return moments;
}

}  // namespace
}  // namespace harmonia

#define HARMONIA_INL "stats.inl"
#include "foreach_isa.hpp"

namespace harmonia {

void Moments::add(const Moments& other) {
  if (other.weight <= 0.0) return;
  const double sum = weight + other.weight;
  const double share = other.weight / sum;
  double shift[3];
  for (int c = 0; c < 3; ++c) shift[c] = other.mean[c] - mean[c];
  int k = 0;
  for (int a = 0; a < 3; ++a) {
    for (int b = a; b < 3; ++b, ++k) {
      products[k] += other.products[k] + weight * share * shift[a] * shift[b];
    }
  }
  for (int c = 0; c < 3; ++c) mean[c] += share * shift[c];
  weight = sum;
}

void Moments::covariance(double out[9]) const {
  const double scale = weight > 1.0 ? 1.0 / (weight - 1.0) : 0.0;
  int k = 0;
  for (int a = 0; a < 3; ++a) {
    for (int b = a; b < 3; ++b, ++k) {
      // Rounding can leave a variance of -1e-20 where the region is constant.
      const double value = a == b && products[k] < 0.0 ? 0.0 : products[k] * scale;
      out[3 * a + b] = out[3 * b + a] = value;
    }
  }
}

RegionMoments masked_moments(const ImageView& image, const MaskView& mask, Space space) {
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(moments_of_rows);
  std::vector<RegionMoments> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](std::int64_t group) {
    RegionSums inside, outside;
    rows(image, mask, space, groups.begin(group), groups.end(group), inside, outside);
    parts[static_cast<std::size_t>(group)] = {finish(inside), finish(outside)};
  });
  RegionMoments all;
  for (const RegionMoments& part : parts) {
    all.inside.add(part.inside);
    all.outside.add(part.outside);
  }
  return all;
}

}  // namespace harmonia
