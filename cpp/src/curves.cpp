#include "harmonia/transfer/curves.hpp"

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/scalar.hpp"

#define HARMONIA_INL "curves.inl"
#include "foreach_isa.hpp"

namespace harmonia {

void curve_transfer(const ImageView& image, const MaskView& mask, float strength,
                    const Curves& curves, const MutableImageView& out) {
  const CurveTables tables = tables_of(curves, image.scalar);
  const RowGroups groups(image.height, image.width);
  if (image.scalar == Scalar::u8 && curves.space == Space::rgb) {
    std::uint8_t codes[3 * 256];
    for (int c = 0; c < 3; ++c) {
      const float* const values = tables.values.data() + c * tables.stride;
      for (int code = 0; code < 256; ++code) {
        codes[256 * c + code] = pixel::U8::code(pixel::clamp(values[code], 0.0f, 1.0f));
      }
    }
    const auto rows = HARMONIA_PICK(code_rows);
    return parallel_for(groups.count, [&](std::int64_t group) {
      rows(image, mask, strength, tables.axes, tables.values.data(), tables.stride, codes, out,
           groups.begin(group), groups.end(group));
    });
  }
  const auto rows = HARMONIA_PICK(curve_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, strength, curves.space, tables.axes, tables.values.data(), tables.stride,
         tables.nearest, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
