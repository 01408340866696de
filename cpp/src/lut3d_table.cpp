#include "lut3d_table.hpp"

#include <stdexcept>
#include <string>

#include "harmonia/pixel/lut3d.hpp"

namespace harmonia {
namespace {

// Times the shares of pixel::lut_span, and eight of them, this is less than the largest float.
constexpr float kModerateNode = 1e12f;

}  // namespace

void check_lut_size(std::int64_t nodes) {
  if (nodes >= kFewestLutNodes && nodes <= kMostLutNodes) return;
  throw std::invalid_argument("a LUT has from " + std::to_string(kFewestLutNodes) + " to " +
                              std::to_string(kMostLutNodes) + " nodes along an axis, got " +
                              std::to_string(nodes));
}

Lut3d::Lut3d(const LutSource& source) {
  auto table = std::make_shared<Table>();
  for (int c = 0; c < 3; ++c) {
    check_lut_size(source.size[c]);
    table->size[c] = static_cast<std::int32_t>(source.size[c]);
    table->low[c] = source.low[c];
    table->scale[c] = pixel::lut_scale(source.low[c], source.high[c]);
    table->shaper_low[c] = source.shaper_low[c];
    table->shaper_scale[c] = pixel::lut_scale(source.shaper_low[c], source.shaper_high[c]);
  }
  table->unit = source.shaper == nullptr;
  for (int c = 0; c < 3; ++c) {
    table->unit = table->unit && source.low[c] == 0.0f && source.high[c] == 1.0f;
  }
  const std::int64_t count = source.size[0] * source.size[1] * source.size[2];
  table->nodes.resize(static_cast<std::size_t>(count) * 4);
  float most[3] = {0.0f, 0.0f, 0.0f};
  for (std::int64_t i = 0; i < count; ++i) {
    for (int c = 0; c < 3; ++c) {
      const float node = source.nodes[i * 3 + c], magnitude = node < 0.0f ? -node : node;
      most[c] = magnitude > most[c] ? magnitude : most[c];
      table->nodes[i * 4 + c] = node;
    }
  }
  table->moderate = most[0] < kModerateNode && most[1] < kModerateNode && most[2] < kModerateNode;
  if (source.shaper != nullptr) {
    table->shaper.assign(source.shaper, source.shaper + source.shaper_size * 3);
  }
  if (LutCodes::fits(*table)) table->codes = std::make_unique<LutCodes>(*table);
  table_ = std::move(table);
}

}  // namespace harmonia
