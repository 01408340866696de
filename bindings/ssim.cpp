#include "ssim.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(ssim, m) {
  m.def(
      "ssim",
      [](const py::array& output, const py::array& target, const OptionalArray& mask,
         const std::vector<double>& taps, const std::string& padding, double c1, double c2,
         double covariance_scale) {
        const ImageView of_output = view(output, "output"), of_target = view(target, "target");
        check_same_size(of_output, of_target);
        const MaskView weights = mask_view(mask, of_output.height, of_output.width);
        const SsimWindow window = ssim_window(taps, padding, c1, c2, covariance_scale);
        SsimSums sums;
        {
          const py::gil_scoped_release nogil;
          sums = ssim(of_output, of_target, weights, window);
        }
        return to_tuple(sums);
      },
      py::arg("output").noconvert(), py::arg("target").noconvert(), py::arg("mask").noconvert(),
      py::arg("taps"), py::arg("padding"), py::arg("c1"), py::arg("c2"),
      py::arg("covariance_scale"));
}

}  // namespace harmonia::bindings
