#include "harmonia/delta_e.hpp"

#include <cstring>
#include <vector>

#include "block.hpp"
#include "harmonia/color.hpp"
#include "harmonia/delta_e_counts.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/ciede2000.hpp"

#define HARMONIA_INL "delta_e.inl"
#include "foreach_isa.hpp"

namespace harmonia {

DeltaESums delta_e(const ImageView& output, const ImageView& target, const MaskView& mask) {
  const RowGroups groups(output.height, output.width);
  const auto rows = HARMONIA_PICK(delta_e_rows);
  std::vector<DeltaECounts> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(output, target, mask, groups.begin(group), groups.end(group),
         parts[static_cast<std::size_t>(group)]);
  });
  DeltaECounts all;
  for (const DeltaECounts& part : parts) {
    all.sum.add(part.sum);
    all.weighted.add(part.weighted);
    all.weight += part.weight;
    all.largest = part.largest > all.largest ? part.largest : all.largest;
  }
  return sums_of(all, mask.scalar, output.height * output.width);
}

void delta_e_map(const ImageView& output, const ImageView& target, DeltaESpace space,
                 const MutableFloats& out) {
  const RowGroups groups(output.height, output.width);
  const auto rows = HARMONIA_PICK(delta_e_map_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(output, target, space, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
