// Grids as Python arrays in the CPU's memory, the same for _core and _cuda.
#pragma once

#include "harmonia/affine_grid.hpp"
#include "harmonia/lut_grid.hpp"
#include "pybind11.hpp"

namespace harmonia::bindings {

using GridArray = pybind11::array_t<float, pybind11::array::c_style>;

// Borrows the values.
inline AffineGrid affine_grid_of(const GridArray& maps) {
  if (maps.ndim() != 5 || maps.shape(3) != 3 || maps.shape(4) != 4) {
    throw pybind11::value_error("grid must have shape (D, GH, GW, 3, 4)");
  }
  return {maps.data(), maps.shape(0), maps.shape(1), maps.shape(2)};
}

inline LutGridSource lut_grid_of(const GridArray& nodes) {
  if (nodes.ndim() != 6 || nodes.shape(5) != 3) {
    throw pybind11::value_error("grid must have shape (GH, GW, R, G, B, 3)");
  }
  return {nodes.data(),
          nodes.shape(0),
          nodes.shape(1),
          {nodes.shape(2), nodes.shape(3), nodes.shape(4)}};
}

}  // namespace harmonia::bindings
