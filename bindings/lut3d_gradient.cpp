#include "harmonia/lut3d_gradient.hpp"

#include <optional>
#include <string>

#include "lut3d.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(lut3d_gradient, m) {
  m.def(
      "lut3d_gradient",
      [](const py::array& image, const OptionalArray& mask, const Lut3d& lut,
         const std::string& interpolation, const std::string& out_of_range,
         const py::array& gradient, OptionalArray image_gradient,
         std::optional<py::array_t<float, py::array::c_style>> lut_gradient,
         OptionalArray mask_gradient) {
        const ImageView in = view(image), from = view(gradient, "gradient");
        const MaskView weights = mask_view(mask, in.height, in.width);
        const auto check = [&in](bool fits, const char* name) {
          if (!fits) {
            throw py::value_error(std::string(name) + " must be float32 and of the size of image");
          }
        };
        const auto like_image = [&in](const auto& other) {
          return in.scalar == Scalar::f32 && other.scalar == Scalar::f32 && in.channels == 3 &&
                 other.channels == 3 && other.height == in.height && other.width == in.width;
        };
        check(like_image(from), "gradient");
        Lut3dGradients out;
        if (image_gradient) {
          out.image = mutable_view(*image_gradient, "image_gradient");
          check(like_image(out.image), "image_gradient");
        }
        if (lut_gradient) {
          if (lut_gradient->ndim() != 4 || lut_gradient->shape(3) != 3) {
            throw py::value_error("lut_gradient must have shape (R, G, B, 3)");
          }
          for (int c = 0; c < 3; ++c) out.size[c] = lut_gradient->shape(c);
          out.nodes = lut_gradient->mutable_data();
        }
        if (mask_gradient) {
          const MaskView to = mask_view(mask_gradient, in.height, in.width);
          check(to.scalar == MaskScalar::f32, "mask_gradient");
          out.mask = static_cast<float*>(mask_gradient->mutable_data());
          out.mask_row_stride = to.row_stride;
          out.mask_pixel_stride = to.pixel_stride;
        }
        const Interpolation between = parse_interpolation(interpolation);
        const OutOfRange beyond = parse_out_of_range(out_of_range);
        const py::gil_scoped_release nogil;
        lut3d_gradient(in, weights, lut, between, beyond, from, out);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("lut"),
      py::arg("interpolation"), py::arg("out_of_range"), py::arg("gradient").noconvert(),
      py::arg("image_gradient").noconvert(), py::arg("lut_gradient").noconvert(),
      py::arg("mask_gradient").noconvert());
}

}  // namespace harmonia::bindings
