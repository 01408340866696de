#include "harmonia/lut3d.hpp"

#include <array>
#include <stdexcept>
#include <string>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

namespace {

using Nodes = py::array_t<float, py::array::c_style>;
using Corner = std::array<float, 3>;
// Where a table or a shaper begins and ends, a value a channel.
using Range = std::pair<Corner, Corner>;

Interpolation parse_interpolation(const std::string& name) {
  if (name == "trilinear") return Interpolation::trilinear;
  if (name == "tetrahedral") return Interpolation::tetrahedral;
  throw py::value_error("interpolation must be trilinear or tetrahedral, got '" + name + "'");
}

OutOfRange parse_out_of_range(const std::string& name) {
  if (name == "clamp") return OutOfRange::clamp;
  if (name == "extrapolate") return OutOfRange::extrapolate;
  throw py::value_error("out_of_range must be clamp or extrapolate, got '" + name + "'");
}

void copy_range(const Range& range, float* low, float* high) {
  for (int c = 0; c < 3; ++c) {
    low[c] = range.first[static_cast<std::size_t>(c)];
    high[c] = range.second[static_cast<std::size_t>(c)];
  }
}

Lut3d make_lut3d(const Nodes& nodes, const Range& domain, const std::optional<Nodes>& shaper,
                 const Range& shaper_domain) {
  if (nodes.ndim() != 4 || nodes.shape(3) != 3) {
    throw py::value_error("nodes must have shape (R, G, B, 3)");
  }
  LutSource source{nodes.data(), {nodes.shape(0), nodes.shape(1), nodes.shape(2)}, {}, {}};
  copy_range(domain, source.low, source.high);
  copy_range(shaper_domain, source.shaper_low, source.shaper_high);
  if (shaper) {
    if (shaper->ndim() != 2 || shaper->shape(0) < 2 || shaper->shape(1) != 3) {
      throw py::value_error("shaper must have shape (n, 3), n at least 2");
    }
    source.shaper = shaper->data();
    source.shaper_size = shaper->shape(0);
  }
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
