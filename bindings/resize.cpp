#include "harmonia/dither.hpp"
#include "harmonia/resize_antialiased.hpp"
#include "harmonia/resize_cv2.hpp"
#include "harmonia/resize_pil.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {
namespace {

// An image, or (H, W) as an image of one channel.
template <class View, class Byte>
View plane_or_image(const py::array& array, Byte* data, const char* name) {
  const bool plane = array.ndim() == 2;
  if (!plane && (array.ndim() != 3 || array.shape(2) < 3 || array.shape(2) > 4)) {
    throw py::value_error(std::string(name) + " must have shape (H, W), (H, W, 3) or (H, W, 4)");
  }
  constexpr py::ssize_t kLongest = 1 << 24;  // places within an axis are floats of float32
  if (array.shape(0) < 1 || array.shape(1) < 1 || array.shape(0) > kLongest ||
      array.shape(1) > kLongest) {
    throw py::value_error(std::string(name) + " must have 1 to 2^24 rows and columns");
  }
  return {data,
          scalar_of(array, name),
          array.shape(0),
          array.shape(1),
          plane ? 1 : array.shape(2),
          array.strides(0),
          array.strides(1),
          plane ? array.itemsize() : array.strides(2)};
}

ImageView read_view(const py::array& array) {
  return plane_or_image<ImageView>(array, static_cast<const std::uint8_t*>(array.data()), "image");
}

MutableImageView write_view(py::array& array) {
  return plane_or_image<MutableImageView>(array, static_cast<std::uint8_t*>(array.mutable_data()),
                                          "out");
}

void check_alike(const ImageView& image, const MutableImageView& out) {
  if (image.channels != out.channels || image.scalar != out.scalar) {
    throw py::value_error("out must have the channels and the type of image");
  }
}

void check_codes_or_floats(const ImageView& image) {
  if (image.scalar != Scalar::u8 && image.scalar != Scalar::f32) {
    throw py::type_error("image must be uint8 or float32");
  }
}

void check_plane(const ImageView& image, const MutableImageView& out) {
  if (image.scalar != Scalar::u8 || out.scalar != Scalar::u8 || out.channels != 1 ||
      out.height != image.height || out.width != image.width) {
    throw py::value_error("image and out must be uint8 of one size, and out of one channel");
  }
}

template <class Filter, std::size_t count>
Filter named(const std::string& name, const std::pair<const char*, Filter> (&filters)[count]) {
  std::string names;
  for (const auto& [each, filter] : filters) {
    if (name == each) return filter;
    names += names.empty() ? each : std::string(", ") + each;
  }
  throw py::value_error("filter must be one of " + names + ", got '" + name + "'");
}

constexpr std::pair<const char*, PilFilter> kPilFilters[] = {{"nearest", PilFilter::nearest},
                                                             {"box", PilFilter::box},
                                                             {"bilinear", PilFilter::bilinear},
                                                             {"bicubic", PilFilter::bicubic},
                                                             {"lanczos", PilFilter::lanczos}};

constexpr std::pair<const char*, Cv2Filter> kCv2Filters[] = {{"nearest", Cv2Filter::nearest},
                                                             {"linear", Cv2Filter::linear},
                                                             {"cubic", Cv2Filter::cubic},
                                                             {"area", Cv2Filter::area},
                                                             {"lanczos4", Cv2Filter::lanczos4}};

}  // namespace

HARMONIA_BINDINGS(resize, m) {
  m.def(
      "pil_resize",
      [](const py::array& image, const std::string& filter,
         const std::tuple<float, float, float, float>& box, bool version_13, py::array& out) {
        const ImageView in = read_view(image);
        const MutableImageView to = write_view(out);
        check_alike(in, to);
        const PilFilter chosen = named(filter, kPilFilters);
        if (chosen != PilFilter::nearest) check_codes_or_floats(in);
        const auto [left, top, right, bottom] = box;
        if (!(left >= 0.0f && top >= 0.0f && right > left && bottom > top &&
              right <= static_cast<float>(in.width) && bottom <= static_cast<float>(in.height))) {
          throw py::value_error("box must be a part of image");
        }
        const py::gil_scoped_release nogil;
        pil_resize(in, chosen, {left, top, right, bottom},
                   version_13 ? PilOrder::version_13 : PilOrder::columns_first, to);
      },
      py::arg("image").noconvert(), py::arg("filter"), py::arg("box"), py::arg("version_13"),
      py::arg("out").noconvert());

  m.def(
      "cv2_resize",
      [](const py::array& image, const std::string& filter, py::array& out) {
        const ImageView in = read_view(image);
        const MutableImageView to = write_view(out);
        check_alike(in, to);
        const Cv2Filter chosen = named(filter, kCv2Filters);
        if (chosen != Cv2Filter::nearest) check_codes_or_floats(in);
        const py::gil_scoped_release nogil;
        cv2_resize(in, chosen, to);
      },
      py::arg("image").noconvert(), py::arg("filter"), py::arg("out").noconvert());

  m.def(
      "antialiased_resize",
      [](const py::array& image, py::array& out) {
        const ImageView in = read_view(image);
        const MutableImageView to = write_view(out);
        if (to.scalar != Scalar::f32 || to.channels != in.channels) {
          throw py::value_error("out must be float32 with the channels of image");
        }
        const py::gil_scoped_release nogil;
        antialiased_resize(in, to);
      },
      py::arg("image").noconvert(), py::arg("out").noconvert());

  m.def(
      "pil_grey",
      [](const py::array& image, py::array& out) {
        const ImageView in = read_view(image);
        const MutableImageView to = write_view(out);
        check_plane(in, to);
        if (in.channels < 3) throw py::value_error("image must have three or four channels");
        const py::gil_scoped_release nogil;
        pil_grey(in, to);
      },
      py::arg("image").noconvert(), py::arg("out").noconvert());

  m.def(
      "pil_dither",
      [](const py::array& image, py::array& out) {
        const ImageView in = read_view(image);
        const MutableImageView to = write_view(out);
        check_plane(in, to);
        const py::gil_scoped_release nogil;
        pil_dither(in, to);
      },
      py::arg("image").noconvert(), py::arg("out").noconvert());
}

}  // namespace harmonia::bindings
