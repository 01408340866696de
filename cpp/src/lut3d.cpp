#include "harmonia/lut3d.hpp"

#include <cstring>

#include "block.hpp"
#include "float_lanes.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/lut3d.hpp"
#include "harmonia/pixel/lut3d_codes.hpp"
#include "lanes.hpp"
#include "lut3d_table.hpp"

#define HARMONIA_INL "masked_rows.inl"
#include "foreach_isa.hpp"

#define HARMONIA_INL "lut3d.inl"
#include "foreach_isa.hpp"

#define HARMONIA_INL "lut3d_codes.inl"
#include "foreach_isa.hpp"

namespace harmonia {

void apply_lut3d(const ImageView& image, const MaskView& mask, float strength, const Lut3d& lut,
                 Interpolation interpolation, OutOfRange out_of_range,
                 const MutableImageView& out) {
  const RowGroups groups(image.height, image.width);
  const LutCodes* const codes = lut.table().codes.get();
  if (image.scalar == Scalar::u8 && codes != nullptr &&
      (out_of_range == OutOfRange::clamp || codes->inside)) {
    const std::int16_t* const faces = codes->faces_for(image.height * image.width);
    const auto rows = HARMONIA_PICK(lut3d_codes_rows);
    return parallel_for(groups.count, [&](std::int64_t group) {
      rows(image, mask, strength, *codes, faces, interpolation, out, groups.begin(group),
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
