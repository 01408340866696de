#include "harmonia/transfer/xue.hpp"

#include <tuple>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {
namespace {

// alpha, threshold, luminance, mired, saturation, compat
using XueTuple = std::tuple<double, double, double, double, double, bool>;

XueMap from_tuple(const XueTuple& map) {
  const auto [alpha, threshold, luminance, mired, saturation, compat] = map;
  return {alpha, threshold, luminance, mired, saturation, compat};
}

}  // namespace

HARMONIA_BINDINGS(xue, m) {
  m.def(
      "xue_transfer",
      [](const py::array& image, const OptionalArray& mask, float strength, const XueTuple& map,
         py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const XueMap adjustments = from_tuple(map);
        const py::gil_scoped_release nogil;
        xue_transfer(in, weights, strength, adjustments, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("map"), py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
