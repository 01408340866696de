// A 3D table in the memory of a device.
#pragma once

#include <cuda_runtime_api.h>

#include <atomic>
#include <cstdint>

#include "harmonia/lut3d.hpp"

namespace harmonia::cuda {

// As the kernels read it: a parameter, not memory.
struct LutTable {
  const float4* nodes;        // [r][g][b] red, green, blue, 0: a node is one load of a thread
  std::int32_t node_step[2];  // from a node to the next along red and green
  std::int32_t steps[3];      // cells along red, green and blue
  float low[3], scale[3];
  const float* shaper;  // [shaper_size][3], or none
  std::int32_t shaper_size;
  float shaper_low[3], shaper_scale[3];
};

// Prepared once, and free to be used from any thread and on any stream of its device. The memory
// is given back when this goes; that waits for the kernels that still read it.
class Lut3d {
 public:
  // Copies the source to the current device, onto `stream`, and returns before it has arrived.
  // Throws std::invalid_argument for sizes beyond the limits.
  Lut3d(const LutSource& source, cudaStream_t stream);
  ~Lut3d();
  Lut3d(const Lut3d&) = delete;
  Lut3d& operator=(const Lut3d&) = delete;

  int device() const { return device_; }

  // The table for kernels that go onto `stream` after this.
  const LutTable& table(cudaStream_t stream) const;

 private:
  void release() noexcept;

  int device_ = 0;
  void* memory_ = nullptr;
  cudaEvent_t arrived_ = nullptr;
  mutable std::atomic<bool> is_there_{false};
  LutTable table_{};
};

// All of a table but its memory.
LutTable lut_table_of(const LutSource& source);

}  // namespace harmonia::cuda
