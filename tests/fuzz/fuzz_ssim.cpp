// libFuzzer over SSIM: under any window that fits its map lies within -1..1, that of a picture
// beside itself is 1, and where none fits an error says so.
#include <cmath>
#include <stdexcept>

#include "harmonia/ssim.hpp"
#include "kernel_input.hpp"

namespace {

using namespace fuzz;

// As windows of metrics are: not negative, and one in all.
harmonia::SsimWindow window_of(Bytes& from) {
  harmonia::SsimWindow window;
  window.radius = from.byte() % (harmonia::kMostSsimRadius + 1);
  double sum = 0.0;
  for (int k = 0; k <= window.radius; ++k) {
    window.taps[k] = 1.0 + from.byte();
    sum += window.taps[k] * (k < window.radius ? 2.0 : 1.0);
  }
  for (double& tap : window.taps) tap /= sum;
  window.zero_padding = from.flag();
  window.c1 = from.one_of({6.5025, 1e-3, 1e-12});
  window.c2 = from.one_of({58.5225, 0.99, 1e-12});
  return window;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  Bytes from(data, bytes);
  const harmonia::SsimWindow window = window_of(from);
  const Size size = Size::of(from);
  const Picture output(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Picture target(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Mask mask(from, size);
  const std::int64_t span = window.zero_padding ? 1 : 2 * window.radius + 1;
  const bool fits = size.height >= span && size.width >= span;
  require_same_everywhere([&] {
    harmonia::SsimSums sums, same;
    std::vector<std::uint8_t> all;
    try {
      sums = harmonia::ssim(output.in(), target.in(), mask.view(), window);
      same = harmonia::ssim(output.in(), output.in(), mask.view(), window);
    } catch (const std::invalid_argument&) {
      require(!fits);
      return all;
    }
    require(fits && sums.count == (size.height - span + 1) * (size.width - span + 1));
    const auto count = static_cast<double>(sums.count);
    const double slack = count * 1e-3;
    require_within(sums.weight, 0.0, count);
    for (int c = 0; c < 3; ++c) {
      require_within(sums.ssim[c], -count - slack, count + slack);
      require_within(sums.cs[c], -count - slack, count + slack);
      require_within(sums.masked[c], -sums.weight - slack, sums.weight + slack);
      require_within(same.ssim[c], count - slack, count + slack);
    }
    append(all, sums);
    return all;
  });
  return 0;
}
