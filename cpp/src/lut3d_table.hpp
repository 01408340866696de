// What a Lut3d holds: its nodes as floats, and as integers for 8-bit images.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "harmonia/lut3d.hpp"

namespace harmonia {

// The nodes as negated 16-bit integers, pixel/lut3d_codes.hpp, in one of two layouts:
//
//   planes   three of [r][g][b], small and quick to make
//   faces    [r][g][b] of 32 bytes, the four nodes of a cell that its own red has, a channel after
//            the other. Two loads a pixel, four times the memory; made when a table has been used
//            for enough pixels to repay it
//
//              R00 R01 R10 R11 G00 G01 G10 G11 | B00 B01 B10 B11 0 0 0 0   Rgb: g + 1, b + 1 where
//              1
//
// Behind the last node along an axis lies another one, which only ever counts with weight zero.
class LutCodes {
 public:
  static constexpr int kFace = 16;  // 16-bit integers

  // Only of a table that 16 bits can hold well enough: fits() says.
  explicit LutCodes(const Lut3d::Table& table);
  ~LutCodes();
  static bool fits(const Lut3d::Table& table);

  // Faces, or none where planes serve this many more pixels better.
  const std::int16_t* faces_for(std::int64_t pixels) const;

  // Of the node at `from` in each plane, and of the one a row behind.
  static void copy_face(const std::int16_t* const* from, std::int64_t row, std::int16_t* to) {
    for (int c = 0; c < 3; ++c) {
      std::memcpy(to + 4 * c, from[c], 4);
      std::memcpy(to + 4 * c + 2, from[c] + row, 4);
    }
  }

  const std::int16_t* plane(int channel) const { return planes_.data() + channel * plane_size_; }
  std::int64_t plane_size() const { return plane_size_; }

  std::int32_t size[3];
  int bits;     // of a node behind its level's point
  bool inside;  // no code lies beyond the table's box
  bool even;    // where a code lies is pixel::lut_code_step
  std::uint16_t index[3][256], fraction[3][256];

 private:
  std::int16_t* make_faces() const;

  std::int64_t count_, plane_size_;
  std::vector<std::int16_t> planes_;
  mutable std::atomic<std::int64_t> used_{0};
  mutable std::atomic<std::int16_t*> faces_{nullptr};
};

struct Lut3d::Table {
  std::int32_t size[3];
  float low[3], scale[3];
  bool unit;                  // the box is 0..1 and there is no shaper
  bool moderate;              // no sum of weighted nodes overflows
  std::vector<float> nodes;   // [r][g][b] R G B 0: a node is one load, and so are two along blue
  std::vector<float> shaper;  // [n][3]
  float shaper_low[3], shaper_scale[3];
  std::unique_ptr<const LutCodes> codes;  // where 8-bit images go through integers

  std::int64_t shaper_size() const { return static_cast<std::int64_t>(shaper.size()) / 3; }
};

// Throws std::invalid_argument for a number of nodes along an axis that no table has.
void check_lut_size(std::int64_t nodes);

}  // namespace harmonia
