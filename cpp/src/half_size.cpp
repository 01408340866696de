#include "harmonia/half_size.hpp"

#include "block.hpp"
#include "harmonia/parallel.hpp"

#define HARMONIA_INL "half_size.inl"
#include "foreach_isa.hpp"

namespace harmonia {

void half_size(const ImageView& image, const MutableImageView& out) {
  const RowGroups groups(out.height, out.width);
  const auto rows = HARMONIA_PICK(half_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
