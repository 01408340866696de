#include "device_lut_grid.hpp"

#include <vector>

#include "runtime.hpp"

namespace harmonia::cuda {

LutGrid::LutGrid(const LutGridSource& source, cudaStream_t stream) {
  check_lut_grid(source);
  lattice_.height = source.height;
  lattice_.width = source.width;
  for (int c = 0; c < 3; ++c) lattice_.size[c] = static_cast<std::int32_t>(source.size[c]);
  lattice_.green_step = lattice_.size[2];
  lattice_.red_step = lattice_.size[1] * lattice_.green_step;
  lattice_.table_step = std::int64_t{lattice_.size[0]} * lattice_.red_step;
  const auto count = static_cast<std::size_t>(source.height * source.width * lattice_.table_step);
  std::vector<float> padded(4 * count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) padded[4 * i + c] = source.nodes[3 * i + c];
  }
  const std::size_t bytes = padded.size() * sizeof(float);
  check(cudaGetDevice(&device_), "cudaGetDevice");
  check(cudaMalloc(&memory_, bytes), "cudaMalloc");
  cudaError_t status =
      cudaMemcpyAsync(memory_, padded.data(), bytes, cudaMemcpyHostToDevice, stream);
  if (status == cudaSuccess) status = cudaStreamSynchronize(stream);
  if (status != cudaSuccess) static_cast<void>(cudaFree(memory_));
  check(status, "cudaMemcpyAsync");
  lattice_.nodes = static_cast<const float4*>(memory_);
}

// At the end of the process the driver may be gone, and the call fails: nothing is left to give
// back then.
LutGrid::~LutGrid() { static_cast<void>(cudaFree(memory_)); }

}  // namespace harmonia::cuda
