#include "block.hpp"

#include <cstring>

#include "harmonia/pixel/half.hpp"

#define HARMONIA_INL "block.inl"
#include "foreach_isa.hpp"
