#include "curves.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(curves, m) {
  m.def(
      "curve_transfer",
      [](const py::array& image, const OptionalArray& mask, float strength,
         const CurvesTuple& curves, py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Curves through = from_tuple(curves);
        const py::gil_scoped_release nogil;
        curve_transfer(in, weights, strength, through, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("curves"), py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
