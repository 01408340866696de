#include "harmonia/membrane.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {
namespace {

using Plane = py::array_t<float, py::array::c_style>;

void check_plane(const Plane& plane, const py::array& like, const char* name) {
  if (plane.ndim() != 2 || plane.shape(0) != like.shape(0) || plane.shape(1) != like.shape(1)) {
    throw py::value_error(std::string(name) + " must have the shape of inside");
  }
}

}  // namespace

HARMONIA_BINDINGS(membrane, m) {
  m.def(
      "membrane",
      [](const py::array_t<bool, py::array::c_style>& inside, const Plane& hold, const Plane& pull,
         const std::array<bool, 4>& free) {
        if (inside.ndim() != 2 || inside.size() == 0) {
          throw py::value_error("inside must have two dimensions and at least one cell");
        }
        check_plane(hold, inside, "hold");
        check_plane(pull, inside, "pull");
        Plane e({inside.shape(0), inside.shape(1)});
        const auto* const cells = reinterpret_cast<const std::uint8_t*>(inside.data());
        const FreeSides sides{free[0], free[1], free[2], free[3]};
        float* const out = e.mutable_data();
        int steps = 0;
        {
          const py::gil_scoped_release nogil;
          steps = membrane(cells, inside.shape(0), inside.shape(1), hold.data(), pull.data(), sides,
                           out);
        }
        return std::make_pair(e, steps);
      },
      py::arg("inside").noconvert(), py::arg("hold").noconvert(), py::arg("pull").noconvert(),
      py::arg("free"));
}

}  // namespace harmonia::bindings
