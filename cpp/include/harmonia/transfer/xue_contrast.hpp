// Luminance and its local contrast in a region, as Xue et al. 2012 measure them.
#pragma once

#include <cstdint>
#include <vector>

namespace harmonia {

constexpr double kXueEpsilon = 1.0 / 255.0 / 12.92;  // linear light of the 8-bit code 1

// A region of a picture in linear light, row-major. `cover` is the share of a pixel that belongs to
// the region, `weight` what of it is measured.
struct XueRegion {
  std::int64_t height = 0, width = 0;
  std::vector<double> r, g, b;
  std::vector<double> cover, weight;
};

// The luminance of every pixel as it is measured: a row-major plane.
std::vector<double> xue_luminance(const XueRegion& region);

// |Y - G * Y| / (G * Y) of a luminance plane with a Gaussian G of 7 x 7 pixels, sigma 1.5, over the
// part of the neighbourhood that belongs to the region; all of it where `compat`.
std::vector<double> xue_contrasts(const XueRegion& region, const std::vector<double>& luminance,
                                  bool compat);

}  // namespace harmonia
