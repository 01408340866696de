#include "harmonia/dither.hpp"

#include <vector>

#include "harmonia/parallel.hpp"

namespace harmonia {
namespace {

// Thousandths, cut off: not the luma of pil_grey.
int level(const std::uint8_t* p, const ImageView& image) {
  if (image.channels == 1) return p[0];
  const std::int64_t step = image.channel_stride;
  return (p[0] * 299 + p[step] * 587 + p[2 * step] * 114) / 1000;
}

int clipped(int value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

}  // namespace

void pil_grey(const ImageView& image, const MutableImageView& out) {
  const RowGroups groups(image.height, image.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < image.width; ++x) {
        const std::uint8_t* p = image.at(y, x);
        const std::int64_t step = image.channel_stride;
        const int sum = p[0] * 19595 + p[step] * 38470 + p[2 * step] * 7471;
        *out.at(y, x) = static_cast<std::uint8_t>((sum + 0x8000) >> 16);
      }
    }
  });
}

// The error of a pixel in sixteenths:      x  7
//                                       3  5  1
// Every pixel waits for its left neighbour, so there is one thread.
void pil_dither(const ImageView& image, const MutableImageView& out) {
  const auto width = static_cast<std::size_t>(image.width);
  std::vector<int> here(width + 2), below(width + 2);  // a column of margin at either side
  for (std::int64_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const auto column = static_cast<std::int64_t>(x);
      const int value = clipped(level(image.at(y, column), image) + here[x + 1] / 16);
      const bool white = value > 128;
      *out.at(y, column) = white;
      const int error = value - (white ? 255 : 0);
      here[x + 2] += 7 * error;
      below[x] += 3 * error;
      below[x + 1] += 5 * error;
      below[x + 2] += error;
    }
    here.swap(below);
    below.assign(width + 2, 0);
  }
}

}  // namespace harmonia
