#include "harmonia/composite.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(composite, m) {
  m.def(
      "composite",
      [](const py::array& fresh, const py::array& old, const OptionalArray& mask, float strength,
         py::array out) {
        const ImageView in = view(fresh, "new");
        const ImageView under = view(old, "old");
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        check_same_shape(under, to);
        const MaskView weights = mask_view(mask, under.height, under.width);
        const py::gil_scoped_release nogil;
        composite(in, under, weights, strength, to);
      },
      py::arg("new").noconvert(), py::arg("old").noconvert(), py::arg("mask").noconvert(),
      py::arg("strength"), py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
