#include "harmonia/transfer/xue.hpp"

#include <array>
#include <tuple>

#include "harmonia/transfer/xue_sides.hpp"
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

XueProperty parse_property(const std::string& name) {
  if (name == "luminance") return XueProperty::luminance;
  if (name == "temperature") return XueProperty::temperature;
  if (name == "saturation") return XueProperty::saturation;
  if (name == "contrast") return XueProperty::contrast;
  throw py::value_error("unknown property " + name);
}

// weight, then top, low, median, mean, spread, skewness, kurtosis, entropy, range, 20 portions
using StatisticsTuple = std::tuple<double, std::array<double, 29>>;

StatisticsTuple to_tuple(const XueStatistics& s) {
  std::array<double, 29> values{s.top,      s.low,      s.median,  s.mean, s.spread,
                                s.skewness, s.kurtosis, s.entropy, s.range};
  for (std::size_t k = 0; k < 20; ++k) values[9 + k] = s.portions[k];
  return {s.weight, values};
}

XueSides make_sides(const py::array& image, const OptionalArray& mask,
                    const OptionalArray& reference, const OptionalArray& reference_mask,
                    bool compat) {
  const ImageView in = view(image);
  const MaskView weights = mask_view(mask, in.height, in.width);
  if (!reference) {
    const py::gil_scoped_release nogil;
    return {in, weights, compat};
  }
  const ImageView other = view(*reference, "reference");
  const MaskView other_weights = mask_view(reference_mask, other.height, other.width);
  const py::gil_scoped_release nogil;
  return {in, weights, other, other_weights, compat};
}

}  // namespace

HARMONIA_BINDINGS(xue, m) {
  using Quiet = py::call_guard<py::gil_scoped_release>;

  py::class_<XueSides>(m, "XueSides")
      .def(py::init(&make_sides), py::arg("image").noconvert(), py::arg("mask").noconvert(),
           py::arg("reference").noconvert(), py::arg("reference_mask").noconvert(),
           py::arg("compat"))
      .def_property_readonly("pixels", &XueSides::pixels)
      .def_property_readonly("luminance", &XueSides::luminance)
      .def(
          "foreground",
          [](const XueSides& sides, const std::string& property) {
            return to_tuple(sides.foreground(parse_property(property)));
          },
          py::arg("property"), Quiet())
      .def(
          "target",
          [](const XueSides& sides, const std::string& property) {
            return to_tuple(sides.target(parse_property(property)));
          },
          py::arg("property"), Quiet())
      .def("contrast_changes", &XueSides::contrast_changes, py::arg("alphas"), py::arg("threshold"),
           Quiet())
      .def("change_contrast", &XueSides::change_contrast, py::arg("alpha"), py::arg("threshold"),
           Quiet())
      .def("change_luminance", &XueSides::change_luminance, py::arg("stops"), Quiet())
      .def("change_temperature", &XueSides::change_temperature, py::arg("mired"), Quiet())
      .def("change_saturation", &XueSides::change_saturation, py::arg("stops"), Quiet());

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
