#include "harmonia/transfer/lalonde_efros.hpp"

#include <tuple>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {
namespace {

using Triples = std::vector<std::array<double, 3>>;
using ClustersTuple = std::tuple<Triples, std::vector<double>>;

}  // namespace

HARMONIA_BINDINGS(lalonde_efros, m) {
  m.def(
      "cluster_shifts",
      [](const ClustersTuple& source, const ClustersTuple& target, double sigma) {
        const py::gil_scoped_release nogil;
        return cluster_shifts({std::get<0>(source), std::get<1>(source)},
                              {std::get<0>(target), std::get<1>(target)}, sigma);
      },
      py::arg("source"), py::arg("target"), py::arg("sigma"));

  m.def(
      "lalonde_efros_transfer",
      [](const py::array& image, const OptionalArray& mask, float strength, const Triples& centres,
         const Triples& shifts, double sigma, const std::tuple<std::string, std::string>& spaces,
         py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const SpacePair through{parse_space(std::get<0>(spaces)), parse_space(std::get<1>(spaces))};
        const py::gil_scoped_release nogil;
        lalonde_efros_transfer(in, weights, strength, {through, centres, shifts, sigma}, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("centres"), py::arg("shifts"), py::arg("sigma"), py::arg("spaces"),
      py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
