#include "harmonia/cube.hpp"

#include "lut_text.hpp"
#include "registry.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(cube, m) {
  // A ValueError with the line and what is wrong there as its arguments.
  static PYBIND11_CONSTINIT py::gil_safe_call_once_and_store<py::object> kind;
  kind.call_once_and_store_result(
      [&] { return py::exception<LutTextError>(m, "LutTextError", PyExc_ValueError); });
  py::register_exception_translator([](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const LutTextError& wrong) {
      PyErr_SetObject(kind.get_stored().ptr(), py::make_tuple(wrong.line, wrong.what()).ptr());
    }
  });
  m.attr("most_curve_entries") = kMostCurveEntries;

  m.def(
      "parse_cube",
      [](const py::bytes& data) {
        const std::string_view bytes = data;
        LutText lut;
        {
          const py::gil_scoped_release nogil;
          lut = parse_cube(bytes);
        }
        return to_tuple(std::move(lut));
      },
      py::arg("data"));

  m.def(
      "format_cube",
      [](const std::string& title, const Entries& nodes, const BoxTuple& domain,
         const Entries& shaper, const BoxTuple& shaper_domain) {
        LutText lut;
        lut.title = title;
        lut.box = {domain.first, domain.second};
        lut.shaper_box = {shaper_domain.first, shaper_domain.second};
        set_nodes(lut, nodes);
        set_shaper(lut, shaper);
        std::string text;
        {
          const py::gil_scoped_release nogil;
          text = format_cube(lut);
        }
        return py::bytes(text);
      },
      py::arg("title"), py::arg("nodes").noconvert(), py::arg("domain"),
      py::arg("shaper").noconvert(), py::arg("shaper_domain"));
}

}  // namespace harmonia::bindings
