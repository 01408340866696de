#include "harmonia/space_histogram.hpp"

#include <array>
#include <tuple>

#include "harmonia/histogram.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(space_histogram, m) {
  m.def(
      "space_histogram",
      [](const py::array& image, const OptionalArray& mask, const std::string& space,
         const std::array<double, 3>& low, const std::array<double, 3>& high, std::int64_t bins) {
        const ImageView in = view(image);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Space where = parse_space(space);
        if (bins < 1 || bins > kMostBins) throw py::value_error("bins must be from 1 to 65536");
        py::array_t<double> inside({std::int64_t{3}, bins}), outside({std::int64_t{3}, bins});
        double* const m_of = inside.mutable_data();
        double* const rest_of = outside.mutable_data();
        {
          const py::gil_scoped_release nogil;
          space_histogram(in, weights, where, low.data(), high.data(), bins, m_of, rest_of);
        }
        return std::make_tuple(inside, outside);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("space"), py::arg("low"),
      py::arg("high"), py::arg("bins"));
}

}  // namespace harmonia::bindings
