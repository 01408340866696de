// libFuzzer over errors and colour differences: of any two pictures they are finite, none is
// negative, a picture is equal to itself, and the order of the two does not matter.
#include "harmonia/delta_e.hpp"
#include "harmonia/error_sums.hpp"
#include "harmonia/half_size.hpp"
#include "kernel_input.hpp"

namespace {

using namespace fuzz;

void fuzz_errors(const Picture& output, const Picture& target, const Mask& mask, Bytes&) {
  require_same_everywhere([&] {
    const harmonia::ErrorSums sums = harmonia::error_sums(output.in(), target.in(), mask.view());
    const auto back = harmonia::error_sums(target.in(), output.in(), mask.view());
    const auto same = harmonia::error_sums(output.in(), output.in(), mask.view());
    require_finite(sums.of, harmonia::kErrorTerms);
    for (int k = 0; k < harmonia::kSummedTerms; ++k) {
      require(sums.of[k] >= 0.0 && sums.of[k] == back.of[k]);
    }
    require(same.of[harmonia::kSquared] == 0.0 && same.of[harmonia::kBackgroundSquared] == 0.0);
    const auto pixels = static_cast<double>(output.in().height * output.in().width);
    require(sums.of[harmonia::kPixels] == pixels);
    require(sums.of[harmonia::kBackground] <= pixels && sums.of[harmonia::kWeight] <= pixels);
    require(sums.of[harmonia::kWeightedSquared] <= sums.of[harmonia::kSquared] * (1 + 1e-9));
    require(sums.of[harmonia::kBackgroundSquared] <= sums.of[harmonia::kSquared] * (1 + 1e-9));
    std::vector<std::uint8_t> all;
    append(all, sums);
    return all;
  });
}

void fuzz_delta_e(const Picture& output, const Picture& target, const Mask& mask, Bytes&) {
  require_same_everywhere([&] {
    const harmonia::DeltaESums sums = harmonia::delta_e(output.in(), target.in(), mask.view());
    require_finite(&sums.sum, 3);
    require(sums.weighted >= 0.0 && sums.weighted <= sums.sum * (1 + 1e-9));
    require_within(sums.largest, 0.0f, 1e8f);  // codes of +-1e6 have lightnesses of some 1e7
    require(harmonia::delta_e(output.in(), output.in(), mask.view()).sum == 0.0);
    std::vector<std::uint8_t> all;
    append(all, sums.sum);
    append(all, sums.weighted);
    append(all, sums.weight);
    append(all, sums.largest);
    return all;
  });
}

void fuzz_map(const Picture& output, const Picture& target, const Mask&, Bytes& from) {
  const std::int64_t height = output.in().height, width = output.in().width;
  const bool lab = output.in().scalar == Scalar::f32 && target.in().scalar == Scalar::f32;
  const auto space = lab && from.flag() ? harmonia::DeltaESpace::lab : harmonia::DeltaESpace::rgb;
  require_same_everywhere([&] {
    std::vector<float> map(static_cast<std::size_t>(height * width), -1.0f);
    const harmonia::MutableFloats to{reinterpret_cast<std::uint8_t*>(map.data()), width * 4, 4};
    harmonia::delta_e_map(output.in(), target.in(), space, to);
    for (const float difference : map) require(finite(difference) && difference >= 0.0f);
    return bytes_of(map);
  });
}

void fuzz_half(const Picture& output, const Picture&, const Mask&, Bytes& from) {
  const Size size{harmonia::half_size(output.in().height), harmonia::half_size(output.in().width)};
  Picture half(from, size, Scalar::f32, 3);
  require_same_everywhere([&] {
    harmonia::half_size(output.in(), half.out());
    half.require_unit();
    return half.stored();
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  Bytes from(data, bytes);
  const auto check = from.one_of({fuzz_errors, fuzz_delta_e, fuzz_map, fuzz_half});
  const Size size = Size::of(from);
  const Floats floats = check == fuzz_delta_e || check == fuzz_map
                            ? from.one_of({Floats::unit, Floats::finite})
                            : Floats::unit;
  const Picture output(from, size, scalar_of(from), channels_of(from), floats);
  const Picture target(from, size, scalar_of(from), channels_of(from), floats);
  const Mask mask(from, size);
  check(output, target, mask, from);
  return 0;
}
