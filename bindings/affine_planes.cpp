#include "harmonia/affine_planes.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(affine_planes, m) {
  using Planes = py::array_t<float, py::array::c_style>;
  m.def(
      "apply_affine_planes",
      [](const py::array& image, const OptionalArray& mask, float strength, const Planes& planes,
         py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        if (planes.ndim() != 3) throw py::value_error("planes must have shape (12 or 13, h, w)");
        const AffinePlanes maps{planes.data(), planes.shape(0), planes.shape(1), planes.shape(2)};
        const py::gil_scoped_release nogil;
        apply_affine_planes(in, weights, strength, maps, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("planes").noconvert(), py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
