#include "lut3d.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

namespace {

Lut3d make_lut3d(const LutNodes& nodes, const LutDomain& domain,
                 const std::optional<LutNodes>& shaper, const LutDomain& shaper_domain) {
  const LutSource source = lut_source_of(nodes, domain, shaper, shaper_domain);
  const py::gil_scoped_release nogil;
  return Lut3d(source);
}

}  // namespace

HARMONIA_BINDINGS(lut3d, m) {
  m.attr("fewest_lut_nodes") = kFewestLutNodes;
  m.attr("most_lut_nodes") = kMostLutNodes;

  py::class_<Lut3d>(m, "Lut3d")
      .def(py::init(&make_lut3d), py::arg("nodes").noconvert(), py::arg("domain"),
           py::arg("shaper").noconvert(), py::arg("shaper_domain"));

  m.def(
      "apply_lut3d",
      [](const py::array& image, const OptionalArray& mask, float strength, const Lut3d& lut,
         const std::string& interpolation, const std::string& out_of_range, py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Interpolation between = parse_interpolation(interpolation);
        const OutOfRange beyond = parse_out_of_range(out_of_range);
        const py::gil_scoped_release nogil;
        apply_lut3d(in, weights, strength, lut, between, beyond, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("lut"), py::arg("interpolation"), py::arg("out_of_range"),
      py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
