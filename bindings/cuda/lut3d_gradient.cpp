#include "harmonia/lut3d_gradient.hpp"

#include "kernels.hpp"
#include "lut3d.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

namespace {

bool is_without_gaps(const dlpack::Tensor& tensor) {
  std::int64_t step = tensor.dtype.bits / 8;
  for (int axis = tensor.ndim; axis-- > 0;) {
    if (tensor.shape[axis] != 1 && stride(tensor, axis) != step) return false;
    step *= tensor.shape[axis];
  }
  return true;
}

// Borrowed where there is one.
Borrowed borrow(const py::object& tensor, const Borrowed& image, const std::string& name) {
  if (tensor.is_none()) return Borrowed();
  Borrowed borrowed(tensor, name);
  check_same_device(image, borrowed, name);
  if (borrowed.read_only()) throw py::value_error(name + " must be writable");
  return borrowed;
}

}  // namespace

HARMONIA_BINDINGS(lut3d_gradient, m) {
  m.def(
      "lut3d_gradient",
      [](const py::object& image, const py::object& mask, const cuda::Lut3d& lut,
         const std::string& interpolation, const std::string& out_of_range,
         const py::object& gradient, const py::object& image_gradient,
         const py::object& lut_gradient, const py::object& mask_gradient, std::uintptr_t stream) {
        const Borrowed in(image, "image"), pull(gradient, "gradient");
        check_same_device(in, pull, "gradient");
        const int device = in.tensor().device.id;
        check_device(lut, device);
        const ImageView pixels = view(in, "image"), from = view(pull, "gradient");
        const BorrowedMask weights(mask, in);
        const auto check = [&pixels](bool fits, const char* name) {
          if (!fits) {
            throw py::value_error(std::string(name) + " must be float32 and of the size of image");
          }
        };
        const auto like_image = [&pixels](const auto& other) {
          return pixels.scalar == Scalar::f32 && other.scalar == Scalar::f32 &&
                 pixels.channels == 3 && other.channels == 3 && other.height == pixels.height &&
                 other.width == pixels.width;
        };
        check(like_image(from), "gradient");
        const Borrowed to_image = borrow(image_gradient, in, "image_gradient");
        const Borrowed to_lut = borrow(lut_gradient, in, "lut_gradient");
        const Borrowed to_mask = borrow(mask_gradient, in, "mask_gradient");
        Lut3dGradients out;
        if (!image_gradient.is_none()) {
          out.image = mutable_view(to_image, "image_gradient");
          check(like_image(out.image), "image_gradient");
        }
        if (!lut_gradient.is_none()) {
          const dlpack::Tensor& tensor = to_lut.tensor();
          if (!is(tensor.dtype, dlpack::kFloat, 32) || tensor.ndim != 4 || tensor.shape[3] != 3 ||
              !is_without_gaps(tensor)) {
            throw py::value_error("lut_gradient must be contiguous float32 of shape (R, G, B, 3)");
          }
          for (int c = 0; c < 3; ++c) out.size[c] = tensor.shape[c];
          out.nodes = reinterpret_cast<float*>(data_of(tensor, "lut_gradient"));
        }
        if (!mask_gradient.is_none()) {
          const dlpack::Tensor& tensor = to_mask.tensor();
          const MaskView to = mask_view(to_mask, "mask_gradient");
          check(to.scalar == MaskScalar::f32 && tensor.shape[0] == pixels.height &&
                    tensor.shape[1] == pixels.width,
                "mask_gradient");
          out.mask = reinterpret_cast<float*>(data_of(tensor, "mask_gradient"));
          out.mask_row_stride = to.row_stride;
          out.mask_pixel_stride = to.pixel_stride;
        }
        const Interpolation between = parse_interpolation(interpolation);
        const OutOfRange beyond = parse_out_of_range(out_of_range);
        const py::gil_scoped_release nogil;
        const cuda::DeviceGuard current(device);
        cuda::lut3d_gradient(pixels, weights.view, lut, between, beyond, from, out,
                             stream_of(stream));
      },
      py::arg("image"), py::arg("mask").none(true), py::arg("lut"), py::arg("interpolation"),
      py::arg("out_of_range"), py::arg("gradient"), py::arg("image_gradient").none(true),
      py::arg("lut_gradient").none(true), py::arg("mask_gradient").none(true), py::arg("stream"));
}

}  // namespace harmonia::bindings
