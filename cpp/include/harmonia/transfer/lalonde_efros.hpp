// Lalonde, Efros 2007, "Using Color Compatibility for Assessing Image Realism": the recolouring.
#pragma once

#include <array>
#include <vector>

#include "harmonia/image.hpp"
#include "harmonia/kmeans.hpp"
#include "harmonia/space.hpp"

namespace harmonia {

// One shift a source cluster: the mean way that its share goes in the transport of least cost
// (distances in CIELAB) to the target clusters, attenuated channel by channel:
// s * exp(-s^2 / sigma^2), and zero from |s| = sigma on.
std::vector<std::array<double, 3>> cluster_shifts(const Clusters& source, const Clusters& target,
                                                  double sigma);

struct ClusterShift {
  SpacePair spaces;
  std::vector<std::array<double, 3>> centres, shifts;  // at most kMostClusters; none shift nothing
  double sigma;
};

// A colour x moves by the mean shift of the nearest half of the clusters (rounded up; of equally
// near ones the first), weighed by exp(-|x - centre|^2 / sigma^2); not at all where all weights are
// below 2^-126. Blended as in affine_transfer().
void lalonde_efros_transfer(const ImageView& image, const MaskView& mask, float strength,
                            const ClusterShift& shift, const MutableImageView& out);

}  // namespace harmonia
