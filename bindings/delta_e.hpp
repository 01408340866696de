// What both modules say of colour differences.
#pragma once

#include "harmonia/delta_e.hpp"

#include <string>
#include <tuple>

#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

using DeltaETuple = std::tuple<double, double, double, std::int64_t, double>;

inline DeltaETuple to_tuple(const DeltaESums& sums) {
  return {sums.sum, sums.weighted, sums.weight, sums.pixels, static_cast<double>(sums.largest)};
}

inline DeltaESpace parse_delta_e_space(const std::string& space, const ImageView& output,
                                       const ImageView& target) {
  if (space == "rgb") return DeltaESpace::rgb;
  if (space != "lab") throw py::value_error("space must be one of rgb, lab, got '" + space + "'");
  if (output.scalar != Scalar::f32 || target.scalar != Scalar::f32) {
    throw py::type_error("output and target must be float32 for the space 'lab'");
  }
  return DeltaESpace::lab;
}

}  // namespace harmonia::bindings
