// libFuzzer over the resizes, PIL's, OpenCV's and our own, and over PIL's pictures of two levels.
#include "harmonia/dither.hpp"
#include "harmonia/resize_antialiased.hpp"
#include "harmonia/resize_cv2.hpp"
#include "harmonia/resize_pil.hpp"
#include "kernel_input.hpp"

namespace {

using namespace fuzz;
using harmonia::Cv2Filter;
using harmonia::PilFilter;

constexpr PilFilter kPilFilters[] = {PilFilter::nearest, PilFilter::box, PilFilter::bilinear,
                                     PilFilter::bicubic, PilFilter::lanczos};
constexpr Cv2Filter kCv2Filters[] = {Cv2Filter::nearest, Cv2Filter::linear, Cv2Filter::cubic,
                                     Cv2Filter::area, Cv2Filter::lanczos4};

// A part of 0..side, whole or of any fraction.
void part_of(Bytes& from, std::int64_t side, float& low, float& high) {
  low = 0.0f;
  high = static_cast<float>(side);
  if (from.flag()) return;
  const float a = high * from.unit(), b = high * from.unit();
  if (a < b) low = a, high = b;
}

template <class Resize>
void check(Picture& out, Resize resize) {
  require_same_everywhere([&] {
    resize(out.out());
    out.require_finite();
    return out.stored();
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  Bytes from(data, bytes);
  const int which = from.byte() % 5;
  const int filter = from.byte() % 5;
  const Size size = Size::of(from, 1);
  const bool codes = which < 2 && filter != 0;
  const Scalar scalar = which > 2 ? Scalar::u8
                        : codes   ? from.one_of({Scalar::u8, Scalar::f32})
                                  : scalar_of(from);
  const std::int64_t channels = from.one_of({std::int64_t{1}, std::int64_t{3}, std::int64_t{4}});
  const Picture image(from, size, scalar, which == 3 ? 3 : channels, Floats::unit);
  if (which > 2) {
    Picture out(from, size, Scalar::u8, 1);
    check(out, [&](const MutableImageView& to) {
      which == 3 ? harmonia::pil_grey(image.in(), to) : harmonia::pil_dither(image.in(), to);
    });
    return 0;
  }
  Picture out(from, Size::of(from, 1), which == 2 ? Scalar::f32 : scalar, channels);
  harmonia::PilBox box;
  part_of(from, size.width, box.left, box.right);
  part_of(from, size.height, box.top, box.bottom);
  const auto order =
      from.one_of({harmonia::PilOrder::columns_first, harmonia::PilOrder::version_13});
  check(out, [&](const MutableImageView& to) {
    if (which == 0) harmonia::pil_resize(image.in(), kPilFilters[filter], box, order, to);
    if (which == 1) harmonia::cv2_resize(image.in(), kCv2Filters[filter], to);
    if (which == 2) harmonia::antialiased_resize(image.in(), to);
  });
  return 0;
}
