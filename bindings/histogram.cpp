#include "harmonia/histogram.hpp"

#include <tuple>
#include <vector>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(histogram, m) {
  m.def(
      "masked_histogram",
      [](const py::array& image, const OptionalArray& mask, std::optional<std::int64_t> bins) {
        const ImageView in = view(image);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const std::int64_t count = bins ? *bins : default_bins(in.scalar);
        if (count < 1 || count > kMostBins) throw py::value_error("bins must be from 1 to 65536");
        py::array_t<double> inside({std::int64_t{3}, count}), outside({std::int64_t{3}, count});
        double* const m_of = inside.mutable_data();
        double* const rest_of = outside.mutable_data();
        {
          const py::gil_scoped_release nogil;
          masked_histogram(in, weights, count, m_of, rest_of);
        }
        return std::make_tuple(inside, outside);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("bins"));

  m.def(
      "masked_percentile",
      [](const py::array& image, const OptionalArray& mask,
         const std::vector<double>& q) -> std::optional<py::array_t<double>> {
        const ImageView in = view(image);
        const MaskView weights = mask_view(mask, in.height, in.width);
        std::vector<double> values;
        {
          const py::gil_scoped_release nogil;
          values = masked_percentile(in, weights, q);
        }
        if (values.empty()) return std::nullopt;
        return py::array_t<double>({q.size(), std::size_t{3}}, values.data());
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("q"));
}

}  // namespace harmonia::bindings
