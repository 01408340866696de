#include "harmonia/tiff_lzw.hpp"

namespace harmonia {

std::int64_t tiff_lzw_size(const std::uint8_t* packed, std::int64_t bytes, std::int64_t size) {
  constexpr int kClear = 256, kEnd = 257, kFirst = 258, kCodes = 4096;
  std::int64_t lengths[kCodes];  // of the text of a code
  for (int code = 0; code < kFirst; ++code) lengths[code] = 1;
  std::int64_t came = 0, at = 0;
  std::uint32_t held = 0;  // bits, the next one highest of `many`
  int many = 0, width = 9, next = kFirst, before = -1;
  while (came < size) {
    for (; many < width && at < bytes; many += 8) held = held << 8 | packed[at++];
    if (many < width) break;
    const int code = static_cast<int>(held >> (many - width) & ((1u << width) - 1));
    many -= width;
    if (code == kEnd) break;
    if (code == kClear) {
      width = 9, next = kFirst, before = -1;
      continue;
    }
    // The first code after a clear is a byte; later ones are known, or are the one that is made.
    if (before < 0 ? code >= kClear : code > next) return 0;
    if (before >= 0 && next < kCodes) {  // writers may go on with a table that is full
      lengths[next] = lengths[before] + 1;
      ++next;
      if (next + 1 >= 1 << width && width < 12) ++width;
    }
    came += lengths[code];
    before = code;
  }
  return came;
}

}  // namespace harmonia
