#include <memory>

#include "grids.hpp"
#include "kernels.hpp"
#include "lut3d.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(lut_grid, m) {
  // Freeing waits for the device, which other Python threads need not.
  py::class_<cuda::LutGrid>(m, "LutGrid", py::release_gil_before_calling_cpp_dtor())
      .def(py::init([](const GridArray& nodes, int device, std::uintptr_t stream) {
             const LutGridSource source = lut_grid_of(nodes);
             const py::gil_scoped_release nogil;
             const cuda::DeviceGuard current(device);
             return std::make_unique<cuda::LutGrid>(source, stream_of(stream));
           }),
           py::arg("nodes").noconvert(), py::arg("device"), py::arg("stream"));

  m.def(
      "apply_lut_grid",
      [](const py::object& image, const py::object& mask, float strength, const cuda::LutGrid& grid,
         const std::string& interpolation, const std::string& out_of_range, const py::object& out,
         std::uintptr_t stream) {
        const Borrowed in(image, "image"), to(out, "out");
        check_same_device(in, to, "out");
        const int device = in.tensor().device.id;
        if (grid.device() != device) {
          throw py::value_error("grid must be on cuda:" + std::to_string(device) +
                                " like image, got cuda:" + std::to_string(grid.device()));
        }
        const ImageView pixels = view(in, "image");
        const MutableImageView written = mutable_view(to, "out");
        check_same_shape(pixels, written);
        const BorrowedMask weights(mask, in);
        const Interpolation between = parse_interpolation(interpolation);
        const OutOfRange beyond = parse_out_of_range(out_of_range);
        const py::gil_scoped_release nogil;
        const cuda::DeviceGuard current(device);
        cuda::apply_lut_grid(pixels, weights.view, strength, grid, between, beyond, written,
                             stream_of(stream));
      },
      py::arg("image"), py::arg("mask").none(true), py::arg("strength"), py::arg("grid"),
      py::arg("interpolation"), py::arg("out_of_range"), py::arg("out"), py::arg("stream"));
}

}  // namespace harmonia::bindings
