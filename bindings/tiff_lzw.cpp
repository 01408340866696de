#include "harmonia/tiff_lzw.hpp"

#include <string_view>

#include "registry.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(tiff_lzw, m) {
  m.def(
      "tiff_lzw_size",
      [](const py::bytes& packed, std::int64_t size) {
        const std::string_view bytes = packed;
        const py::gil_scoped_release nogil;
        return tiff_lzw_size(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                             static_cast<std::int64_t>(bytes.size()), size);
      },
      py::arg("packed"), py::arg("size"));
}

}  // namespace harmonia::bindings
