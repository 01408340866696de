// From Python buffers to the core's views. Shapes and scalars are checked here; values are not.
#pragma once

#include <optional>
#include <string>

#include "harmonia/image.hpp"
#include "pybind11.hpp"
#include "same_size.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

inline Scalar scalar_of(const py::array& array, const char* name) {
  const char kind = array.dtype().kind();
  const auto size = array.dtype().itemsize();
  if (kind == 'u' && size == 1) return Scalar::u8;
  if (kind == 'u' && size == 2) return Scalar::u16;
  if (kind == 'f' && size == 2) return Scalar::f16;
  if (kind == 'f' && size == 4) return Scalar::f32;
  throw py::type_error(std::string(name) + " must be uint8, uint16, float16 or float32, got " +
                       std::string(py::str(py::object(array.dtype()))));
}

// Kernels read whole scalars where they lie.
inline void check_aligned(const py::array& array, const char* name) {
  if (!(array.flags() & py::detail::npy_api::NPY_ARRAY_ALIGNED_)) {
    throw py::value_error(std::string(name) + " must be aligned");
  }
}

// Kernels count pixels, and up to 2^14 bytes of room for each, in 64 bits. An array that repeats
// one pixel may have more than any memory holds.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 48;

inline void check_image(const py::array& array, const char* name) {
  check_aligned(array, name);
  if (array.ndim() != 3 || array.shape(2) < 3 || array.shape(2) > 4) {
    throw py::value_error(std::string(name) + " must have shape (H, W, 3) or (H, W, 4)");
  }
  if (array.shape(0) > 0 && array.shape(1) > kMostPixels / array.shape(0)) {
    throw py::value_error(std::string(name) + " must have at most 2^48 pixels");
  }
}

inline ImageView view(const py::array& array, const char* name = "image") {
  check_image(array, name);
  return {static_cast<const std::uint8_t*>(array.data()),
          scalar_of(array, name),
          array.shape(0),
          array.shape(1),
          array.shape(2),
          array.strides(0),
          array.strides(1),
          array.strides(2)};
}

inline MutableImageView mutable_view(py::array& array, const char* name = "out") {
  check_image(array, name);
  return {static_cast<std::uint8_t*>(array.mutable_data()),
          scalar_of(array, name),
          array.shape(0),
          array.shape(1),
          array.shape(2),
          array.strides(0),
          array.strides(1),
          array.strides(2)};
}

using OptionalArray = std::optional<py::array>;

inline MaskView mask_view(const OptionalArray& mask, std::int64_t height, std::int64_t width) {
  if (!mask) return {};
  check_aligned(*mask, "mask");
  const char kind = mask->dtype().kind();
  const auto size = mask->dtype().itemsize();
  MaskView view;
  if (kind == 'u' && size == 1) {
    view.scalar = MaskScalar::u8;
  } else if (kind == 'b') {
    view.scalar = MaskScalar::boolean;
  } else if (kind == 'f' && size == 4) {
    view.scalar = MaskScalar::f32;
  } else {
    throw py::type_error("mask must be bool, uint8 or float32");
  }
  if (mask->ndim() != 2 || mask->shape(0) != height || mask->shape(1) != width) {
    throw py::value_error("mask must have the height and width of image");
  }
  view.data = static_cast<const std::uint8_t*>(mask->data());
  view.row_stride = mask->strides(0);
  view.pixel_stride = mask->strides(1);
  return view;
}

}  // namespace harmonia::bindings
