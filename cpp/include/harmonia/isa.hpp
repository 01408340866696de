// Which instruction set the kernels run with.
#pragma once

#include <string>
#include <vector>

namespace harmonia {

enum class Isa { baseline, avx2, avx512 };

const char* name(Isa isa);

// Those compiled in that this processor has, slowest first; never empty.
const std::vector<Isa>& available_isas();

// The fastest available one, unless the environment variable HARMONIA_ISA or force_isa() names
// another.
Isa active_isa();

// Throws std::invalid_argument, listing the available names. Results do not depend on the choice.
void force_isa(const std::string& isa_name);

}  // namespace harmonia
