// What text files of colour tables hold, whatever their format, and how they fail to parse.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace harmonia {

constexpr int kMostCurveEntries = 65536;
constexpr int kMostLineBytes = 4096;
// The bounds of a table's box, which float32 still tells apart.
constexpr double kFarthestCorner = 1e6, kNarrowestBox = 1e-6;

// The colours a table is for, a value a channel.
struct LutBox {
  std::array<double, 3> low{0, 0, 0}, high{1, 1, 1};
};

// A cubic table, a curve, or both: colours then go through the curve first.
struct LutText {
  std::string title;             // UTF-8
  std::int64_t size = 0;         // nodes along every axis, 0 where there is no table
  std::vector<float> nodes;      // [size][size][size][3], red slowest
  LutBox box;                    // of the table
  std::int64_t shaper_size = 0;  // 0 where there is no curve
  std::vector<float> shaper;     // [shaper_size][3]
  LutBox shaper_box;             // of the curve
  int bits = 0;                  // of the integers in the file, 0 where they are not
};

// The line counts from 1; what() says what was wanted there and what came, in ASCII.
struct LutTextError : std::runtime_error {
  LutTextError(std::int64_t at, const std::string& said) : std::runtime_error(said), line(at) {}
  std::int64_t line;
};

}  // namespace harmonia
