#include "harmonia/color.hpp"

#include <string>
#include <vector>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(color, m) {
  m.def(
      "convert",
      [](const py::array& image, const std::string& source, py::array out,
         const std::string& target) {
        const ImageView from = view(image);
        const MutableImageView to = mutable_view(out);
        if (from.height != to.height || from.width != to.width) {
          throw py::value_error("out must have the height and width of image");
        }
        const Space in = parse_space(source), into = parse_space(target);
        const py::gil_scoped_release nogil;
        convert(from, in, to, into);
      },
      py::arg("image").noconvert(), py::arg("source"), py::arg("out").noconvert(),
      py::arg("target"));

  m.def("spaces", [] {
    std::vector<std::string> names;
    for (const SpaceName& entry : kSpaces) names.emplace_back(entry.name);
    return names;
  });
}

}  // namespace harmonia::bindings
