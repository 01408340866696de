// What a strip of a TIFF that LZW packed unpacks to, in bytes; nothing is unpacked.
#pragma once

#include <cstdint>

namespace harmonia {

// At least `size`, or fewer where the codes end or make no sense before. Codes of 9 to 12 bits from
// the highest bit on, which grow a code early: TIFF 6.0, section 13.
std::int64_t tiff_lzw_size(const std::uint8_t* packed, std::int64_t bytes, std::int64_t size);

}  // namespace harmonia
