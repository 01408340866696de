#include "delta_e.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(delta_e, m) {
  m.def(
      "delta_e",
      [](const py::array& output, const py::array& target, const OptionalArray& mask) {
        const ImageView out = view(output, "output"), wanted = view(target, "target");
        check_same_size(out, wanted);
        const MaskView weights = mask_view(mask, out.height, out.width);
        DeltaESums sums;
        {
          const py::gil_scoped_release nogil;
          sums = delta_e(out, wanted, weights);
        }
        return to_tuple(sums);
      },
      py::arg("output").noconvert(), py::arg("target").noconvert(), py::arg("mask").noconvert());

  m.def(
      "delta_e_map",
      [](const py::array& output, const py::array& target, const std::string& space,
         py::array out) {
        const ImageView from = view(output, "output"), wanted = view(target, "target");
        check_same_size(from, wanted);
        const DeltaESpace in = parse_delta_e_space(space, from, wanted);
        if (out.dtype().kind() != 'f' || out.dtype().itemsize() != 4) {
          throw py::type_error("out must be float32");
        }
        if (out.ndim() != 2 || out.shape(0) != from.height || out.shape(1) != from.width) {
          throw py::value_error("out must have the height and width of output");
        }
        const MutableFloats to{static_cast<std::uint8_t*>(out.mutable_data()), out.strides(0),
                               out.strides(1)};
        const py::gil_scoped_release nogil;
        delta_e_map(from, wanted, in, to);
      },
      py::arg("output").noconvert(), py::arg("target").noconvert(), py::arg("space"),
      py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
