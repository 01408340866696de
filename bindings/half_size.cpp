#include "harmonia/half_size.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(half_size, m) {
  m.def(
      "half_size",
      [](const py::array& image) {
        const ImageView in = view(image);
        py::array out(py::dtype::of<float>(),
                      {half_size(in.height), half_size(in.width), std::int64_t{3}});
        const MutableImageView to = mutable_view(out);
        {
          const py::gil_scoped_release nogil;
          half_size(in, to);
        }
        return out;
      },
      py::arg("image").noconvert());
}

}  // namespace harmonia::bindings
