#include "harmonia/space_histogram.hpp"

#include <array>
#include <tuple>

#include "harmonia/histogram.hpp"
#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(space_histogram, m) {
  m.def(
      "space_histogram",
      [](const py::object& image, const py::object& mask, const std::string& space,
         const std::array<double, 3>& low, const std::array<double, 3>& high, std::int64_t bins,
         std::uintptr_t stream) {
        const Borrowed in(image, "image");
        const ImageView pixels = view(in, "image");
        const BorrowedMask weights(mask, in);
        const Space where = parse_space(space);
        if (bins < 1 || bins > kMostBins) throw py::value_error("bins must be from 1 to 65536");
        py::array_t<double> inside({std::int64_t{3}, bins}), outside({std::int64_t{3}, bins});
        double* const m_of = inside.mutable_data();
        double* const rest_of = outside.mutable_data();
        {
          const py::gil_scoped_release nogil;
          const cuda::DeviceGuard device(in.tensor().device.id);
          cuda::space_histogram(pixels, weights.view, where, low.data(), high.data(), bins, m_of,
                                rest_of, stream_of(stream));
        }
        return std::make_tuple(inside, outside);
      },
      py::arg("image"), py::arg("mask").none(true), py::arg("space"), py::arg("low"),
      py::arg("high"), py::arg("bins"), py::arg("stream"));
}

}  // namespace harmonia::bindings
