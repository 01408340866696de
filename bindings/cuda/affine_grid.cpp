#include "grids.hpp"
#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

namespace {

GuideView guide_view(const Borrowed& guide, const Borrowed& image) {
  check_same_device(image, guide, "guide");
  const dlpack::Tensor& tensor = guide.tensor();
  const std::int64_t* const wanted = image.tensor().shape;
  if (!is(tensor.dtype, dlpack::kFloat, 32)) {
    throw py::type_error("guide must be float32, got " + dtype_name(tensor.dtype));
  }
  if (tensor.ndim != 2 || tensor.shape[0] != wanted[0] || tensor.shape[1] != wanted[1]) {
    throw py::value_error("guide must have the height and width of image");
  }
  return {data_of(tensor, "guide"), stride(tensor, 0), stride(tensor, 1)};
}

}  // namespace

HARMONIA_BINDINGS(affine_grid, m) {
  m.def(
      "apply_affine_grid",
      [](const py::object& image, const py::object& mask, float strength, const GridArray& grid,
         const py::object& guide, const py::object& out, std::uintptr_t stream) {
        const Borrowed in(image, "image"), to(out, "out");
        check_same_device(in, to, "out");
        const ImageView pixels = view(in, "image");
        const MutableImageView written = mutable_view(to, "out");
        check_same_shape(pixels, written);
        const BorrowedMask weights(mask, in);
        Borrowed along;
        if (!guide.is_none()) along = Borrowed(guide, "guide");
        const GuideView values = guide.is_none() ? GuideView{} : guide_view(along, in);
        const AffineGrid maps = affine_grid_of(grid);
        const py::gil_scoped_release nogil;
        const cuda::DeviceGuard device(in.tensor().device.id);
        cuda::apply_affine_grid(pixels, weights.view, strength, maps, values, written,
                                stream_of(stream));
      },
      py::arg("image"), py::arg("mask").none(true), py::arg("strength"),
      py::arg("grid").noconvert(), py::arg("guide").none(true), py::arg("out"), py::arg("stream"));
}

}  // namespace harmonia::bindings
