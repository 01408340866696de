// What both modules ask of the sizes of two pictures.
#pragma once

#include <string>

#include "harmonia/image.hpp"
#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

inline void check_same_size(const ImageView& output, const ImageView& target) {
  if (output.height == target.height && output.width == target.width) return;
  const auto size = [](const ImageView& image) {
    return "(" + std::to_string(image.height) + ", " + std::to_string(image.width) + ")";
  };
  throw py::value_error("target must have the output's height and width " + size(output) +
                        ", got " + size(target));
}

inline void check_same_shape(const ImageView& image, const MutableImageView& out) {
  if (image.height != out.height || image.width != out.width || image.channels != out.channels ||
      image.scalar != out.scalar) {
    throw py::value_error("out must have the shape and type of image");
  }
}

}  // namespace harmonia::bindings
