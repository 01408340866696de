// A colour transfer that is one curve a channel in some colour space, applied and composited in one
// pass.
#pragma once

#include <cmath>
#include <vector>

#include "harmonia/image.hpp"
#include "harmonia/pixel/curve.hpp"
#include "harmonia/space.hpp"

namespace harmonia {

// Positions among the nodes are single floats: beyond this the share between two is too coarse.
constexpr std::int64_t kMostNodes = 65536;

// Channel c of `space` has `nodes` evenly spaced nodes from low[c] to high[c], with the values
// values[c * nodes ...]. Between nodes the curve is linear, beyond the ends it stays; `nearest`
// takes the value of the nearest node (of two as near the upper one) instead.
struct Curves {
  Space space;
  double low[3], high[3];
  std::int64_t nodes;
  const float* values;
  bool nearest;
};

// Curves as the kernels read them: [3][nodes + 1], the last node of each channel twice.
struct CurveTables {
  pixel::Axis axes[3];
  std::int64_t stride;
  bool nearest;
  std::vector<float> values;
};

// In RGB, curves over integers are tables of their codes: exact at every one of them, where a
// position in single precision is a share of a node off.
inline CurveTables tables_of(const Curves& curves, Scalar scalar) {
  const bool codes = curves.space == Space::rgb && scalar == Scalar::u8;
  const std::int64_t count = codes ? 256 : curves.nodes;
  CurveTables tables;
  tables.stride = count + 1;
  tables.nearest = curves.nearest || codes;
  tables.values.reserve(static_cast<std::size_t>(3 * tables.stride));
  const auto last = static_cast<double>(curves.nodes - 1);
  for (int c = 0; c < 3; ++c) {
    const float* const from = curves.values + c * curves.nodes;
    const double low = curves.low[c], high = curves.high[c];
    tables.axes[c] = codes ? pixel::axis_of(0.0, 1.0, 256) : pixel::axis_of(low, high, count);
    if (!codes) {
      tables.values.insert(tables.values.end(), from, from + count);
    } else {
      const double scale = high > low ? last / (high - low) : 0.0;
      for (int code = 0; code < 256; ++code) {
        double position = (code / 255.0 - low) * scale;
        position = position > 0.0 ? position < last ? position : last : 0.0;
        // A code that lies on a node is found there, whatever the last digit of its position.
        const double node = std::floor(position + 0.5);
        if (curves.nearest || std::fabs(position - node) < 1e-9) position = node;
        const auto i = static_cast<std::int64_t>(position);
        const double t = position - static_cast<double>(i);
        const double value = from[i], next = from[i + 1 < curves.nodes ? i + 1 : i];
        tables.values.push_back(static_cast<float>(value + t * (next - value)));
      }
    }
    tables.values.push_back(tables.values.back());
  }
  const bool grid = curves.low[0] == 0.0 && curves.low[1] == 0.0 && curves.low[2] == 0.0 &&
                    curves.high[0] == 1.0 && curves.high[1] == 1.0 && curves.high[2] == 1.0;
  if (curves.space == Space::rgb && scalar == Scalar::u16 && grid && count == 65536) {
    tables.nearest = true;
  }
  return tables;
}

// out = m * curves(image) + (1 - m) * image with m = strength * mask. Bytes under m = 0 and
// channels beyond the third are the image's own. `out` has the image's size, scalar and channels
// and does not overlap it. There are 1 .. kMostNodes nodes.
void curve_transfer(const ImageView& image, const MaskView& mask, float strength,
                    const Curves& curves, const MutableImageView& out);

}  // namespace harmonia
