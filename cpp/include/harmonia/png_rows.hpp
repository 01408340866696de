// The rows of a PNG: filters undone and applied, samples unpacked and placed.
//
// A filtered row is a byte that names its filter, then the bytes of the row. Samples of 1, 2 and 4
// bits lie in bytes from the highest bit on, those of 16 bits have the high byte first.
#pragma once

#include <cstdint>

namespace harmonia {

enum PngFilter : std::uint8_t { kPngNone, kPngSub, kPngUp, kPngAverage, kPngPaeth };
constexpr int kPngFilters = 5;
constexpr int kMostPngPixel = 8;  // bytes: four channels of 16 bits

// Undoes the filters of `count` rows of `bytes` bytes. `plain` has count + 1 rows: the one above,
// zeros for the first of an image, and room for the result. `pixel` bytes, 1 to kMostPngPixel, lie
// between a byte and the one left of it. Gives the first filter that is none, or -1.
int unfilter_png_rows(const std::uint8_t* filtered, std::int64_t count, std::int64_t bytes,
                      int pixel, std::uint8_t* plain);

// Where the rows of one pass of an interlaced image go: pixel x of row y to
// (x0 + x * x_step, y0 + y * y_step).
struct PngGrid {
  std::int64_t x0, y0, x_step, y_step;
};

// Samples of `bits` bits, 1, 2, 4, 8 or 16, as they are, not scaled, into an image of `channels`
// channels whose rows are contiguous: bytes, or 16-bit integers where bits is 16. A row has
// `width` pixels, and the rows lie `bytes` bytes apart.
void place_png_rows(const std::uint8_t* plain, std::int64_t count, std::int64_t bytes,
                    std::int64_t width, int channels, int bits, const PngGrid& grid, void* image,
                    std::int64_t image_width);

// Filters a contiguous image: for each row the filter whose bytes, taken as -128..127, have the
// smallest sum of absolute values, the first of them where several have it.
void filter_png_rows(const std::uint8_t* image, std::int64_t height, std::int64_t width,
                     int channels, std::uint8_t* filtered);
void filter_png_rows(const std::uint16_t* image, std::int64_t height, std::int64_t width,
                     int channels, std::uint8_t* filtered);

}  // namespace harmonia
