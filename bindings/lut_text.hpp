// Tables of text files as Python holds them: (title, nodes, domain, shaper, shaper_domain).
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "harmonia/lut_text.hpp"
#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

using Entries = std::optional<py::array_t<float, py::array::c_style>>;
using BoxTuple = std::pair<std::array<double, 3>, std::array<double, 3>>;

using LutTuple = std::tuple<std::string, Entries, BoxTuple, Entries, BoxTuple>;

inline BoxTuple to_tuple(const LutBox& box) { return {box.low, box.high}; }

// An array that owns the numbers, without a copy; None for no numbers.
inline Entries to_array(std::vector<float>&& numbers, std::vector<py::ssize_t> shape) {
  if (numbers.empty()) return std::nullopt;
  auto* owned = new std::vector<float>(std::move(numbers));
  const py::capsule owner(owned, [](void* p) { delete static_cast<std::vector<float>*>(p); });
  return Entries::value_type(std::move(shape), owned->data(), owner);
}

inline LutTuple to_tuple(LutText&& lut) {
  const Entries nodes = to_array(std::move(lut.nodes), {lut.size, lut.size, lut.size, 3});
  const Entries shaper = to_array(std::move(lut.shaper), {lut.shaper_size, 3});
  return {lut.title, nodes, to_tuple(lut.box), shaper, to_tuple(lut.shaper_box)};
}

inline std::vector<float> numbers_of(const Entries::value_type& array) {
  return std::vector<float>(array.data(), array.data() + array.size());
}

inline void set_nodes(LutText& lut, const Entries& nodes) {
  if (!nodes) return;
  if (nodes->ndim() != 4 || nodes->shape(0) != nodes->shape(1) ||
      nodes->shape(0) != nodes->shape(2) || nodes->shape(3) != 3) {
    throw py::value_error("nodes must have shape (N, N, N, 3)");
  }
  lut.size = nodes->shape(0);
  lut.nodes = numbers_of(*nodes);
}

inline void set_shaper(LutText& lut, const Entries& shaper) {
  if (!shaper) return;
  if (shaper->ndim() != 2 || shaper->shape(1) != 3) {
    throw py::value_error("shaper must have shape (n, 3)");
  }
  lut.shaper_size = shaper->shape(0);
  lut.shaper = numbers_of(*shaper);
}

}  // namespace harmonia::bindings
