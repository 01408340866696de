#include "harmonia/transport.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(transport, m) {
  m.def(
      "transport",
      [](const std::vector<double>& supply, const std::vector<double>& demand,
         const py::array_t<double, py::array::c_style>& cost) {
        const auto n = static_cast<py::ssize_t>(supply.size());
        const auto k = static_cast<py::ssize_t>(demand.size());
        if (cost.ndim() != 2 || cost.shape(0) != n || cost.shape(1) != k) {
          throw py::value_error("cost must have shape (len(supply), len(demand))");
        }
        const std::vector<double> costs(cost.data(), cost.data() + n * k);
        std::vector<double> flow;
        {
          const py::gil_scoped_release nogil;
          flow = transport(supply, demand, costs);
        }
        return py::array_t<double>({n, k}, flow.data());
      },
      py::arg("supply"), py::arg("demand"), py::arg("cost").noconvert());
}

}  // namespace harmonia::bindings
