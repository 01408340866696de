#include "harmonia/color.hpp"

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/pixel.hpp"

#define HARMONIA_INL "color.inl"
#include "foreach_isa.hpp"

namespace harmonia {

void convert(const ImageView& from, Space source, const MutableImageView& to, Space target) {
  const RowGroups groups(from.height, from.width);
  const auto rows = HARMONIA_PICK(convert_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(from, source, to, target, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
