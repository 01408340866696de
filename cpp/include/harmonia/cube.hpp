// .cube: tables of Adobe (one table, DOMAIN_MIN and DOMAIN_MAX) and of Resolve (a curve, a table or
// both, with an input range each).
//
// Strict: every line is blank, a comment (#), a keyword or an entry of three finite numbers; each
// keyword comes once and before the entries, red runs fastest, the curve before the table, and
// nothing follows. LUT_IN_VIDEO_RANGE and LUT_OUT_VIDEO_RANGE say that a table reads or writes
// video levels, black at 64 / 1023 and white at 940 / 1023; it is turned into one for full range,
// and written as such. Refused by name are unknown keywords, and a DOMAIN_* that could mean either
// of two tables.
#pragma once

#include <string>
#include <string_view>

#include "harmonia/lut_text.hpp"

namespace harmonia {

// Throws LutTextError. Allocates no more than a few times the bytes given, whatever they declare.
LutText parse_cube(std::string_view bytes);

// With the shortest digits that read back to the same bits. The title holds neither quotes nor
// control characters; of a table with a curve, both boxes are the same along every channel.
std::string format_cube(const LutText& lut);

}  // namespace harmonia
