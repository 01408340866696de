#include "harmonia/transfer/curves.hpp"

#include "kernels.hpp"
#include "transfer.cuh"

namespace harmonia::cuda {
namespace {

// The spaces in which methods have curves.
template <class Call>
void with_space(Space space, const Call& call) {
  switch (space) {
    case Space::rgb: return call(Known<Space::rgb>{});
    case Space::ycbcr: return call(Known<Space::ycbcr>{});
    default: return call(Chosen{space});
  }
}

}  // namespace

void curve_transfer(const ImageView& image, const MaskView& mask, float strength,
                    const Curves& curves, const MutableImageView& out, cudaStream_t stream) {
  if (image.width == 0 || image.height == 0) return;
  const CurveTables tables = tables_of(curves, image.scalar);
  const std::size_t bytes = tables.values.size() * sizeof(float);
  const StreamMemory nodes(bytes, stream);
  // From ordinary memory the copy has left it when this returns.
  check(cudaMemcpyAsync(nodes.as<float>(), tables.values.data(), bytes, cudaMemcpyHostToDevice,
                        stream),
        "cudaMemcpyAsync");
  const pixel::Curves read{{tables.axes[0], tables.axes[1], tables.axes[2]},
                           nodes.as<float>(),
                           tables.stride,
                           tables.nearest};
  transfer_through(
      image, mask, strength, read, [&](const auto& call) { with_space(curves.space, call); }, out,
      stream);
}

}  // namespace harmonia::cuda
