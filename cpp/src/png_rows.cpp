#include "harmonia/png_rows.hpp"

#include <cstring>
#include <vector>

#include "harmonia/parallel.hpp"

namespace harmonia {
namespace {

// Of left, above and corner the one nearest to left + above - corner, the earlier one of equals.
inline std::uint8_t png_paeth(std::uint8_t left, std::uint8_t above, std::uint8_t corner) {
  const std::int16_t over = static_cast<std::int16_t>(above - corner);
  const std::int16_t along = static_cast<std::int16_t>(left - corner);
  const std::int16_t both = static_cast<std::int16_t>(over + along);
  const std::int16_t to_left = static_cast<std::int16_t>(over < 0 ? -over : over);
  const std::int16_t to_above = static_cast<std::int16_t>(along < 0 ? -along : along);
  const std::int16_t to_corner = static_cast<std::int16_t>(both < 0 ? -both : both);
  const std::int16_t nearer = to_above <= to_corner ? above : corner;
  const std::int16_t least = to_above <= to_corner ? to_above : to_corner;
  return static_cast<std::uint8_t>(to_left <= least ? left : nearer);
}

// The chains of a pixel's bytes are independent; that their number is known keeps them in
// registers.
template <int kPixel>
void unfilter_row(int filter, const std::uint8_t* from, const std::uint8_t* above,
                  std::int64_t bytes, std::uint8_t* to) {
  std::uint8_t left[kPixel] = {}, corner[kPixel] = {};
  if (filter == kPngNone) {
    std::memcpy(to, from, static_cast<std::size_t>(bytes));
  } else if (filter == kPngUp) {
    for (std::int64_t i = 0; i < bytes; ++i) to[i] = static_cast<std::uint8_t>(from[i] + above[i]);
  } else if (filter == kPngSub) {
    for (std::int64_t i = 0; i < bytes; i += kPixel) {
      for (int c = 0; c < kPixel; ++c) {
        left[c] = static_cast<std::uint8_t>(left[c] + from[i + c]);
        to[i + c] = left[c];
      }
    }
  } else if (filter == kPngAverage) {
    for (std::int64_t i = 0; i < bytes; i += kPixel) {
      for (int c = 0; c < kPixel; ++c) {
        left[c] = static_cast<std::uint8_t>(from[i + c] + ((left[c] + above[i + c]) >> 1));
        to[i + c] = left[c];
      }
    }
  } else {
    for (std::int64_t i = 0; i < bytes; i += kPixel) {
      for (int c = 0; c < kPixel; ++c) {
        left[c] =
            static_cast<std::uint8_t>(from[i + c] + png_paeth(left[c], above[i + c], corner[c]));
        corner[c] = above[i + c];
        to[i + c] = left[c];
      }
    }
  }
}

template <int kPixel>
int unfilter_rows(const std::uint8_t* filtered, std::int64_t count, std::int64_t bytes,
                  std::uint8_t* plain) {
  for (std::int64_t y = 0; y < count; ++y) {
    const std::uint8_t* row = filtered + y * (1 + bytes);
    if (row[0] >= kPngFilters) return row[0];
    unfilter_row<kPixel>(row[0], row + 1, plain + y * bytes, bytes, plain + (y + 1) * bytes);
  }
  return -1;
}

template <int kBits>
void unpack(const std::uint8_t* from, std::int64_t width, std::int64_t step, std::uint8_t* to) {
  constexpr int kInByte = 8 / kBits;
  for (std::int64_t x = 0; x < width; ++x) {
    const int shift = 8 - kBits * static_cast<int>(x % kInByte + 1);
    to[x * step] = static_cast<std::uint8_t>((from[x / kInByte] >> shift) & ((1 << kBits) - 1));
  }
}

inline std::uint16_t big_endian(const std::uint8_t* from) {
  return static_cast<std::uint16_t>(from[0] << 8 | from[1]);
}

void place(const std::uint8_t* from, std::int64_t width, int channels, std::int64_t step,
           std::uint8_t* to) {
  if (step == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(width * channels));
    return;
  }
  for (std::int64_t x = 0; x < width; ++x) {
    for (int c = 0; c < channels; ++c) to[x * step * channels + c] = from[x * channels + c];
  }
}

void place(const std::uint8_t* from, std::int64_t width, int channels, std::int64_t step,
           std::uint16_t* to) {
  if (step == 1) {
    for (std::int64_t i = 0; i < width * channels; ++i) to[i] = big_endian(from + 2 * i);
    return;
  }
  for (std::int64_t x = 0; x < width; ++x) {
    for (int c = 0; c < channels; ++c) {
      to[x * step * channels + c] = big_endian(from + 2 * (x * channels + c));
    }
  }
}

void to_big_endian(const std::uint8_t* from, std::int64_t samples, std::uint8_t* to) {
  std::memcpy(to, from, static_cast<std::size_t>(samples));
}

void to_big_endian(const std::uint16_t* from, std::int64_t samples, std::uint8_t* to) {
  for (std::int64_t i = 0; i < samples; ++i) {
    to[2 * i] = static_cast<std::uint8_t>(from[i] >> 8);
    to[2 * i + 1] = static_cast<std::uint8_t>(from[i] & 255);
  }
}

// `left` and `corner` stand one pixel before `row` and `above`, in rows with zeros before them.
struct PngRow {
  const std::uint8_t *row, *left, *above, *corner;
};

}  // namespace
}  // namespace harmonia

#define HARMONIA_INL "png_rows.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

template <class Sample>
void filter_rows(const Sample* image, std::int64_t height, std::int64_t width, int channels,
                 std::uint8_t* filtered) {
  const std::int64_t samples = width * channels;
  const std::int64_t bytes = samples * static_cast<std::int64_t>(sizeof(Sample));
  const std::int64_t pixel = channels * static_cast<std::int64_t>(sizeof(Sample));
  const auto by_all = HARMONIA_PICK(filter_png_row_by_all);
  const RowGroups groups(height, width);
  parallel_for(groups.count, [&](std::int64_t group) {
    // Two rows with a pixel of zeros before them, and one for each filter.
    std::vector<std::uint8_t> room(static_cast<std::size_t>(2 * (pixel + bytes) + 5 * bytes));
    std::uint8_t* above = room.data() + pixel;
    std::uint8_t* row = above + bytes + pixel;
    std::uint8_t* tries[kPngFilters];
    for (int k = 0; k < kPngFilters; ++k) tries[k] = row + (k + 1) * bytes;
    const std::int64_t begin = groups.begin(group);
    if (begin > 0) to_big_endian(image + (begin - 1) * samples, samples, above);
    for (std::int64_t y = begin; y < groups.end(group); ++y) {
      to_big_endian(image + y * samples, samples, row);
      std::uint64_t costs[kPngFilters];
      by_all({row, row - pixel, above, above - pixel}, bytes, tries, costs);
      int best = 0;
      for (int k = 1; k < kPngFilters; ++k) best = costs[k] < costs[best] ? k : best;
      std::uint8_t* to = filtered + y * (1 + bytes);
      to[0] = static_cast<std::uint8_t>(best);
      std::memcpy(to + 1, tries[best], static_cast<std::size_t>(bytes));
      std::memcpy(above, row, static_cast<std::size_t>(bytes));
    }
  });
}

}  // namespace

int unfilter_png_rows(const std::uint8_t* filtered, std::int64_t count, std::int64_t bytes,
                      int pixel, std::uint8_t* plain) {
  switch (pixel) {
    case 1: return unfilter_rows<1>(filtered, count, bytes, plain);
    case 2: return unfilter_rows<2>(filtered, count, bytes, plain);
    case 3: return unfilter_rows<3>(filtered, count, bytes, plain);
    case 4: return unfilter_rows<4>(filtered, count, bytes, plain);
    case 6: return unfilter_rows<6>(filtered, count, bytes, plain);
    default: return unfilter_rows<8>(filtered, count, bytes, plain);
  }
}

void place_png_rows(const std::uint8_t* plain, std::int64_t count, std::int64_t bytes,
                    std::int64_t width, int channels, int bits, const PngGrid& grid, void* image,
                    std::int64_t image_width) {
  for (std::int64_t y = 0; y < count; ++y) {
    const std::uint8_t* from = plain + y * bytes;
    const std::int64_t at = ((grid.y0 + y * grid.y_step) * image_width + grid.x0) * channels;
    std::uint8_t* to = static_cast<std::uint8_t*>(image) + at;
    switch (bits) {
      case 1: unpack<1>(from, width, grid.x_step, to); break;
      case 2: unpack<2>(from, width, grid.x_step, to); break;
      case 4: unpack<4>(from, width, grid.x_step, to); break;
      case 8: place(from, width, channels, grid.x_step, to); break;
      default: place(from, width, channels, grid.x_step, static_cast<std::uint16_t*>(image) + at);
    }
  }
}

void filter_png_rows(const std::uint8_t* image, std::int64_t height, std::int64_t width,
                     int channels, std::uint8_t* filtered) {
  filter_rows(image, height, width, channels, filtered);
}

void filter_png_rows(const std::uint16_t* image, std::int64_t height, std::int64_t width,
                     int channels, std::uint8_t* filtered) {
  filter_rows(image, height, width, channels, filtered);
}

}  // namespace harmonia
