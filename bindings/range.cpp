#include "harmonia/range.hpp"

#include <tuple>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(range, m) {
  m.def(
      "image_range",
      [](const py::array& image) {
        const ImageView in = view(image);
        Range range;
        {
          const py::gil_scoped_release nogil;
          range = image_range(in);
        }
        return std::make_tuple(range.low, range.high, range.finite);
      },
      py::arg("image").noconvert());

  m.def(
      "mask_range",
      [](const py::array& mask) {
        if (mask.ndim() != 2) throw py::value_error("mask must have shape (H, W)");
        const std::int64_t height = mask.shape(0), width = mask.shape(1);
        const MaskView weights = mask_view(mask, height, width);
        Range range;
        {
          const py::gil_scoped_release nogil;
          range = mask_range(weights, height, width);
        }
        return std::make_tuple(range.low, range.high, range.finite);
      },
      py::arg("mask").noconvert());
}

}  // namespace harmonia::bindings
