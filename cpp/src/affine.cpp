#include "harmonia/transfer/affine.hpp"

#include "block.hpp"
#include "harmonia/parallel.hpp"

#define HARMONIA_INL "affine.inl"
#include "foreach_isa.hpp"

namespace harmonia {

void affine_transfer(const ImageView& image, const MaskView& mask, float strength,
                     const AffineMap& map, const MutableImageView& out) {
  float flat[12];
  for (int i = 0; i < 9; ++i) flat[i] = static_cast<float>(map.matrix[i]);
  for (int i = 0; i < 3; ++i) flat[9 + i] = static_cast<float>(map.offset[i]);
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(affine_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, strength, map.space, flat, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
