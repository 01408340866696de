#include "harmonia/transfer/projections.hpp"

#include <stdexcept>
#include <tuple>

#include "harmonia/transfer/projection_fit.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {
namespace {

using Doubles = py::array_t<double, py::array::c_style>;
using Floats = py::array_t<float, py::array::c_style>;

// directions (steps, axes, 3), ranges (steps, axes, 2), moves (steps, axes, nodes)
using ProjectionArrays = std::tuple<Doubles, Doubles, Floats>;

void check_directions(const Doubles& directions) {
  if (directions.ndim() != 3 || directions.shape(1) < 3 || directions.shape(1) % 3 != 0 ||
      directions.shape(2) != 3) {
    throw py::value_error("directions must have shape (steps, 3 or 6, 3)");
  }
}

template <class T>
std::vector<T> values_of(const py::array_t<T, py::array::c_style>& array) {
  return {array.data(), array.data() + array.size()};
}

Projections from_arrays(const ProjectionArrays& arrays) {
  const auto& [directions, ranges, moves] = arrays;
  check_directions(directions);
  const auto steps = directions.shape(0), axes = directions.shape(1);
  const auto fits = [&](const py::array& array) {
    return array.ndim() == 3 && array.shape(0) == steps && array.shape(1) == axes;
  };
  if (!fits(ranges) || ranges.shape(2) != 2 || !fits(moves) || moves.shape(2) < 2) {
    throw py::value_error("ranges must have shape (steps, axes, 2), moves (steps, axes, nodes)");
  }
  return {steps, axes, moves.shape(2), values_of(directions), values_of(ranges), values_of(moves)};
}

Sample to_sample(const Floats& rows, const char* name) {
  if (rows.ndim() != 2 || rows.shape(0) != 4 || rows.shape(1) < 1) {
    throw py::value_error(std::string(name) + " must have shape (4, n)");
  }
  const auto n = rows.shape(1);
  const auto row = [&](py::ssize_t i) {
    return std::vector<float>(rows.data(i, 0), rows.data(i, 0) + n);
  };
  return {row(0), row(1), row(2), row(3)};
}

AxisMatching parse_matching(const std::string& name) {
  if (name == "binned") return AxisMatching::binned;
  if (name == "sorted") return AxisMatching::sorted;
  if (name == "reference") return AxisMatching::reference;
  throw py::value_error("matching must be binned, sorted or reference");
}

}  // namespace

HARMONIA_BINDINGS(projections, m) {
  m.def(
      "projection_directions",
      [](std::int64_t steps, std::int64_t axes, std::uint64_t seed) {
        if (steps < 1 || (axes != 3 && axes != 6)) {
          throw py::value_error("steps must be positive, axes 3 or 6");
        }
        const auto values = projection_directions(steps, axes, seed);
        return Doubles({py::ssize_t{steps}, py::ssize_t{axes}, py::ssize_t{3}}, values.data());
      },
      py::arg("steps"), py::arg("axes"), py::arg("seed"));

  m.def(
      "fit_projections",
      [](const Floats& source, const Floats& target, const Doubles& directions,
         const std::vector<double>& paces, std::int64_t nodes,
         const std::string& matching) -> ProjectionArrays {
        check_directions(directions);
        if (static_cast<py::ssize_t>(paces.size()) != directions.shape(0)) {
          throw py::value_error("paces must have one number a step");
        }
        if (nodes < 2) throw py::value_error("nodes must be at least 2");
        const Sample from = to_sample(source, "source"), to = to_sample(target, "target");
        const AxisMatching how = parse_matching(matching);
        const auto steps = directions.shape(0), axes = directions.shape(1);
        const std::vector<double> along = values_of(directions);
        Projections fitted;
        {
          const py::gil_scoped_release nogil;
          fitted = fit_projections(from, to, steps, axes, nodes, along, paces, how);
        }
        return {directions, Doubles({steps, axes, py::ssize_t{2}}, fitted.ranges.data()),
                Floats({steps, axes, py::ssize_t{nodes}}, fitted.moves.data())};
      },
      py::arg("source").noconvert(), py::arg("target").noconvert(),
      py::arg("directions").noconvert(), py::arg("paces"), py::arg("nodes"), py::arg("matching"));

  m.def(
      "projections_transfer",
      [](const py::array& image, const OptionalArray& mask, float strength,
         const ProjectionArrays& projections, py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Projections steps = from_arrays(projections);
        const py::gil_scoped_release nogil;
        projections_transfer(in, weights, strength, steps, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("projections"), py::arg("out").noconvert());

  m.def(
      "projected_colors",
      [](const py::array& image, const OptionalArray& mask, const ProjectionArrays& projections,
         py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        if (to.scalar != Scalar::f32 || to.height != in.height || to.width != in.width) {
          throw py::value_error("out must be float32 of the height and width of image");
        }
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Projections steps = from_arrays(projections);
        const py::gil_scoped_release nogil;
        projected_colors(in, weights, steps, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("projections"),
      py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
