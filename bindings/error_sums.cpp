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
        check_same_size(a, b);
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
