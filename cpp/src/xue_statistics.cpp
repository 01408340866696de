#include "harmonia/transfer/xue_statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "harmonia/pixel/xue.hpp"
#include "harmonia/transfer/xue_contrast.hpp"

namespace harmonia {
namespace {

using Values = std::vector<double>;

constexpr double kEpsilon = kXueEpsilon;
constexpr double kColdest = 50.0, kWarmest = 1.0e6 / 1500.0;
constexpr double kLeastContrast = 0.1;

// Temperature and saturation are those of pixels that are neither dark nor almost clipped: codes
// from 60 on, and luminance below 0.88.
const double kDark = std::pow((60.0 / 255.0 + 0.055) / 1.055, 2.4);
constexpr double kBright = 0.88;

struct Range {
  double low, high;
};

Range range_of(XueProperty property) {
  switch (property) {
    case XueProperty::temperature: return {kColdest, kWarmest};
    case XueProperty::contrast: return {kLeastContrast, 1.0};
    default: return {std::log2(kEpsilon), 0.0};
  }
}

double saturation(const XueRegion& region, std::size_t i) {
  const double high = std::max({region.r[i], region.g[i], region.b[i]});
  const double low = std::min({region.r[i], region.g[i], region.b[i]});
  return high > 0.0 ? (high - low) / high : 0.0;
}

// Zero where no two neighbouring isotherms have the colour between them.
double mired(const XueRegion& region, std::size_t i) {
  constexpr const auto& lines = pixel::kRobertson<double>;
  const auto at = pixel::to_uv(pixel::Linear<double>{region.r[i], region.g[i], region.b[i]});
  double before = pixel::warmth(lines, 0, at.u, at.v);
  for (int k = 1; k < pixel::kIsotherms; ++k) {
    const double now = pixel::warmth(lines, k, at.u, at.v);
    if (before * now < 0.0) {
      const double share = before / (before - now);
      const double found = lines.mired[k - 1] + share * (lines.mired[k] - lines.mired[k - 1]);
      return std::clamp(found, kColdest, kWarmest);
    }
    before = now;
  }
  return 0.0;
}

struct Sample {
  Values values, weights;

  void add(double value, double weight) {
    values.push_back(value);
    weights.push_back(weight);
  }
};

Sample sample_of(const XueRegion& region, XueProperty property, bool compat) {
  const Values luminance = xue_luminance(region);
  Sample sample;
  for (std::size_t i = 0; i < region.weight.size(); ++i) {
    const double w = region.weight[i];
    if (w <= 0.0) continue;
    const double y = luminance[i];
    if (property == XueProperty::luminance) {
      sample.add(std::log2(std::max(y, kEpsilon)), w);
      continue;
    }
    if (!(y > kDark && y < kBright)) continue;
    if (property == XueProperty::saturation) {
      sample.add(std::log2(std::max(saturation(region, i), kEpsilon)), w);
      continue;
    }
    const double temperature = mired(region, i);
    if (temperature > 0.0) {
      sample.add(temperature, w);
    } else if (compat) {
      sample.add(kWarmest, w);
    }
  }
  return sample;
}

double entropy_of(const std::array<double, 256>& shares) {
  double sum = 0.0;
  for (const double p : shares) sum -= p > 0.0 ? p * std::log2(p) : 0.0;
  return sum;
}

// Mean, spread over n - 1, skewness, excess kurtosis and entropy.
void add_moments(const Sample& sample, Range range, bool compat, XueStatistics& to) {
  const std::size_t n = sample.values.size();
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) sum += sample.weights[i] * sample.values[i];
  to.mean = sum / to.weight;
  double s2 = 0.0, s3 = 0.0, s4 = 0.0;
  std::array<double, 256> shares{};
  for (std::size_t i = 0; i < n; ++i) {
    const double w = sample.weights[i], away = sample.values[i] - to.mean;
    s2 += w * away * away;
    s3 += w * away * away * away;
    s4 += w * away * away * away * away;
    const double code = 255.0 * (sample.values[i] - range.low) / (range.high - range.low);
    // The published code scales to 0..255 twice, so that all but the lowest values are 255.
    const double byte = std::clamp(compat ? 255.0 * code : code, 0.0, 255.0);
    shares[static_cast<std::size_t>(byte + 0.5)] += w / to.weight;
  }
  const double variance = s2 / to.weight;
  const double count = static_cast<double>(n);
  to.spread = n > 1 ? std::sqrt(variance * count / (count - 1.0)) : 0.0;
  if (variance > 1e-18) {
    to.skewness = s3 / to.weight / std::pow(variance, 1.5);
    to.kurtosis = s4 / to.weight / (variance * variance) - 3.0;
  }
  to.entropy = entropy_of(shares);
}

// Shares of the twentieths between top and low; the first and the last are open.
void add_portions(const Sample& sample, double whole, XueStatistics& to) {
  to.range = to.top - to.low;
  const double step = to.range / 20.0;
  double edges[19];
  for (int k = 0; k < 19; ++k) edges[k] = to.top - step * (k + 1);
  for (std::size_t i = 0; i < sample.values.size(); ++i) {
    const double v = sample.values[i];
    int k = step > 0.0 ? static_cast<int>(std::clamp((to.top - v) / step, 0.0, 19.0)) : 0;
    while (k > 0 && v > edges[k - 1]) --k;
    while (k < 19 && v <= edges[k]) ++k;
    to.portions[k] += sample.weights[i] / whole;
  }
}

// The ends and the median by sorting, as the published code has them.
void add_order_exactly(Values sorted, XueStatistics& to) {
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const auto n = static_cast<std::int64_t>(sorted.size());
  const auto mean = [&](std::int64_t from, std::int64_t end) {
    double sum = 0.0;
    for (std::int64_t i = from; i < end; ++i) sum += sorted[static_cast<std::size_t>(i)];
    return sum / static_cast<double>(end - from);
  };
  to.top = mean(0, 1 + n / 1024);
  to.low =
      mean(static_cast<std::int64_t>(1.0 + (1.0 - 1.0 / 1024.0) * static_cast<double>(n)) - 1, n);
  to.median = mean((n - 1) / 2, n / 2 + 1);
}

// The same of weighted values, from the weights and sums of 4096 bins: the mean of the part of a
// bin that belongs to an end is that of the bin.
void add_order(const Sample& sample, Range range, XueStatistics& to) {
  constexpr int kBins = 4096;
  std::vector<double> weights(kBins), sums(kBins);
  // Contrast has no upper end; above eight there is next to nothing.
  const double high = range.low > 0.0 && range.high <= 1.0 ? 8.0 : range.high;
  const double scale = kBins / (high - range.low);
  for (std::size_t i = 0; i < sample.values.size(); ++i) {
    const double at = std::clamp((sample.values[i] - range.low) * scale, 0.0, kBins - 1.0);
    weights[static_cast<std::size_t>(at)] += sample.weights[i];
    sums[static_cast<std::size_t>(at)] += sample.weights[i] * sample.values[i];
  }
  const auto mean_from = [&](int first, int step, double share) {
    double left = share, sum = 0.0;
    for (int k = first; k >= 0 && k < kBins && left > 0.0; k += step) {
      const auto bin = static_cast<std::size_t>(k);
      if (weights[bin] <= 0.0) continue;
      const double part = std::min(left, weights[bin]);
      sum += part * (sums[bin] / weights[bin]);
      left -= part;
    }
    return sum / (share - std::max(left, 0.0));
  };
  const double end =
      to.weight * std::min(1.0, 1.0 / 1024.0 + 1.0 / static_cast<double>(sample.values.size()));
  to.top = mean_from(kBins - 1, -1, end);
  to.low = mean_from(0, 1, end);
  double below = 0.0;
  for (std::size_t k = 0; k < kBins; ++k) {
    if (weights[k] <= 0.0) continue;
    below += weights[k];
    to.median = sums[k] / weights[k];
    if (below >= 0.5 * to.weight) break;
  }
}

double total(const Values& weights) {
  double sum = 0.0;
  for (const double w : weights) sum += w;
  return sum;
}

XueStatistics summary_of(const Sample& sample, double whole, Range range, bool compat) {
  XueStatistics result;
  result.weight = total(sample.weights);
  if (!(result.weight > 0.0)) return {};
  if (compat) {
    add_order_exactly(sample.values, result);
  } else {
    add_order(sample, range, result);
  }
  add_moments(sample, range, compat, result);
  add_portions(sample, whole > 0.0 ? whole : result.weight, result);
  return result;
}

}  // namespace

XueStatistics xue_contrast(const XueRegion& region, const std::vector<double>& luminance,
                           bool compat) {
  const Values contrast = xue_contrasts(region, luminance, compat);
  Sample sample;
  for (std::size_t i = 0; i < contrast.size(); ++i) {
    if (region.weight[i] > 0.0 && contrast[i] > kLeastContrast) {
      sample.add(contrast[i], region.weight[i]);
    }
  }
  const double whole = total(sample.weights);
  while (compat && sample.values.size() < 100) sample.add(kLeastContrast, 1.0);
  return summary_of(sample, whole, range_of(XueProperty::contrast), compat);
}

XueStatistics xue_statistics(const XueRegion& region, XueProperty property, bool compat) {
  if (property == XueProperty::contrast) {
    return xue_contrast(region, xue_luminance(region), compat);
  }
  const Sample sample = sample_of(region, property, compat);
  return summary_of(sample, total(sample.weights), range_of(property), compat);
}

}  // namespace harmonia
