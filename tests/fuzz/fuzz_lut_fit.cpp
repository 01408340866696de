// libFuzzer over the fit of a table to two pictures: whatever they hold, its nodes are finite, the
// same everywhere, and a monotone one does not fall.
#include "harmonia/lut_fit.hpp"
#include "kernel_input.hpp"

using namespace fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  Bytes from(data, bytes);
  const Size size = Size::of(from);
  const Picture before(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Picture after(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Mask mask(from, size);
  const int nodes = 2 + from.byte() % 4;  // of 7 a fit takes a minute under sanitizers
  const harmonia::LutFit how{nodes, from.one_of({1.0, 1e-6, 1e6, 1e-300}), from.flag()};
  bool covered = false;
  for (std::int64_t y = 0; y < size.height; ++y) {
    for (std::int64_t x = 0; x < size.width; ++x) covered = covered || mask.weight(y, x) > 0.0f;
  }
  require_same_everywhere([&] {
    std::vector<float> table(static_cast<std::size_t>(nodes * nodes * nodes * 3));
    require(harmonia::fit_lut(before.in(), after.in(), mask.view(), how, table.data()) == covered);
    require_finite(table.data(), static_cast<std::int64_t>(table.size()));
    const int steps[] = {nodes * nodes * 3, nodes * 3, 3};
    for (int i = 0; how.monotone && i < static_cast<int>(table.size()); ++i) {
      const int step = steps[i % 3];
      if (i / step % nodes + 1 < nodes) require(table[i] <= table[i + step]);
    }
    return bytes_of(table);
  });
  return 0;
}
