#include "harmonia/transfer/quantiles.hpp"

#include "registry.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(quantiles, m) {
  m.def(
      "match_quantiles",
      [](const py::array_t<double, py::array::c_style>& source,
         const py::array_t<double, py::array::c_style>& target, bool middle) {
        if (source.ndim() != 2 || target.ndim() != 2 || source.shape(0) != target.shape(0) ||
            source.shape(1) != target.shape(1)) {
          throw py::value_error("source and target must have the same shape (channels, bins)");
        }
        const std::int64_t channels = source.shape(0), bins = source.shape(1);
        py::array_t<double> map({channels, bins});
        const double* const from = source.data();
        const double* const to = target.data();
        const Rank rank = middle ? Rank::middle : Rank::upper;
        double* const written = map.mutable_data();
        {
          const py::gil_scoped_release nogil;
          for (std::int64_t i = 0; i < channels * bins; i += bins) {
            match_quantiles(from + i, to + i, bins, rank, written + i);
          }
        }
        return map;
      },
      py::arg("source").noconvert(), py::arg("target").noconvert(), py::arg("middle"));
}

}  // namespace harmonia::bindings
