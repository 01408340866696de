// Moments and affine maps as plain Python tuples, the same for _core and _cuda:
//   moments = (weight, mean (3,), products (6,))      map = (space, matrix (9,) row-major, offset
//   (3,))
#pragma once

#include <array>
#include <string>
#include <tuple>

#include "harmonia/stats.hpp"
#include "harmonia/transfer/affine.hpp"
#include "pybind11.hpp"

namespace harmonia::bindings {

using MomentsTuple = std::tuple<double, std::array<double, 3>, std::array<double, 6>>;
using MapTuple = std::tuple<std::string, std::array<double, 9>, std::array<double, 3>>;

inline MomentsTuple to_tuple(const Moments& m) {
  return {
      m.weight,
      {m.mean[0], m.mean[1], m.mean[2]},
      {m.products[0], m.products[1], m.products[2], m.products[3], m.products[4], m.products[5]}};
}

inline Moments from_tuple(const MomentsTuple& tuple) {
  Moments m;
  m.weight = std::get<0>(tuple);
  for (std::size_t i = 0; i < 3; ++i) m.mean[i] = std::get<1>(tuple)[i];
  for (std::size_t i = 0; i < 6; ++i) m.products[i] = std::get<2>(tuple)[i];
  return m;
}

inline MapTuple to_tuple(const AffineMap& map) {
  MapTuple tuple;
  std::get<0>(tuple) = name(map.space);
  for (std::size_t i = 0; i < 9; ++i) std::get<1>(tuple)[i] = map.matrix[i];
  for (std::size_t i = 0; i < 3; ++i) std::get<2>(tuple)[i] = map.offset[i];
  return tuple;
}

inline AffineMap from_tuple(const MapTuple& tuple) {
  AffineMap map;
  map.space = parse_space(std::get<0>(tuple));
  for (std::size_t i = 0; i < 9; ++i) map.matrix[i] = std::get<1>(tuple)[i];
  for (std::size_t i = 0; i < 3; ++i) map.offset[i] = std::get<2>(tuple)[i];
  return map;
}

}  // namespace harmonia::bindings
