#include "harmonia/transfer/affine.hpp"
#include "harmonia/transfer/mkl.hpp"
#include "harmonia/transfer/reinhard.hpp"
#include "moments.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(transfer, m) {
  m.attr("largest_gain") = kLargestGain;

  m.def(
      "reinhard",
      [](const MomentsTuple& source, const MomentsTuple& target, const std::string& space) {
        return to_tuple(reinhard(from_tuple(source), from_tuple(target), parse_space(space)));
      },
      py::arg("source"), py::arg("target"), py::arg("space"));

  m.def(
      "mkl",
      [](const MomentsTuple& source, const MomentsTuple& target) {
        return to_tuple(mkl(from_tuple(source), from_tuple(target)));
      },
      py::arg("source"), py::arg("target"));

  m.def(
      "affine_transfer",
      [](const py::array& image, const OptionalArray& mask, float strength, const MapTuple& map,
         py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const AffineMap affine = from_tuple(map);
        const py::gil_scoped_release nogil;
        affine_transfer(in, weights, strength, affine, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("map"), py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
