#include "harmonia/transfer/xue.hpp"

#include <cmath>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/xue.hpp"

namespace harmonia {

// A map as the loops take it; gains are factors.
struct XueFactors {
  float alpha, threshold, gain, mired, saturation;
  bool compat;
};

}  // namespace harmonia

#define HARMONIA_INL "xue.inl"
#include "foreach_isa.hpp"

namespace harmonia {

void xue_transfer(const ImageView& image, const MaskView& mask, float strength, const XueMap& map,
                  const MutableImageView& out) {
  const XueFactors factors{static_cast<float>(map.alpha),
                           static_cast<float>(map.threshold),
                           static_cast<float>(std::exp2(map.luminance)),
                           static_cast<float>(map.mired),
                           static_cast<float>(std::exp2(map.saturation)),
                           map.compat};
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(xue_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, strength, factors, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
