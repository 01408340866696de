// Colour transfers that move colours along axes: each step looks where a colour lies on some axes,
// and moves it along each as far as a curve of that place says. Iterative distribution transfer
// (Pitie, Kokaram, Dahyot 2007) and sliced optimal transport (Rabin, Peyre, Delon, Bernot 2011)
// differ in the axes and in how a curve is found (projection_fit.hpp).
#pragma once

#include <vector>

#include "harmonia/image.hpp"

namespace harmonia {

// A step adds 3 / axes * sum_k direction_k * curve_k(direction_k . colour). Its axes are one or
// more orthonormal bases of three, so that 3 / axes undoes their overlap: it is the pseudo-inverse.
struct Projections {
  std::int64_t steps = 0, axes = 0, nodes = 2;
  std::vector<double> directions;  // [steps][axes][3]
  std::vector<double> ranges;      // [steps][axes][2]: where the first and the last node lie
  std::vector<float> moves;        // [steps][axes][nodes], linear between nodes, constant beyond
};

// out = m * projected(image) + (1 - m) * image with m = strength * mask, as affine_transfer().
void projections_transfer(const ImageView& image, const MaskView& mask, float strength,
                          const Projections& projections, const MutableImageView& out);

// The projected colours themselves, float32 without a blend or a clamp, in the first three channels
// of `out` under the mask. Blocks that the mask leaves out are not written.
void projected_colors(const ImageView& image, const MaskView& mask, const Projections& projections,
                      const MutableImageView& out);

}  // namespace harmonia
