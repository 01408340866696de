#include "harmonia/lut_fit.hpp"

#include "harmonia/lut3d.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(lut_fit, m) {
  m.def(
      "fit_lut",
      [](const py::array& before, const py::array& after, const OptionalArray& mask, int size,
         double smoothness, bool monotone) -> std::optional<py::array_t<float>> {
        const ImageView from = view(before, "before"), to = view(after, "after");
        if (from.height != to.height || from.width != to.width) {
          throw py::value_error("after must have the height and width of before");
        }
        const MaskView weights = mask_view(mask, from.height, from.width);
        if (size < kFewestLutNodes || size > kMostLutNodes || !(smoothness > 0.0)) {
          throw py::value_error("size must be from 2 to 129 and smoothness positive");
        }
        py::array_t<float> nodes({size, size, size, 3});
        float* const into = nodes.mutable_data();
        bool fitted = false;
        {
          const py::gil_scoped_release nogil;
          fitted = fit_lut(from, to, weights, {size, smoothness, monotone}, into);
        }
        if (!fitted) return std::nullopt;
        return nodes;
      },
      py::arg("before").noconvert(), py::arg("after").noconvert(), py::arg("mask").noconvert(),
      py::arg("size"), py::arg("smoothness"), py::arg("monotone"));
}

}  // namespace harmonia::bindings
