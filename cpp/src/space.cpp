#include "harmonia/space.hpp"

#include "block.hpp"
#include "harmonia/pixel/hsv.hpp"
#include "harmonia/pixel/lab.hpp"
#include "harmonia/pixel/lalphabeta.hpp"
#include "harmonia/pixel/srgb.hpp"
#include "harmonia/pixel/xyy.hpp"
#include "harmonia/pixel/xyz.hpp"
#include "harmonia/pixel/ycbcr.hpp"

#define HARMONIA_INL "space.inl"
#include "foreach_isa.hpp"
