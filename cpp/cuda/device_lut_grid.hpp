// A grid of 3D tables in the memory of a device.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "harmonia/lut_grid.hpp"

namespace harmonia::cuda {

// As the kernels read it: a parameter, not memory. Steps are in nodes.
struct LutLattice {
  const float4* nodes;  // [y][x][r][g][b] red, green, blue, 0: a node is one load of a thread
  std::int64_t height, width, table_step;
  std::int32_t size[3];
  std::int32_t red_step, green_step;
};

// Free to be used from any thread and on any stream of its device. Giving the memory back waits
// for the kernels that still read it.
class LutGrid {
 public:
  // Copies the tables to the current device and waits for them. Throws std::invalid_argument for
  // sizes beyond the limits.
  LutGrid(const LutGridSource& source, cudaStream_t stream);
  ~LutGrid();
  LutGrid(const LutGrid&) = delete;
  LutGrid& operator=(const LutGrid&) = delete;

  int device() const { return device_; }
  const LutLattice& lattice() const { return lattice_; }

 private:
  int device_ = 0;
  void* memory_ = nullptr;
  LutLattice lattice_{};
};

}  // namespace harmonia::cuda
