#include "harmonia/error_sums.hpp"

#include "error_sums.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(error_sums, m) {
  m.def(
      "error_sums",
      [](const py::array& output, const py::array& target, const OptionalArray& mask) {
        const ImageView a = view(output, "output"), b = view(target, "target");
        if (a.height != b.height || a.width != b.width) {
          throw py::value_error("target must have the height and width of output");
        }
        const MaskView weights = mask_view(mask, a.height, a.width);
        ErrorSums sums;
        {
          const py::gil_scoped_release nogil;
          sums = error_sums(a, b, weights);
        }
        return to_tuple(sums);
      },
      py::arg("output").noconvert(), py::arg("target").noconvert(), py::arg("mask").noconvert());
}

}  // namespace harmonia::bindings
