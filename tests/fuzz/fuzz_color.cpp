// libFuzzer over conversions between colour spaces: finite colours stay finite and within the
// largest value, as the same bits everywhere.
#include "harmonia/color.hpp"
#include "kernel_input.hpp"

namespace {

using namespace fuzz;
using harmonia::Space;

void require_held(const Picture& image) {
  image.each([&](auto y, auto x, auto c) {
    float value;
    std::memcpy(&value, image.at(y, x, c), sizeof value);
    require_within(value, -harmonia::kLargestValue, harmonia::kLargestValue);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  Bytes from(data, bytes);
  const Size size = Size::of(from);
  const Space source = from.space(), target = from.space(), other = from.space();
  const Scalar stored = source == Space::rgb ? scalar_of(from) : Scalar::f32;
  const Picture image(from, size, stored, 3, Floats::finite);
  Picture middle(from, size, Scalar::f32, 3);
  Picture out(from, size, target == Space::rgb ? scalar_of(from) : Scalar::f32, 3);
  require_same_everywhere([&] {
    harmonia::convert(image.in(), source, out.out(), target);
    harmonia::convert(image.in(), source, middle.out(), other);
    require_held(middle);
    std::vector<std::uint8_t> all = out.stored(), second = middle.stored();
    all.insert(all.end(), second.begin(), second.end());
    return all;
  });
  out.require_finite();
  return 0;
}
