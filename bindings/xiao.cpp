#include "harmonia/transfer/xiao.hpp"

#include "moments.hpp"
#include "registry.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(xiao, m) {
  m.def(
      "xiao",
      [](const MomentsTuple& source, const MomentsTuple& target) {
        return to_tuple(xiao(from_tuple(source), from_tuple(target)));
      },
      py::arg("source"), py::arg("target"));

  m.def(
      "xiao_plain",
      [](const MomentsTuple& source, const MomentsTuple& target) {
        return to_tuple(xiao_plain(from_tuple(source), from_tuple(target)));
      },
      py::arg("source"), py::arg("target"));

  m.def(
      "xiao_along",
      [](const MomentsTuple& source, const MomentsTuple& target,
         const std::array<double, 9>& source_axes, const std::array<double, 9>& target_axes) {
        return to_tuple(xiao_along(from_tuple(source), from_tuple(target), source_axes.data(),
                                   target_axes.data()));
      },
      py::arg("source"), py::arg("target"), py::arg("source_axes"), py::arg("target_axes"));
}

}  // namespace harmonia::bindings
