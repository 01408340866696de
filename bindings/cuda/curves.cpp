#include "curves.hpp"

#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(curves, m) {
  m.def(
      "curve_transfer",
      [](const py::object& image, const py::object& mask, float strength, const CurvesTuple& curves,
         const py::object& out, std::uintptr_t stream) {
        const Borrowed in(image, "image"), to(out, "out");
        check_same_device(in, to, "out");
        const ImageView pixels = view(in, "image");
        const MutableImageView written = mutable_view(to, "out");
        check_same_shape(pixels, written);
        const BorrowedMask weights(mask, in);
        const Curves through = from_tuple(curves);
        const py::gil_scoped_release nogil;
        const cuda::DeviceGuard device(in.tensor().device.id);
        cuda::curve_transfer(pixels, weights.view, strength, through, written, stream_of(stream));
      },
      py::arg("image"), py::arg("mask").none(true), py::arg("strength"), py::arg("curves"),
      py::arg("out"), py::arg("stream"));
}

}  // namespace harmonia::bindings
