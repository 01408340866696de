// .3dl: tables of integers, as Lustre, Flame and Nuke exchange them.
//
//   3DMESH                  optional
//   Mesh 4 12               optional: log2(nodes - 1) rounded down, and the bits of the entries
//   0 64 128 ... 960 1023   the mesh: where the nodes lie, as many numbers as nodes along an axis
//   0 17 17                 an entry for each node, blue fastest
//   ...
//   LUT8                    optional
//   gamma 1.0               optional
//
// Refused are an uneven mesh, which some programs read as positions and others as a curve, another
// gamma, and entries too dark for any depth.
#pragma once

#include <string>
#include <string_view>

#include "harmonia/lut_text.hpp"

namespace harmonia {

// Bits of entries whose greatest is `most`, where no Mesh line says: files overshoot by up to twice
// the range, and 14 bits are not in use. So 128..511 are 8 bits, ..2047 10, ..8191 12 and ..131071
// 16. 0 where nothing fits.
int threedl_bits(std::int64_t most);

// Throws LutTextError. Allocates no more than a few times the bytes given. Entries are divided by
// the greatest number of their bits.
LutText parse_threedl(std::string_view bytes);

// A cubic table with nodes within 0..1, rounded to 8, 10, 12 or 16 bits.
std::string format_threedl(const LutText& lut, int bits);

}  // namespace harmonia
