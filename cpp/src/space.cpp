#include "harmonia/space.hpp"

#include "block.hpp"
#include "harmonia/pixel/lalphabeta.hpp"

#define HARMONIA_INL "space.inl"
#include "foreach_isa.hpp"
