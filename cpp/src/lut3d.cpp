#include "harmonia/lut3d.hpp"

#include <cstring>
#include <stdexcept>
#include <string>

#include "block.hpp"
#include "float_lanes.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/lut3d.hpp"
#include "harmonia/pixel/lut3d_codes.hpp"
#include "lanes.hpp"
#include "lut3d_table.hpp"

#define HARMONIA_INL "row_writer.inl"
#include "foreach_isa.hpp"

#define HARMONIA_INL "lut3d.inl"
#include "foreach_isa.hpp"

#define HARMONIA_INL "lut3d_codes.inl"
#include "foreach_isa.hpp"

namespace harmonia {

Lut3d::Lut3d(const LutSource& source) {
  auto table = std::make_shared<Table>();
  for (int c = 0; c < 3; ++c) {
    if (source.size[c] < kFewestLutNodes || source.size[c] > kMostLutNodes) {
      throw std::invalid_argument("a LUT has from " + std::to_string(kFewestLutNodes) + " to " +
                                  std::to_string(kMostLutNodes) + " nodes along an axis, got " +
                                  std::to_string(source.size[c]));
    }
    table->size[c] = static_cast<std::int32_t>(source.size[c]);
    table->low[c] = source.low[c];
    table->scale[c] = static_cast<float>(1.0 / (double(source.high[c]) - double(source.low[c])));
    table->shaper_low[c] = source.shaper_low[c];
    table->shaper_scale[c] =
        static_cast<float>(1.0 / (double(source.shaper_high[c]) - double(source.shaper_low[c])));
  }
  const std::int64_t count = source.size[0] * source.size[1] * source.size[2];
  table->nodes.resize(static_cast<std::size_t>(count) * 4);
  for (std::int64_t i = 0; i < count; ++i) {
    for (int c = 0; c < 3; ++c) table->nodes[i * 4 + c] = source.nodes[i * 3 + c];
  }
  if (source.shaper != nullptr) {
    table->shaper.assign(source.shaper, source.shaper + source.shaper_size * 3);
  }
  if (LutCodes::fits(*table)) table->codes = std::make_unique<LutCodes>(*table);
  table_ = std::move(table);
}

void apply_lut3d(const ImageView& image, const MaskView& mask, float strength, const Lut3d& lut,
                 Interpolation interpolation, OutOfRange out_of_range,
                 const MutableImageView& out) {
  const RowGroups groups(image.height, image.width);
  const LutCodes* const codes = lut.table().codes.get();
  if (image.scalar == Scalar::u8 && codes != nullptr &&
      (out_of_range == OutOfRange::clamp || codes->inside)) {
    const std::int16_t* const cells = codes->cells_for(image.height * image.width);
    const auto rows = HARMONIA_PICK(lut3d_codes_rows);
    return parallel_for(groups.count, [&](std::int64_t group) {
      rows(image, mask, strength, *codes, cells, interpolation, out, groups.begin(group),
           groups.end(group));
    });
  }
  const auto rows = HARMONIA_PICK(lut3d_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, strength, lut.table(), interpolation, out_of_range, out, groups.begin(group),
         groups.end(group));
  });
}

}  // namespace harmonia
