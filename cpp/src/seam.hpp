// Where a foreground meets its background: its pixels, and those at its edge.
#pragma once

#include <algorithm>
#include <vector>

#include "block.hpp"
#include "mask_bounds.hpp"

namespace harmonia::seam {

using Index = std::int64_t;

// Whole rows by way of the kernels of an instruction set.
struct Reader {
  decltype(&baseline::load) load = HARMONIA_PICK(load);
  decltype(&baseline::load_mask) load_mask = HARMONIA_PICK(load_mask);

  void colours(const ImageView& image, Index y, Index x, Index n, float* r, float* g,
               float* b) const {
    Block block;
    for (Index i = 0; i < n; i += kBlock) {
      const int count = static_cast<int>(std::min<Index>(n - i, kBlock));
      load(image, y, x + i, count, block);
      std::copy_n(block.x, count, r + i);
      std::copy_n(block.y, count, g + i);
      std::copy_n(block.z, count, b + i);
    }
  }

  void alpha(const MaskView& mask, Index y, Index x, Index n, float* a) const {
    Weights weights;
    for (Index i = 0; i < n; i += kBlock) {
      const int count = static_cast<int>(std::min<Index>(n - i, kBlock));
      if (load_mask(mask, y, x + i, count, 1.0f, weights) == Cover::none) {
        std::fill_n(a + i, count, 0.0f);
      } else {
        std::copy_n(weights.w, count, a + i);
      }
    }
  }
};

// Which pixels of the box the mask reaches, and how wide its feather is: over a linear ramp
// 4 a (1 - a) sums to 2/3 of its width, and differences of a to 1.
struct Domain {
  std::vector<std::uint8_t> inside;
  double feather = 0.0;
};

Domain domain_of(const Reader& reader, const ImageView& image, const MaskView& mask,
                 const Bounds& box);

// A pixel at the seam: where in the box, how many edges lead outside, and the mean direction.
struct Seam {
  Index y, x;
  int edges;
  float toward_y, toward_x;
};

// In reading order. Edges that lead out of the image count where `at_rim` says so.
std::vector<Seam> seam_of(const Domain& domain, const Bounds& box, const ImageView& image,
                          bool at_rim);

}  // namespace harmonia::seam
