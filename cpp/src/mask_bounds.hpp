// The box around what a mask reaches.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// Half open: rows top .. bottom - 1, columns left .. right - 1.
struct Bounds {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;

  std::int64_t height() const { return bottom - top; }
  std::int64_t width() const { return right - left; }
  bool empty() const { return height() <= 0 || width() <= 0; }
};

// Around the pixels that weigh more than `above`; empty where none does.
Bounds mask_bounds(const MaskView& mask, std::int64_t height, std::int64_t width,
                   float above = 0.0f);

}  // namespace harmonia
