// A colour that no table has a place for.
#pragma once

#include <stdexcept>

namespace harmonia {

struct NotFinite : std::runtime_error {
  NotFinite() : std::runtime_error("NaN or infinity inside the mask") {}
};

}  // namespace harmonia
