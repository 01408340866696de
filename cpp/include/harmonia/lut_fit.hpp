// A 3D table that does to colours what turned one image into another.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// What a bend costs beside an error. On photographs smooth looks come out to within a few
// hundredths of an 8-bit level in the mean, and some levels off where they bend sharply, as at a
// clip, among colours of single pixels; of noise of 8 levels two thirds of a level are left.
constexpr double kBending = 3e-9;

// Over this share of the range of colours a slope levels out where no colours are.
constexpr double kLevelling = 0.25;

struct LutFit {
  int size;           // nodes along every axis
  double smoothness;  // times kBending
  bool monotone;      // no channel falls along its own axis
};

// Fills `nodes`, float [size][size][size][3], red slowest, over 0..1. False where the mask has no
// weight.
//
// Pixels are gathered in 64^3 bins of the colour before, and a bin counts as one colour, its mean,
// with its share w of all weight. An affine map is fitted to the bins; what it leaves, e, is fitted
// by a field u that is trilinear between the nodes and makes least
//
//   sum over bins of w |u(before) - e|^2
//     + smoothness * kBending * (bending + stretch / kLevelling^2)
//
// Bending is the integral of the squared second derivatives, all nine of them, and stretch that of
// the squared first ones. The table is the affine map plus u. Far from all colours a bend fades
// out first, then, over the length kLevelling, the slope: what is farther still gets what the
// affine map says, shifted as the nearest colours are. Neither depends on the number of pixels or
// of nodes.
bool fit_lut(const ImageView& before, const ImageView& after, const MaskView& mask,
             const LutFit& how, float* nodes);

}  // namespace harmonia
