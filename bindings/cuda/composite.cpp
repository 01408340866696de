#include "harmonia/composite.hpp"

#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(composite, m) {
  m.def(
      "composite",
      [](const py::object& fresh, const py::object& old, const py::object& mask, float strength,
         const py::object& out, std::uintptr_t stream) {
        const Borrowed above(fresh, "new"), under(old, "old"), to(out, "out");
        check_same_device(under, above, "new");
        check_same_device(under, to, "out");
        const ImageView new_pixels = view(above, "new"), old_pixels = view(under, "old");
        const MutableImageView written = mutable_view(to, "out");
        check_same_shape(new_pixels, written);
        check_same_shape(old_pixels, written);
        const BorrowedMask weights(mask, under);
        const py::gil_scoped_release nogil;
        const cuda::DeviceGuard device(under.tensor().device.id);
        cuda::composite(new_pixels, old_pixels, weights.view, strength, written, stream_of(stream));
      },
      py::arg("new"), py::arg("old"), py::arg("mask").none(true), py::arg("strength"),
      py::arg("out"), py::arg("stream"));
}

}  // namespace harmonia::bindings
