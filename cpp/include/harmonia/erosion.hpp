// Binary erosion by a disk; what lies outside the picture counts as set.
#pragma once

#include <cstdint>
#include <vector>

namespace harmonia {

// Row-major, one byte a pixel: zero or not.
struct Bitmap {
  std::int64_t height = 0, width = 0;
  std::vector<std::uint8_t> set;
};

// Below radius 3 the Euclidean disk, from there on the octagon of four lines and a cross that
// MATLAB's strel("disk", r) stands for. Linear in pixels, whatever the radius.
Bitmap eroded_by_disk(Bitmap bitmap, std::int64_t radius);

}  // namespace harmonia
