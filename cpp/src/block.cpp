#include "block.hpp"
#include "float_lanes.hpp"

#include <cstring>

#include "harmonia/pixel/blend.hpp"
#include "harmonia/pixel/scalar.hpp"
#include "rgb_bytes.hpp"

#define HARMONIA_INL "block.inl"
#include "foreach_isa.hpp"
