// libFuzzer over tables of colours at work: applied, as a grid, and their gradients. NaN and
// infinities may stand anywhere; those with weight are refused where it is promised.
#include "harmonia/lut3d.hpp"
#include "harmonia/lut3d_gradient.hpp"
#include "harmonia/lut_grid.hpp"
#include "kernel_input.hpp"

namespace {

using namespace fuzz;
using harmonia::Interpolation;
using harmonia::OutOfRange;

struct Table {
  std::int64_t size[3];
  std::vector<float> nodes, shaper;
  harmonia::LutSource source;

  Table(Bytes& from, bool with_shaper) {
    for (std::int64_t& side : size) side = 2 + from.byte() % 8;
    nodes = numbers(from, size[0] * size[1] * size[2] * 3, Floats::finite);
    const std::int64_t entries = with_shaper && from.flag() ? 2 + from.byte() % 70 : 0;
    if (entries > 0) shaper = numbers(from, entries * 3, Floats::finite);
    source = {nodes.data(), {size[0], size[1], size[2]}, {}, {}};
    source.shaper = entries > 0 ? shaper.data() : nullptr;
    source.shaper_size = entries;
    for (int c = 0; c < 3; ++c) {
      corner(from, source.low[c], source.high[c]);
      corner(from, source.shaper_low[c], source.shaper_high[c]);
    }
  }

  // As the library has them: within a million, and not narrower than a millionth of it.
  static void corner(Bytes& from, float& low, float& high) {
    low = 0.0f;
    high = 1.0f;
    if (from.flag()) return;
    low = from.number();
    high = low + std::max(1e-6f * std::max(1.0f, low < 0.0f ? -low : low), std::abs(from.number()));
  }
};

bool finite_under(const Picture& image, const Mask& mask, float strength) {
  bool all = true;
  image.each([&](auto y, auto x, auto c) {
    if (c == 3 || mask.weight(y, x) * strength == 0.0f) return;
    const std::uint8_t* const at = image.at(y, x, c);
    if (image.in().scalar == Scalar::f32) {
      float value;
      std::memcpy(&value, at, sizeof value);
      all = all && finite(value);
    }
    if (image.in().scalar == Scalar::f16) all = all && (at[1] & 0x7cu) != 0x7cu;
  });
  return all;
}

void fuzz_apply(Bytes& from, Interpolation between, OutOfRange beyond) {
  const Size size = Size::of(from);
  const Scalar scalar = scalar_of(from);
  const Picture image(from, size, scalar, channels_of(from), Floats::any);
  const Mask mask(from, size);
  const float strength = from.unit();
  const harmonia::Lut3d lut(Table(from, true).source);
  Picture out(from, size, scalar, image.in().channels);
  const bool whole = finite_under(image, mask, strength);
  require_same_everywhere([&] {
    try {
      harmonia::apply_lut3d(image.in(), mask.view(), strength, lut, between, beyond, out.out());
    } catch (const harmonia::NotFinite&) {
      require(!whole);
      return std::vector<std::uint8_t>();
    }
    require(whole);
    require_background(image, mask, strength, out);
    return out.stored();
  });
}

void fuzz_grid(Bytes& from, Interpolation between, OutOfRange beyond) {
  const Size size = Size::of(from);
  const Picture image(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Mask mask(from, size);
  const float strength = from.unit();
  harmonia::LutGridSource source{nullptr, 1 + from.byte() % 5, 1 + from.byte() % 5, {}};
  for (std::int64_t& side : source.size) side = 2 + from.byte() % 4;
  const std::vector<float> nodes = numbers(
      from, source.height * source.width * source.size[0] * source.size[1] * source.size[2] * 3,
      Floats::unit);
  source.nodes = nodes.data();
  const harmonia::LutGrid grid(source);
  require_transfer(from, image, mask, strength, [&](const MutableImageView& out) {
    harmonia::apply_lut_grid(image.in(), mask.view(), strength, grid, between, beyond, out);
  });
}

void fuzz_gradient(Bytes& from, Interpolation between, OutOfRange beyond) {
  const Size size = Size::of(from);
  const Picture image(from, size, Scalar::f32, 3, Floats::finite);
  const Picture gradient(from, size, Scalar::f32, 3, Floats::unit);
  const Mask mask(from, size);
  const Table table(from, false);
  const harmonia::Lut3d lut(table.source);
  Picture of_image(from, size, Scalar::f32, 3);
  require_same_everywhere([&] {
    std::vector<float> of_nodes(table.nodes.size(), 7.0f);
    std::vector<float> of_mask(static_cast<std::size_t>(size.height * size.width), 7.0f);
    const harmonia::Lut3dGradients out{
        of_image.out(), of_nodes.data(), {table.size[0], table.size[1], table.size[2]},
        of_mask.data(), size.width * 4,  4};
    harmonia::lut3d_gradient(image.in(), mask.view(), lut, between, beyond, gradient.in(), out);
    std::vector<std::uint8_t> all = of_image.stored();
    for (const float value : of_nodes) append(all, value);
    for (const float value : of_mask) append(all, value);
    return all;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes from(data, size);
  const auto between = from.one_of({Interpolation::trilinear, Interpolation::tetrahedral});
  const auto beyond = from.one_of({OutOfRange::clamp, OutOfRange::extrapolate});
  from.one_of({fuzz_apply, fuzz_grid, fuzz_gradient})(from, between, beyond);
  return 0;
}
