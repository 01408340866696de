#include "grids.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

namespace {

GuideView guide_view(const OptionalArray& guide, const ImageView& image) {
  if (!guide) return {};
  if (guide->dtype().kind() != 'f' || guide->dtype().itemsize() != 4) {
    throw py::type_error("guide must be float32");
  }
  if (guide->ndim() != 2 || guide->shape(0) != image.height || guide->shape(1) != image.width) {
    throw py::value_error("guide must have the height and width of image");
  }
  return {static_cast<const std::uint8_t*>(guide->data()), guide->strides(0), guide->strides(1)};
}

}  // namespace

HARMONIA_BINDINGS(affine_grid, m) {
  m.attr("most_grid_cells") = kMostGridCells;
  m.attr("most_guide_cells") = kMostGuideCells;

  m.def(
      "apply_affine_grid",
      [](const py::array& image, const OptionalArray& mask, float strength, const GridArray& grid,
         const OptionalArray& guide, py::array out) {
        const ImageView in = view(image);
        const MutableImageView to = mutable_view(out);
        check_same_shape(in, to);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const AffineGrid maps = affine_grid_of(grid);
        const GuideView along = guide_view(guide, in);
        const py::gil_scoped_release nogil;
        apply_affine_grid(in, weights, strength, maps, along, to);
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("strength"),
      py::arg("grid").noconvert(), py::arg("guide").noconvert(), py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
