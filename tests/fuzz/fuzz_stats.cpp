// libFuzzer over statistics under a mask: moments, histograms, percentiles, samples and ranges.
// Weights add up to the pixels, and what is measured lies between what the picture holds.
#include "harmonia/histogram.hpp"
#include "harmonia/kmeans.hpp"
#include "harmonia/range.hpp"
#include "harmonia/sample.hpp"
#include "harmonia/space_histogram.hpp"
#include "harmonia/stats.hpp"
#include "kernel_input.hpp"

namespace {

using namespace fuzz;
using harmonia::Space;

void require_moments(const harmonia::Moments& moments, double pixels) {
  require_within(moments.weight, 0.0, pixels * (1.0 + 1e-6));
  require_finite(moments.mean, 3);
  require_finite(moments.products, 6);
  double covariance[9];
  moments.covariance(covariance);
  require_finite(covariance, 9);
  for (const int diagonal : {0, 4, 8}) require(covariance[diagonal] >= 0.0);
}

void fuzz_moments(Bytes& from) {
  const Size size = Size::of(from);
  const Picture image(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Mask mask(from, size);
  const Space space = from.space();
  require_same_everywhere([&] {
    const harmonia::RegionMoments found = harmonia::masked_moments(image.in(), mask.view(), space);
    std::vector<std::uint8_t> all;
    for (const harmonia::Moments* region : {&found.inside, &found.outside}) {
      require_moments(*region, static_cast<double>(size.height * size.width));
      append(all, *region);
    }
    return all;
  });
}

void require_weights(const std::vector<double>& inside, const std::vector<double>& outside,
                     std::size_t bins, double pixels) {
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0.0;
    for (std::size_t i = c * bins; i < (c + 1) * bins; ++i) {
      require_within(inside[i], 0.0, pixels);
      require_within(outside[i], 0.0, pixels);
      sum += inside[i] + outside[i];
    }
    require_within(sum, pixels - 1e-3, pixels + 1e-3);
  }
}

std::int64_t bins_of(Bytes& from) {
  return from.one_of({std::int64_t{1}, std::int64_t{2}, std::int64_t{256}, harmonia::kMostBins,
                      std::int64_t{1 + from.byte() * 5}});
}

void fuzz_histogram(Bytes& from) {
  const Size size = Size::of(from);
  const Picture image(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Mask mask(from, size);
  const std::int64_t bins = bins_of(from);
  const Space space = from.space();
  double low[3], high[3];
  for (int c = 0; c < 3; ++c) {
    low[c] = from.number();
    high[c] = low[c] + std::abs(from.number());
  }
  const bool in_space = from.flag();
  require_same_everywhere([&] {
    std::vector<double> inside(static_cast<std::size_t>(3 * bins)), outside(inside);
    if (in_space) {
      harmonia::space_histogram(image.in(), mask.view(), space, low, high, bins, inside.data(),
                                outside.data());
    } else {
      harmonia::masked_histogram(image.in(), mask.view(), bins, inside.data(), outside.data());
    }
    require_weights(inside, outside, static_cast<std::size_t>(bins),
                    static_cast<double>(size.height * size.width));
    std::vector<std::uint8_t> all = bytes_of(inside), rest = bytes_of(outside);
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  });
}

void fuzz_percentile(Bytes& from) {
  const Size size = Size::of(from);
  const Picture image(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Mask mask(from, size);
  std::vector<double> q(static_cast<std::size_t>(from.byte() % 5));
  for (double& percent : q) percent = 100.0 * from.unit();
  require_same_everywhere([&] {
    const auto found = harmonia::masked_percentile(image.in(), mask.view(), q);
    require(found.empty() || found.size() == 3 * q.size());
    for (const double value : found) require_within(value, 0.0, 65535.0);
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (std::size_t k = 0; k < found.size(); ++k) {
        require(i % 3 != k % 3 || q[i / 3] > q[k / 3] || found[i] <= found[k]);
      }
    }
    return bytes_of(found);
  });
}

void fuzz_sample(Bytes& from) {
  const Size size = Size::of(from);
  const Picture image(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Mask mask(from, size);
  const Space space = from.space();
  const std::int64_t limit = 1 + from.below(2000), clusters = 1 + from.byte() % 20;
  const auto seed = static_cast<std::uint64_t>(from.byte());
  require_same_everywhere([&] {
    const auto found = harmonia::masked_sample(image.in(), mask.view(), space, limit, seed);
    std::vector<std::uint8_t> all;
    for (const harmonia::Sample* side : {&found.inside, &found.outside}) {
      require(side->x.size() == side->weights.size() && side->x.size() == side->y.size());
      require(static_cast<std::int64_t>(side->x.size()) <= size.height * size.width);
      for (const float weight : side->weights) require(weight > 0.0f && weight <= 1.0f);
      require_finite(side->z.data(), static_cast<std::int64_t>(side->z.size()));
      const harmonia::Clusters groups = harmonia::kmeans(*side, clusters, seed);
      require(static_cast<std::int64_t>(groups.weights.size()) <= clusters);
      require(groups.weights.empty() == side->x.empty());
      double sum = 0.0;
      for (const double weight : groups.weights) sum += weight;
      require(groups.weights.empty() || (sum > 1.0 - 1e-6 && sum < 1.0 + 1e-6));
      for (const auto& centre : groups.centres) {
        require_finite(centre.data(), 3);
        append(all, centre);
      }
    }
    return all;
  });
}

void fuzz_range(Bytes& from) {
  const Size size = Size::of(from, 1);
  const Picture image(from, size, from.one_of({Scalar::f16, Scalar::f32}), channels_of(from),
                      Floats::any);
  const Mask mask(from, size, Floats::any);
  require_same_everywhere([&] {
    std::vector<std::uint8_t> all;
    for (const harmonia::Range& found :
         {harmonia::image_range(image.in()),
          harmonia::mask_range(mask.view(), size.height, size.width)}) {
      append(all, found.finite);
      if (!found.finite) continue;
      require(finite(found.low) && finite(found.high) && found.low <= found.high);
      append(all, found.low + 0.0);
      append(all, found.high + 0.0);
    }
    if (all[0] != 0) image.require_finite();
    return all;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes from(data, size);
  from.one_of({fuzz_moments, fuzz_histogram, fuzz_percentile, fuzz_sample, fuzz_range})(from);
  return 0;
}
