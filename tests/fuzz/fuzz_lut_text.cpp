// libFuzzer over the parsers of .cube and .3dl: any bytes either fail with a line of the file, or
// give a table that is written and read back equal, bit by bit.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "harmonia/cube.hpp"
#include "harmonia/threedl.hpp"

namespace {

using harmonia::LutText;

void require(bool promise) {
  if (!promise) std::abort();
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

void require_equal(const LutText& a, const LutText& b) {
  require(a.title == b.title && a.size == b.size && a.shaper_size == b.shaper_size);
  require(a.box.low == b.box.low && a.box.high == b.box.high);
  require(a.shaper_box.low == b.shaper_box.low && a.shaper_box.high == b.shaper_box.high);
  require(same_bits(a.nodes, b.nodes) && same_bits(a.shaper, b.shaper));
}

void require_whole(const LutText& lut, std::size_t bytes) {
  const auto count = static_cast<std::size_t>(lut.size * lut.size * lut.size * 3);
  require(lut.nodes.size() == count && lut.nodes.size() + lut.shaper.size() <= bytes);
  require(lut.shaper.size() == static_cast<std::size_t>(lut.shaper_size * 3));
  for (const std::vector<float>* values : {&lut.nodes, &lut.shaper}) {
    for (const float& value : *values) {
      std::uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      require((bits & 0x7f800000u) != 0x7f800000u);  // neither NaN nor infinity
    }
  }
}

// False where the bytes are no such file, and the error tells a line of theirs.
template <class Parse>
bool parsed(Parse parse, std::string_view bytes, LutText& lut) {
  try {
    lut = parse(bytes);
  } catch (const harmonia::LutTextError& error) {
    std::int64_t lines = 1;
    for (const char c : bytes) lines += c == '\n';
    require(error.line >= 1 && error.line <= lines);
    for (const char* c = error.what(); *c != 0; ++c) require(*c >= 0x20 && *c < 0x7f);
    return false;
  }
  require_whole(lut, bytes.size());
  return true;
}

void fuzz_cube(std::string_view bytes) {
  LutText lut, again;
  if (!parsed(harmonia::parse_cube, bytes, lut)) return;
  require(parsed(harmonia::parse_cube, harmonia::format_cube(lut), again));
  require_equal(lut, again);
}

void fuzz_threedl(std::string_view bytes) {
  LutText lut, again;
  if (!parsed(harmonia::parse_threedl, bytes, lut)) return;
  for (const float value : lut.nodes) {
    if (value > 1) return;  // overshoot is read, but not written
  }
  for (const int bits : {8, 10, 12, 16}) {
    if (bits != lut.bits) continue;
    require(parsed(harmonia::parse_threedl, harmonia::format_threedl(lut, bits), again));
    require_equal(lut, again);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz_cube(bytes);
  fuzz_threedl(bytes);
  return 0;
}
