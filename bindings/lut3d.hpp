// A 3D table and the ways to read it, as Python hands them over.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "harmonia/lut3d.hpp"
#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

using LutNodes = py::array_t<float, py::array::c_style>;
using LutCorner = std::array<float, 3>;
// Where a table or a shaper begins and ends, a value a channel.
using LutDomain = std::pair<LutCorner, LutCorner>;

inline Interpolation parse_interpolation(const std::string& name) {
  if (name == "trilinear") return Interpolation::trilinear;
  if (name == "tetrahedral") return Interpolation::tetrahedral;
  throw py::value_error("interpolation must be trilinear or tetrahedral, got '" + name + "'");
}

inline OutOfRange parse_out_of_range(const std::string& name) {
  if (name == "clamp") return OutOfRange::clamp;
  if (name == "extrapolate") return OutOfRange::extrapolate;
  throw py::value_error("out_of_range must be clamp or extrapolate, got '" + name + "'");
}

inline void copy_domain(const LutDomain& domain, float* low, float* high) {
  for (int c = 0; c < 3; ++c) {
    low[c] = domain.first[static_cast<std::size_t>(c)];
    high[c] = domain.second[static_cast<std::size_t>(c)];
  }
}

// Points into the arrays.
inline LutSource lut_source_of(const LutNodes& nodes, const LutDomain& domain,
                               const std::optional<LutNodes>& shaper,
                               const LutDomain& shaper_domain) {
  if (nodes.ndim() != 4 || nodes.shape(3) != 3) {
    throw py::value_error("nodes must have shape (R, G, B, 3)");
  }
  LutSource source{nodes.data(), {nodes.shape(0), nodes.shape(1), nodes.shape(2)}, {}, {}};
  copy_domain(domain, source.low, source.high);
  copy_domain(shaper_domain, source.shaper_low, source.shaper_high);
  if (shaper) {
    if (shaper->ndim() != 2 || shaper->shape(0) < 2 || shaper->shape(1) != 3) {
      throw py::value_error("shaper must have shape (n, 3), n at least 2");
    }
    source.shaper = shaper->data();
    source.shaper_size = shaper->shape(0);
  }
  return source;
}

}  // namespace harmonia::bindings
