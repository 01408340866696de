// libFuzzer over the rows of PNG files: any bytes behind any header either hold a filter that is
// none, or give an image that is filtered and unfiltered to the same bytes.
//
// # colours and bits | width - 1 | x0 x_step | filtered rows
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "harmonia/png_rows.hpp"

namespace {

using Bytes = std::vector<std::uint8_t>;

void require(bool promise) {
  if (!promise) std::abort();
}

struct Kind {
  int channels, bits;
};
constexpr Kind kKinds[] = {{1, 1}, {1, 2},  {1, 4},  {1, 8},  {2, 8}, {3, 8},
                           {4, 8}, {1, 16}, {2, 16}, {3, 16}, {4, 16}};
constexpr std::size_t kHead = 3;

// Exact sizes, so that a byte too far is one of another block.
template <class Sample>
void fuzz(const Kind& kind, std::int64_t width, const harmonia::PngGrid& grid,
          const std::uint8_t* rows, std::size_t size) {
  const std::int64_t bytes = (width * kind.channels * kind.bits + 7) / 8;
  const std::int64_t count = static_cast<std::int64_t>(size) / (1 + bytes);
  if (count == 0) return;
  const int pixel = kind.channels * kind.bits < 8 ? 1 : kind.channels * kind.bits / 8;
  const Bytes filtered(rows, rows + count * (1 + bytes));
  Bytes plain(static_cast<std::size_t>((count + 1) * bytes));
  const int wrong = harmonia::unfilter_png_rows(filtered.data(), count, bytes, pixel, plain.data());
  if (wrong >= 0) {
    require(wrong >= harmonia::kPngFilters);
    return;
  }
  const std::int64_t image_width = grid.x0 + (width - 1) * grid.x_step + 1;
  const std::int64_t image_height = grid.y0 + (count - 1) * grid.y_step + 1;
  std::vector<Sample> image(static_cast<std::size_t>(image_width * image_height * kind.channels));
  harmonia::place_png_rows(plain.data() + bytes, count, bytes, width, kind.channels, kind.bits,
                           grid, image.data(), image_width);
  if (kind.bits < 8) {
    for (const Sample sample : image) require(sample < 1 << kind.bits);
    return;
  }
  // What is written is what was read, whatever the filters.
  const std::int64_t row = image_width * kind.channels * static_cast<std::int64_t>(sizeof(Sample));
  Bytes again(static_cast<std::size_t>(image_height * (1 + row)));
  harmonia::filter_png_rows(image.data(), image_height, image_width, kind.channels, again.data());
  Bytes back(static_cast<std::size_t>((image_height + 1) * row));
  require(harmonia::unfilter_png_rows(again.data(), image_height, row, pixel, back.data()) < 0);
  std::vector<Sample> read(image.size());
  harmonia::place_png_rows(back.data() + row, image_height, row, image_width, kind.channels,
                           kind.bits, {0, 0, 1, 1}, read.data(), image_width);
  require(std::memcmp(read.data(), image.data(), image.size() * sizeof(Sample)) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kHead) return 0;
  const Kind kind = kKinds[data[0] % (sizeof kKinds / sizeof kKinds[0])];
  const std::int64_t width = data[1] + 1;
  const harmonia::PngGrid grid{data[2] & 3, data[2] >> 2 & 3, 1 + (data[2] >> 4 & 3),
                               1 + (data[2] >> 6)};
  if (kind.bits == 16) {
    fuzz<std::uint16_t>(kind, width, grid, data + kHead, size - kHead);
  } else {
    fuzz<std::uint8_t>(kind, width, grid, data + kHead, size - kHead);
  }
  return 0;
}
