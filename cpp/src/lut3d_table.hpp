// What a Lut3d holds.
#pragma once

#include <cstdint>
#include <vector>

#include "harmonia/lut3d.hpp"

namespace harmonia {

struct Lut3d::Table {
  std::int32_t size[3];
  float low[3], scale[3];
  std::vector<float> nodes;  // [r][g][b] R G B 0: a node is one load
  std::vector<float> shaper;
  float shaper_low[3], shaper_scale[3];

  std::int64_t shaper_size() const { return static_cast<std::int64_t>(shaper.size()) / 3; }
};

}  // namespace harmonia
