// The window and the sums of ssim, from and to Python: the same for both modules.
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "harmonia/ssim.hpp"
#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

inline SsimWindow ssim_window(const std::vector<double>& taps, const std::string& padding,
                              double c1, double c2, double covariance_scale) {
  const int count = static_cast<int>(taps.size());
  if (count % 2 == 0 || count > 2 * kMostSsimRadius + 1) {
    throw py::value_error("ssim: taps must be 1, 3, ... 31 in number, got " +
                          std::to_string(count));
  }
  SsimWindow window;
  window.radius = count / 2;
  double sum = 0.0;
  for (int k = 0; k <= window.radius; ++k) {
    if (!std::isfinite(taps[k]) || taps[k] != taps[count - 1 - k]) {
      throw py::value_error("ssim: taps must be finite and the same from both ends");
    }
    window.taps[k] = taps[k];
    sum += k < window.radius ? 2.0 * taps[k] : taps[k];
  }
  // Variances are taken about a centre, which is right of true means alone.
  if (!(std::fabs(sum - 1.0) < 1e-9)) {
    throw py::value_error("ssim: taps must add up to 1, got " + std::to_string(sum));
  }
  if (padding != "valid" && padding != "zero") {
    throw py::value_error("ssim: padding must be 'valid' or 'zero', got '" + padding + "'");
  }
  window.zero_padding = padding == "zero";
  if (!(c1 > 0.0) || !(c2 > 0.0) || !(covariance_scale > 0.0)) {
    throw py::value_error("ssim: c1, c2 and covariance_scale must be positive");
  }
  window.c1 = c1;
  window.c2 = c2;
  window.covariance_scale = covariance_scale;
  return window;
}

using Three = std::array<double, 3>;

// Sums of the map, of cs and of the map times the mask, a channel; the mask's; pixels of the map.
inline std::tuple<Three, Three, Three, double, std::int64_t> to_tuple(const SsimSums& sums) {
  const auto three = [](const double (&values)[3]) {
    return Three{values[0], values[1], values[2]};
  };
  return {three(sums.ssim), three(sums.cs), three(sums.masked), sums.weight, sums.count};
}

}  // namespace harmonia::bindings
