// Curves as a plain Python tuple, the same for _core and _cuda:
//   (space, low (3,), high (3,), values float32 (3, nodes) in the CPU's memory, nearest)
#pragma once

#include <array>
#include <string>
#include <tuple>

#include "harmonia/transfer/curves.hpp"
#include "pybind11.hpp"

namespace harmonia::bindings {

using CurvesTuple =
    std::tuple<std::string, std::array<double, 3>, std::array<double, 3>,
               pybind11::array_t<float, pybind11::array::c_style | pybind11::array::forcecast>,
               bool>;

// Borrows the values of the tuple.
inline Curves from_tuple(const CurvesTuple& tuple) {
  const auto& [space, low, high, values, nearest] = tuple;
  if (values.ndim() != 2 || values.shape(0) != 3 || values.shape(1) < 1 ||
      values.shape(1) > kMostNodes) {
    throw pybind11::value_error("curves must have from 1 to 65536 nodes for each of 3 channels");
  }
  return {parse_space(space),
          {low[0], low[1], low[2]},
          {high[0], high[1], high[2]},
          values.shape(1),
          values.data(),
          nearest};
}

}  // namespace harmonia::bindings
