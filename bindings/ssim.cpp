#include "harmonia/ssim.hpp"

#include <array>
#include <cmath>
#include <tuple>
#include <vector>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

static std::array<double, 3> to_array(const double (&sums)[3]) {
  return {sums[0], sums[1], sums[2]};
}

static SsimWindow window_of(const std::vector<double>& taps, const std::string& padding, double c1,
                            double c2, double covariance_scale) {
  const int count = static_cast<int>(taps.size());
  if (count % 2 == 0 || count > 2 * kMostSsimRadius + 1) {
    throw py::value_error("ssim: taps must be 1, 3, ... 31 in number, got " +
                          std::to_string(count));
  }
  SsimWindow window;
  window.radius = count / 2;
  for (int k = 0; k <= window.radius; ++k) {
    if (!std::isfinite(taps[k]) || taps[k] != taps[count - 1 - k]) {
      throw py::value_error("ssim: taps must be finite and the same from both ends");
    }
    window.taps[k] = taps[k];
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

HARMONIA_BINDINGS(ssim, m) {
  m.def(
      "ssim",
      [](const py::array& output, const py::array& target, const OptionalArray& mask,
         const std::vector<double>& taps, const std::string& padding, double c1, double c2,
         double covariance_scale) {
        const ImageView of_output = view(output, "output"), of_target = view(target, "target");
        if (of_output.height != of_target.height || of_output.width != of_target.width) {
          throw py::value_error("output and target must have one height and width");
        }
        const MaskView weights = mask_view(mask, of_output.height, of_output.width);
        const SsimWindow window = window_of(taps, padding, c1, c2, covariance_scale);
        SsimSums sums;
        {
          const py::gil_scoped_release nogil;
          sums = ssim(of_output, of_target, weights, window);
        }
        return std::make_tuple(to_array(sums.ssim), to_array(sums.cs), to_array(sums.masked),
                               sums.weight, sums.count);
      },
      py::arg("output").noconvert(), py::arg("target").noconvert(), py::arg("mask").noconvert(),
      py::arg("taps"), py::arg("padding"), py::arg("c1"), py::arg("c2"),
      py::arg("covariance_scale"));
}

}  // namespace harmonia::bindings
