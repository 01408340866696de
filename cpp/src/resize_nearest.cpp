#include "resize_nearest.hpp"

#include <cstring>

#include "harmonia/parallel.hpp"

namespace harmonia {
namespace {

template <class T>
void copy_row(const ImageView& image, int from, const std::vector<int>& columns,
              const MutableImageView& out, std::int64_t y) {
  for (std::int64_t x = 0; x < out.width; ++x) {
    const std::uint8_t* p = image.at(from, columns[static_cast<std::size_t>(x)]);
    std::uint8_t* q = out.at(y, x);
    for (std::int64_t c = 0; c < out.channels; ++c) {
      std::memcpy(q + c * out.channel_stride, p + c * image.channel_stride, sizeof(T));
    }
  }
}

}  // namespace

void resize_nearest(const ImageView& image, const std::vector<int>& rows,
                    const std::vector<int>& columns, const MutableImageView& out) {
  const std::int64_t size = scalar_size(image.scalar);
  const auto copy = size == 1   ? copy_row<std::uint8_t>
                    : size == 2 ? copy_row<std::uint16_t>
                                : copy_row<std::uint32_t>;
  const RowGroups groups(out.height, out.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      copy(image, rows[static_cast<std::size_t>(y)], columns, out, y);
    }
  });
}

}  // namespace harmonia
