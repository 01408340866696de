#include "harmonia/regrain.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(regrain, m) {
  m.def(
      "regrain",
      [](const py::array& image, const py::array& changed, const OptionalArray& mask,
         float strength, double smoothness, bool whole, py::array out) {
        const ImageView in = view(image), fresh = view(changed, "changed");
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        if (fresh.scalar != Scalar::f32 || fresh.height != in.height || fresh.width != in.width) {
          throw py::value_error("changed must be float32 of the height and width of image");
        }
        if (!(smoothness > 0.0)) throw py::value_error("smoothness must be positive");
        const MaskView weights = mask_view(mask, in.height, in.width);
        const py::gil_scoped_release nogil;
        regrain(in, fresh, weights, strength, smoothness, whole, to);
      },
      py::arg("image").noconvert(), py::arg("changed").noconvert(), py::arg("mask").noconvert(),
      py::arg("strength"), py::arg("smoothness"), py::arg("whole"), py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
