#include "harmonia/range.hpp"

#include <tuple>

#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(range, m) {
  m.def(
      "image_range",
      [](const py::object& image, std::uintptr_t stream) {
        const Borrowed in(image, "image");
        const ImageView pixels = view(in, "image");
        Range range;
        {
          const py::gil_scoped_release nogil;
          const cuda::DeviceGuard device(in.tensor().device.id);
          range = cuda::image_range(pixels, stream_of(stream));
        }
        return std::make_tuple(range.low, range.high, range.finite);
      },
      py::arg("image"), py::arg("stream"));

  m.def(
      "mask_range",
      [](const py::object& mask, std::uintptr_t stream) {
        const Borrowed in(mask, "mask");
        const MaskView weights = mask_view(in, "mask");
        const std::int64_t height = in.tensor().shape[0], width = in.tensor().shape[1];
        Range range;
        {
          const py::gil_scoped_release nogil;
          const cuda::DeviceGuard device(in.tensor().device.id);
          range = cuda::mask_range(weights, height, width, stream_of(stream));
        }
        return std::make_tuple(range.low, range.high, range.finite);
      },
      py::arg("mask"), py::arg("stream"));
}

}  // namespace harmonia::bindings
