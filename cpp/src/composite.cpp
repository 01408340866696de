#include "harmonia/composite.hpp"

#include "block.hpp"
#include "harmonia/parallel.hpp"

#define HARMONIA_INL "composite.inl"
#include "foreach_isa.hpp"

namespace harmonia {

void composite(const ImageView& fresh, const ImageView& old, const MaskView& mask, float strength,
               const MutableImageView& out) {
  const RowGroups groups(old.height, old.width);
  const auto rows = HARMONIA_PICK(composite_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(fresh, old, mask, strength, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
