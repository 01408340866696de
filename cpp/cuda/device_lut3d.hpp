// A 3D table in the memory of a device.
#pragma once

#include <cuda_runtime_api.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "harmonia/lut3d.hpp"
#include "runtime.hpp"

namespace harmonia::cuda {

// Nodes as floats, as the kernels read them: a parameter, not memory.
struct LutTable {
  const float4* nodes;        // [r][g][b] red, green, blue, 0: a node is one load of a thread
  std::int32_t node_step[2];  // from a node to the next along red and green
  std::int32_t steps[3];      // cells along red, green and blue
  float low[3], scale[3];
  const float* shaper;  // [shaper_size][3], or none
  std::int32_t shaper_size;
  float shaper_low[3], shaper_scale[3];
};

// Nodes as negated 16-bit integers for 8-bit images, pixel/lut3d_codes.hpp.
struct LutCells {
  const uint4* cells;         // [r][g][b] of four: the eight nodes of red, green and blue, nothing
  std::int32_t cell_step[2];  // from a cell to the next along red and green
  const ushort2* places;      // [3][256] index and fraction of a code; none: pixel::lut_code_step
  std::int32_t steps[3];
  int bits;     // of a node behind its level's point
  bool inside;  // no code lies beyond the table's box
};

// Nodes that another library holds in the memory of a device; strides in floats.
struct DeviceNodes {
  const float* data;
  std::int64_t size[3];
  std::int64_t strides[4];
};

// Free to be used from any thread. The memory goes with this.
class Lut3d {
 public:
  // For `device`, from where it is used on any stream. What kernels read is copied to the device at
  // their first call. Giving the memory back waits for the kernels that still read it.
  Lut3d(const LutSource& source, int device);

  // For the current device and work on `stream` alone: memory is taken and given back in its order.
  // Throws std::invalid_argument for sizes beyond the limits.
  Lut3d(const DeviceNodes& nodes, const float low[3], const float high[3], cudaStream_t stream);

  ~Lut3d();
  Lut3d(const Lut3d&) = delete;
  Lut3d& operator=(const Lut3d&) = delete;

  int device() const { return device_; }
  const std::int32_t* steps() const { return table_.steps; }
  bool has_shaper() const { return table_.shaper_size > 0; }

  // For kernels that go onto `stream` after this.
  LutTable table(cudaStream_t stream) const;

  // The same for 8-bit images; `has_cells` says whether integers hold the table well enough.
  bool has_cells() const;
  LutCells cells(cudaStream_t stream) const;

 private:
  // Filled once, on the stream of the first call.
  struct Part {
    void* memory = nullptr;
    cudaEvent_t arrived = nullptr;
    std::atomic<bool> is_there{false};

    ~Part();
  };

  template <class Fill>
  void provide(Part& part, std::size_t bytes, cudaStream_t stream, const Fill& fill) const;

  int device_ = 0;
  std::optional<harmonia::Lut3d> source_;
  LutTable table_{};
  mutable std::mutex mutex_;
  mutable Part floats_, integers_;
  std::unique_ptr<StreamMemory> of_stream_;
};

}  // namespace harmonia::cuda
