// Colour transfers that move colours along axes: each step looks where a colour lies on some axes,
// and moves it along each as far as a curve of that place says. Iterative distribution transfer
// (Pitie, Kokaram, Dahyot 2007) and sliced optimal transport (Rabin, Peyre, Delon, Bernot 2011)
// differ in the axes and in how a curve is found.
#pragma once

#include <vector>

#include "harmonia/image.hpp"
#include "harmonia/sample.hpp"

namespace harmonia {

// A step adds 3 / axes * sum_k direction_k * curve_k(direction_k . colour). Its axes are one or
// more orthonormal bases of three, so that 3 / axes undoes their overlap: it is the pseudo-inverse.
struct Projections {
  std::int64_t steps = 0, axes = 0, nodes = 2;
  std::vector<double> directions;  // [steps][axes][3]
  std::vector<double> ranges;      // [steps][axes][2]: where the first and the last node lie
  std::vector<float> moves;        // [steps][axes][nodes], linear between nodes, constant beyond
};

// How one axis matches the weighted places x of the source with those of the target.
enum class Matching {
  // Both as atoms on the nodes, each colour shared by the two around it. An atom goes to the mean
  // of its share of the target: equal sides stay as they are, a constant target is reached, and a
  // constant source goes to the mean.
  binned,
  // Optimal transport between the colours themselves, and its moves averaged around each node.
  sorted,
  // As the authors' code has it: histograms of hard bins with 1e-6 in each, cumulated, and a result
  // one bin too low.
  reference
};

// Directions for `steps` steps of one or two bases each (axes = 3 or 6), [steps][axes][3]. The
// first base of the first step is R, G, B; every further step is turned by a random rotation. The
// second base is the one of the paper.
std::vector<double> projection_directions(std::int64_t steps, std::int64_t axes,
                                          std::uint64_t seed);

// Fits step after step to colours in RGB that move with them. A step goes the share paces[step] of
// its way, so that the last ones average out what each fits to chance. Works in double precision;
// both sides have weight.
Projections fit_projections(const Sample& source, const Sample& target, std::int64_t steps,
                            std::int64_t axes, std::int64_t nodes,
                            const std::vector<double>& directions, const std::vector<double>& paces,
                            Matching matching);

// out = m * projected(image) + (1 - m) * image with m = strength * mask, as affine_transfer().
void projections_transfer(const ImageView& image, const MaskView& mask, float strength,
                          const Projections& projections, const MutableImageView& out);

// The projected colours themselves, float32 without a blend or a clamp, in the first three channels
// of `out` under the mask. Blocks that the mask leaves out are not written.
void projected_colors(const ImageView& image, const MaskView& mask, const Projections& projections,
                      const MutableImageView& out);

}  // namespace harmonia
