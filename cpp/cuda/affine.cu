#include "harmonia/pixel/affine.hpp"
#include "kernels.hpp"
#include "transfer.cuh"

namespace harmonia::cuda {
namespace {

// The spaces in which methods have affine maps.
template <class Call>
void with_space(Space space, const Call& call) {
  switch (space) {
    case Space::rgb: return call(Known<Space::rgb>{});
    case Space::log_lms: return call(Known<Space::log_lms>{});
    case Space::lab: return call(Known<Space::lab>{});
    default: return call(Chosen{space});
  }
}

}  // namespace

void affine_transfer(const ImageView& image, const MaskView& mask, float strength,
                     const AffineMap& map, const MutableImageView& out, cudaStream_t stream) {
  transfer_through(
      image, mask, strength, pixel::to_affine(map.matrix, map.offset),
      [&](const auto& call) { with_space(map.space, call); }, out, stream);
}

}  // namespace harmonia::cuda
