#include "harmonia/transfer/poisson.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(poisson, m) {
  m.def(
      "poisson",
      [](const py::array& image, const OptionalArray& mask, const OptionalArray& reference,
         const OptionalArray& reference_mask, int ring, float strength, py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        PoissonReference from{};
        if (reference) {
          from.image = view(*reference, "reference");
          from.mask = mask_view(reference_mask, from.image.height, from.image.width);
        }
        if (ring < 1) throw py::value_error("ring must be at least 1");
        const py::gil_scoped_release nogil;
        poisson(in, weights, reference ? &from : nullptr, ring, strength, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("reference").noconvert(),
      py::arg("reference_mask").noconvert(), py::arg("ring"), py::arg("strength"),
      py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
