#include "harmonia/range.hpp"

#include <vector>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/pixel.hpp"

namespace harmonia {
namespace {

// Maps bits so that they order like the floats; its own inverse.
HARMONIA_HD std::int32_t ordered_bits(std::int32_t bits) {
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

struct OrderedRange {
  std::int32_t low = INT32_MAX, high = INT32_MIN;
  std::int32_t broken = 0;
};

Range join(const std::vector<OrderedRange>& parts) {
  OrderedRange all;
  for (const OrderedRange& part : parts) {
    all.low = part.low < all.low ? part.low : all.low;
    all.high = part.high > all.high ? part.high : all.high;
    all.broken |= part.broken;
  }
  if (all.broken != 0 || parts.empty()) return {0.0, 0.0, all.broken == 0};
  return {pixel::float_of(ordered_bits(all.low)), pixel::float_of(ordered_bits(all.high)), true};
}

}  // namespace
}  // namespace harmonia

#define HARMONIA_INL "range.inl"
#include "foreach_isa.hpp"

namespace harmonia {

Range image_range(const ImageView& image) {
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(image_range_rows);
  std::vector<OrderedRange> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, groups.begin(group), groups.end(group), parts[static_cast<std::size_t>(group)]);
  });
  return join(parts);
}

Range mask_range(const MaskView& mask, std::int64_t height, std::int64_t width) {
  const RowGroups groups(height, width);
  const auto rows = HARMONIA_PICK(mask_range_rows);
  std::vector<OrderedRange> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(mask, width, groups.begin(group), groups.end(group),
         parts[static_cast<std::size_t>(group)]);
  });
  return join(parts);
}

}  // namespace harmonia
