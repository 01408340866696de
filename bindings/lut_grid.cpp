#include "grids.hpp"
#include "lut3d.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(lut_grid, m) {
  py::class_<LutGrid>(m, "LutGrid")
      .def(py::init([](const GridArray& nodes) {
             const LutGridSource source = lut_grid_of(nodes);
             const py::gil_scoped_release nogil;
             return LutGrid(source);
           }),
           py::arg("nodes").noconvert());

  m.def(
      "apply_lut_grid",
      [](const py::array& image, const OptionalArray& mask, float strength, const LutGrid& grid,
         const std::string& interpolation, const std::string& out_of_range, py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Interpolation between = parse_interpolation(interpolation);
        const OutOfRange beyond = parse_out_of_range(out_of_range);
        const py::gil_scoped_release nogil;
        apply_lut_grid(in, weights, strength, grid, between, beyond, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("grid"), py::arg("interpolation"), py::arg("out_of_range"),
      py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
