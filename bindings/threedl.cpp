#include "harmonia/threedl.hpp"

#include "lut_text.hpp"
#include "registry.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(threedl, m) {
  m.def("threedl_bits", &threedl_bits, py::arg("most"));

  m.def(
      "parse_threedl",
      [](const py::bytes& data) {
        const std::string_view bytes = data;
        LutText lut;
        {
          const py::gil_scoped_release nogil;
          lut = parse_threedl(bytes);
        }
        return *to_array(std::move(lut.nodes), {lut.size, lut.size, lut.size, 3});
      },
      py::arg("data"));

  m.def(
      "format_threedl",
      [](const Entries& nodes, int bits) {
        LutText lut;
        set_nodes(lut, nodes);
        std::string text;
        {
          const py::gil_scoped_release nogil;
          text = format_threedl(lut, bits);
        }
        return py::bytes(text);
      },
      py::arg("nodes").noconvert(), py::arg("bits"));
}

}  // namespace harmonia::bindings
