#include "harmonia/stats.hpp"

#include "kernels.hpp"
#include "moments.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(stats, m) {
  m.def(
      "masked_moments",
      [](const py::object& image, const py::object& mask, const std::string& space,
         std::uintptr_t stream) {
        const Borrowed in(image, "image");
        const ImageView pixels = view(in, "image");
        const BorrowedMask weights(mask, in);
        const Space where = parse_space(space);
        RegionMoments regions;
        {
          const py::gil_scoped_release nogil;
          const cuda::DeviceGuard device(in.tensor().device.id);
          regions = cuda::masked_moments(pixels, weights.view, where, stream_of(stream));
        }
        return std::make_tuple(to_tuple(regions.inside), to_tuple(regions.outside));
      },
      py::arg("image"), py::arg("mask").none(true), py::arg("space"), py::arg("stream"));
}

}  // namespace harmonia::bindings
