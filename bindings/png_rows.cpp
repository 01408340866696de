#include "harmonia/png_rows.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

using Bytes = py::array_t<std::uint8_t, py::array::c_style>;

namespace {

// By a quotient: a product could pass 2^63 and come back as a small number.
bool lies_within(std::int64_t first, std::int64_t step, std::int64_t count, std::int64_t size) {
  return first >= 0 && step >= 1 && first < size && count - 1 <= (size - 1 - first) / step;
}

}  // namespace

HARMONIA_BINDINGS(png_rows, m) {
  m.def(
      "unfilter_png_rows",
      [](const Bytes& filtered, int pixel, Bytes& plain) {
        if (filtered.ndim() != 2 || plain.ndim() != 2 || filtered.shape(1) != 1 + plain.shape(1) ||
            plain.shape(0) != filtered.shape(0) + 1) {
          throw py::value_error("plain must have a row more than filtered, and a column less");
        }
        if (pixel < 1 || pixel > kMostPngPixel || pixel == 5 || pixel == 7 ||
            plain.shape(1) % pixel != 0) {
          throw py::value_error("pixel must be 1, 2, 3, 4, 6 or 8 and divide the bytes of a row");
        }
        const std::uint8_t* from = filtered.data();
        std::uint8_t* to = plain.mutable_data();
        const py::gil_scoped_release nogil;
        return unfilter_png_rows(from, filtered.shape(0), plain.shape(1), pixel, to);
      },
      py::arg("filtered").noconvert(), py::arg("pixel"), py::arg("plain").noconvert());

  m.def(
      "place_png_rows",
      [](const Bytes& plain, std::int64_t width, int bits, const std::array<std::int64_t, 4>& grid,
         py::array& image) {
        const bool known = bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
        if (plain.ndim() != 2 || image.ndim() != 3 || !(image.flags() & py::array::c_style) ||
            image.dtype().kind() != 'u' || image.itemsize() != (bits == 16 ? 2 : 1) || !known ||
            (bits < 8 && image.shape(2) != 1)) {
          throw py::value_error("image must be contiguous (H, W, C) of the type that bits takes");
        }
        const PngGrid to{grid[0], grid[1], grid[2], grid[3]};
        const std::int64_t count = plain.shape(0), channels = image.shape(2);
        if (!lies_within(to.x0, to.x_step, width, image.shape(1)) || width < 1 ||
            (count > 0 && !lies_within(to.y0, to.y_step, count, image.shape(0))) ||
            (width * channels * bits + 7) / 8 > plain.shape(1)) {
          throw py::value_error("the rows must lie within image");
        }
        const std::uint8_t* from = plain.data();
        void* out = image.mutable_data();
        const py::gil_scoped_release nogil;
        place_png_rows(from, count, plain.shape(1), width, static_cast<int>(channels), bits, to,
                       out, image.shape(1));
      },
      py::arg("plain").noconvert(), py::arg("width"), py::arg("bits"), py::arg("grid"),
      py::arg("image").noconvert());

  m.def(
      "filter_png_rows",
      [](const py::array& image) {
        const ImageView in = view(image);
        if ((in.scalar != Scalar::u8 && in.scalar != Scalar::u16) ||
            !(image.flags() & py::array::c_style)) {
          throw py::value_error("image must be contiguous uint8 or uint16");
        }
        const int channels = static_cast<int>(in.channels);
        Bytes out({in.height, 1 + in.width * in.channels * image.itemsize()});
        std::uint8_t* to = out.mutable_data();
        {
          const py::gil_scoped_release nogil;
          if (in.scalar == Scalar::u8) {
            filter_png_rows(in.data, in.height, in.width, channels, to);
          } else {
            filter_png_rows(reinterpret_cast<const std::uint16_t*>(in.data), in.height, in.width,
                            channels, to);
          }
        }
        return out;
      },
      py::arg("image").noconvert());
}

}  // namespace harmonia::bindings
