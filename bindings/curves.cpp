#include "curves.hpp"

#include "harmonia/transfer/quantiles.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(curves, m) {
  m.def(
      "curve_transfer",
      [](const py::array& image, const OptionalArray& mask, float strength,
         const CurvesTuple& curves, py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Curves through = from_tuple(curves);
        const py::gil_scoped_release nogil;
        curve_transfer(in, weights, strength, through, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("curves"), py::arg("out").noconvert());

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
