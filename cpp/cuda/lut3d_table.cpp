#include "lut3d_table.hpp"

#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "harmonia/pixel/lut3d.hpp"
#include "runtime.hpp"

namespace harmonia::cuda {

LutTable lut_table_of(const LutSource& source) {
  LutTable table{};
  for (int c = 0; c < 3; ++c) {
    if (source.size[c] < kFewestLutNodes || source.size[c] > kMostLutNodes) {
      throw std::invalid_argument("a LUT has from " + std::to_string(kFewestLutNodes) + " to " +
                                  std::to_string(kMostLutNodes) + " nodes along an axis, got " +
                                  std::to_string(source.size[c]));
    }
    table.steps[c] = static_cast<std::int32_t>(source.size[c] - 1);
    table.low[c] = source.low[c];
    table.scale[c] = pixel::lut_scale(source.low[c], source.high[c]);
    table.shaper_low[c] = source.shaper_low[c];
    table.shaper_scale[c] = pixel::lut_scale(source.shaper_low[c], source.shaper_high[c]);
  }
  table.node_step[0] = static_cast<std::int32_t>(source.size[1] * source.size[2]);
  table.node_step[1] = static_cast<std::int32_t>(source.size[2]);
  return table;
}

Lut3d::Lut3d(const LutSource& source, cudaStream_t stream) : table_(lut_table_of(source)) {
  const auto count = static_cast<std::size_t>(source.size[0] * source.size[1] * source.size[2]);
  const auto shaper = source.shaper == nullptr ? 0 : static_cast<std::size_t>(source.shaper_size);
  std::vector<float> values(4 * count + 3 * shaper);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) values[4 * i + c] = source.nodes[3 * i + c];
  }
  if (shaper > 0) std::memcpy(&values[4 * count], source.shaper, 3 * shaper * sizeof(float));
  const std::size_t bytes = values.size() * sizeof(float);
  check(cudaGetDevice(&device_), "cudaGetDevice");
  try {
    check(cudaEventCreateWithFlags(&arrived_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    check(cudaMalloc(&memory_, bytes), "cudaMalloc");
    // From ordinary memory the copy has left it when this returns.
    check(cudaMemcpyAsync(memory_, values.data(), bytes, cudaMemcpyHostToDevice, stream),
          "cudaMemcpyAsync");
    check(cudaEventRecord(arrived_, stream), "cudaEventRecord");
  } catch (...) {
    release();
    throw;
  }
  table_.nodes = static_cast<const float4*>(memory_);
  if (shaper > 0) table_.shaper = static_cast<const float*>(memory_) + 4 * count;
  table_.shaper_size = static_cast<std::int32_t>(shaper);
}

Lut3d::~Lut3d() { release(); }

// At the end of the process the driver may be gone, and the calls fail: there is nothing left to
// give back then.
void Lut3d::release() noexcept {
  // Waits for all work of the device, unlike cudaFreeAsync, which would need to know the streams.
  if (memory_ != nullptr) static_cast<void>(cudaFree(memory_));
  if (arrived_ != nullptr) static_cast<void>(cudaEventDestroy(arrived_));
}

// Once the copy is known to have arrived, nothing is asked of CUDA any more, so that a call can be
// captured in a graph.
const LutTable& Lut3d::table(cudaStream_t stream) const {
  if (is_there_.load(std::memory_order_acquire)) return table_;
  const cudaError_t status = cudaEventQuery(arrived_);
  if (status == cudaSuccess) {
    is_there_.store(true, std::memory_order_release);
    return table_;
  }
  if (status != cudaErrorNotReady) check(status, "cudaEventQuery");
  static_cast<void>(cudaGetLastError());  // "not ready" is none
  check(cudaStreamWaitEvent(stream, arrived_, 0), "cudaStreamWaitEvent");
  return table_;
}

}  // namespace harmonia::cuda
