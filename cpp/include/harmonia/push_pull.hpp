// Filling in: pixels without a colour get one from their surroundings.
#pragma once

#include <cstdint>
#include <vector>

namespace harmonia {

// Three planes of colour and a weight 0..1 for each pixel, row by row.
struct WeightedPlanes {
  std::int64_t height = 0, width = 0;
  std::vector<float> x, y, z, weights;

  WeightedPlanes() = default;
  WeightedPlanes(std::int64_t rows, std::int64_t columns)
      : height(rows),
        width(columns),
        x(static_cast<std::size_t>(rows * columns)),
        y(x.size()),
        z(x.size()),
        weights(x.size()) {}
};

// The pyramid of Gortler et al. 1996, "The Lumigraph": weighted means of 2 x 2 on the way up; on
// the way down a colour of weight w becomes w times itself and 1 - w times the bilinear coarser
// one. Weight 1 keeps its bits. Some weight must be above 0. Linear in the size.
void push_pull(WeightedPlanes& planes);

}  // namespace harmonia
