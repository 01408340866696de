// The jump of colour along a seam, measured over discs.
#pragma once

#include <array>
#include <vector>

#include "harmonia/membrane.hpp"
#include "harmonia/transfer/poisson.hpp"
#include "seam.hpp"

namespace harmonia::seam {

// What holds the membrane at a pixel of the seam, and how sure that is.
struct Hold {
  std::size_t at;
  float edges, sure;
  std::array<float, 3> value;
};

// How the discs are laid out: their radius in pixels, and the side of a cell.
struct Discs {
  Index radius, cell;

  static Discs of(int ring, const Domain& domain, std::size_t seam);
};

// One a pixel of the seam. The reference may be null.
std::vector<Hold> holds_of(const Reader& reader, const ImageView& image, const MaskView& mask,
                           const PoissonReference* reference, const Bounds& box,
                           const std::vector<Seam>& seam, const Discs& discs,
                           const MembraneGrid& grid);

}  // namespace harmonia::seam
