// The memory of regrain: planes of one scale, and how planes are resized between scales.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "block.hpp"

namespace harmonia::grain {

// Eighteen planes of a picture or of a part of it, with a frame of one pixel that is never inside.
class Level {
 public:
  // What is found takes the place of the old picture, which is only needed for its gradients.
  enum Plane {
    kOld = 0,
    kFound = 0,
    kWanted = 3,
    kCover = 6,
    kPsi,
    kPhi,
    kScale,
    kRight,
    kDown,
    kChange,
    kNext = 15
  };
  static constexpr int kPlanes = 18;

  // The last `planes` of them are left out where only the first are needed.
  Level(std::int64_t height, std::int64_t width, int planes = kPlanes)
      : height_(height),
        width_(width),
        stride_(kLanes + padded(static_cast<int>(width)) + kLanes),
        plane_((height + 2) * stride_),
        data_(new float[static_cast<std::size_t>(plane_ * planes)]) {
    for (int plane = kCover; plane < planes; ++plane) {
      std::fill_n(row(plane, -1) - 1, width + 2, 0.0f);
      std::fill_n(row(plane, height) - 1, width + 2, 0.0f);
      for (std::int64_t y = 0; y < height; ++y) row(plane, y)[-1] = row(plane, y)[width] = 0.0f;
    }
  }

  std::int64_t height() const { return height_; }
  std::int64_t width() const { return width_; }
  float* row(int plane, std::int64_t y) const {
    return data_.get() + plane * plane_ + (y + 1) * stride_ + kLanes;
  }
  std::array<float*, 3> rows(int first_plane, std::int64_t y) const {
    return {row(first_plane, y), row(first_plane + 1, y), row(first_plane + 2, y)};
  }

 private:
  std::int64_t height_, width_, stride_, plane_;
  std::unique_ptr<float[]> data_;
};

// Which inputs make up each output of a resize by a triangle as wide as the larger of both steps,
// and how much; beyond the border the picture is mirrored.
struct Taps {
  std::int64_t count = 0;
  std::vector<std::int64_t> inputs;  // [outputs][count]
  std::vector<float> weights;

  Taps(std::int64_t from, std::int64_t to) {
    const double step = static_cast<double>(from) / static_cast<double>(to);
    const double reach = std::max(step, 1.0);
    count = static_cast<std::int64_t>(std::ceil(2.0 * reach)) + 1;
    for (std::int64_t i = 0; i < to; ++i) {
      const double center = (static_cast<double>(i) + 0.5) * step - 0.5;
      const auto first = static_cast<std::int64_t>(std::ceil(center - reach));
      double sum = 0.0;
      std::vector<double> shares;
      for (std::int64_t j = first; j < first + count; ++j) {
        shares.push_back(std::max(1.0 - std::abs(center - static_cast<double>(j)) / reach, 0.0));
        sum += shares.back();
      }
      for (std::int64_t k = 0; k < count; ++k) {
        const std::int64_t turn = ((first + k) % (2 * from) + 2 * from) % (2 * from);
        inputs.push_back(turn < from ? turn : 2 * from - 1 - turn);
        weights.push_back(static_cast<float>(shares[static_cast<std::size_t>(k)] / sum));
      }
    }
  }

  const std::int64_t* from(std::int64_t output) const { return inputs.data() + output * count; }
  const float* weight(std::int64_t output) const { return weights.data() + output * count; }
};

struct Resize {
  Taps rows, columns;

  Resize(std::int64_t height, std::int64_t width, std::int64_t to_height, std::int64_t to_width)
      : rows(height, to_height), columns(width, to_width) {}
};

}  // namespace harmonia::grain
