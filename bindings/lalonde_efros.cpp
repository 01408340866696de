#include "harmonia/transfer/lalonde_efros.hpp"

#include <tuple>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {
namespace {

using Triples = std::vector<std::array<double, 3>>;
using ClustersTuple = std::tuple<Triples, std::vector<double>>;

Triples triples(const std::vector<double>& flat) {
  Triples rows(flat.size() / 3);
  for (std::size_t i = 0; i < flat.size(); ++i) rows[i / 3][i % 3] = flat[i];
  return rows;
}

Clusters from_tuple(const ClustersTuple& tuple) {
  Clusters clusters;
  for (const auto& centre : std::get<0>(tuple)) {
    clusters.centres.insert(clusters.centres.end(), centre.begin(), centre.end());
  }
  clusters.weights = std::get<1>(tuple);
  if (clusters.centres.size() != 3 * clusters.weights.size()) {
    throw py::value_error("clusters must have a weight a centre");
  }
  return clusters;
}

ClusterShift cluster_shift(const Triples& centres, const Triples& shifts, float sigma,
                           const std::tuple<std::string, std::string>& spaces) {
  if (centres.size() != shifts.size()) throw py::value_error("shifts must be one a centre");
  const auto& [enter, leave] = spaces;
  ClusterShift shift{{parse_space(enter), parse_space(leave)}, {}, sigma};
  for (std::size_t i = 0; i < centres.size(); ++i) {
    auto& cluster = shift.clusters.emplace_back();
    for (std::size_t c = 0; c < 3; ++c) {
      cluster[c] = static_cast<float>(centres[i][c]);
      cluster[3 + c] = static_cast<float>(shifts[i][c]);
    }
  }
  return shift;
}

}  // namespace

HARMONIA_BINDINGS(lalonde_efros, m) {
  m.def(
      "cluster_shifts",
      [](const ClustersTuple& source, const ClustersTuple& target, double sigma) {
        const Clusters from = from_tuple(source), to = from_tuple(target);
        std::vector<double> shifts;
        {
          const py::gil_scoped_release nogil;
          shifts = cluster_shifts(from, to, sigma);
        }
        return triples(shifts);
      },
      py::arg("source"), py::arg("target"), py::arg("sigma"));

  m.def(
      "lalonde_efros_transfer",
      [](const py::array& image, const OptionalArray& mask, float strength, const Triples& centres,
         const Triples& shifts, float sigma, const std::tuple<std::string, std::string>& spaces,
         py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const ClusterShift shift = cluster_shift(centres, shifts, sigma, spaces);
        const py::gil_scoped_release nogil;
        lalonde_efros_transfer(in, weights, strength, shift, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("centres"), py::arg("shifts"), py::arg("sigma"), py::arg("spaces"),
      py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
