#include "device_lut3d.hpp"

#include <exception>

#include "harmonia/pixel/lut3d.hpp"
#include "harmonia/pixel/lut3d_codes.hpp"
#include "lut3d_table.hpp"
#include "runtime.hpp"
#include "tiling.cuh"

namespace harmonia::cuda {
namespace {

// One thread a node, in strides of the whole grid.
dim3 grid_for(std::int64_t nodes) {
  const std::int64_t blocks = (nodes + kThreads - 1) / kThreads, most = blocks_that_fill();
  return dim3(static_cast<unsigned>(blocks < most ? blocks : most));
}

template <class Visit>
__device__ __forceinline__ void for_each_node(std::int64_t nodes, const Visit& visit) {
  const std::int64_t step = std::int64_t{gridDim.x} * kThreads;
  for (std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x; i < nodes; i += step) {
    visit(i);
  }
}

__global__ void __launch_bounds__(kThreads) pad_nodes(DeviceNodes nodes, float4* padded) {
  const std::int64_t row = nodes.size[2], slice = row * nodes.size[1];
  for_each_node(slice * nodes.size[0], [&](std::int64_t i) {
    const std::int64_t red = i / slice, green = i / row - red * nodes.size[1];
    const std::int64_t blue = i - (red * nodes.size[1] + green) * row;
    const float* const from =
        nodes.data + red * nodes.strides[0] + green * nodes.strides[1] + blue * nodes.strides[2];
    padded[i] = {from[0], from[nodes.strides[3]], from[2 * nodes.strides[3]], 0.0f};
  });
}

// Two nodes along blue as one word, the first one in its lower half.
__device__ __forceinline__ unsigned edge(const std::uint16_t* plane) {
  return plane[0] | static_cast<unsigned>(plane[1]) << 16;
}

// From the three planes of LutCodes to cells: the eight nodes of red, of green and of blue.
__global__ void __launch_bounds__(kThreads)
    fill_cells(const std::uint16_t* planes, std::int64_t plane_size, std::int64_t count,
               std::int64_t slice, std::int64_t row, uint4* cells) {
  for_each_node(count, [&](std::int64_t i) {
    for (int c = 0; c < 3; ++c) {
      const std::uint16_t* const from = planes + c * plane_size + i;
      cells[4 * i + c] = {edge(from), edge(from + row), edge(from + slice),
                          edge(from + slice + row)};
    }
    cells[4 * i + 3] = {0, 0, 0, 0};
  });
}

// From ordinary memory the copy has left it when this returns.
void copy_to_device(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream), "cudaMemcpyAsync");
}

std::int64_t count_of(const harmonia::Lut3d::Table& table) {
  return std::int64_t{table.size[0]} * table.size[1] * table.size[2];
}

}  // namespace

Lut3d::Lut3d(const LutSource& source, int device) : device_(device), source_(source) {
  const harmonia::Lut3d::Table& table = source_->table();
  table_.node_step[0] = table.size[1] * table.size[2];
  table_.node_step[1] = table.size[2];
  for (int c = 0; c < 3; ++c) {
    table_.steps[c] = table.size[c] - 1;
    table_.low[c] = table.low[c];
    table_.scale[c] = table.scale[c];
    table_.shaper_low[c] = table.shaper_low[c];
    table_.shaper_scale[c] = table.shaper_scale[c];
  }
  table_.shaper_size = static_cast<std::int32_t>(table.shaper_size());
}

Lut3d::Lut3d(const DeviceNodes& nodes, const float low[3], const float high[3],
             cudaStream_t stream) {
  for (int c = 0; c < 3; ++c) {
    check_lut_size(nodes.size[c]);
    table_.steps[c] = static_cast<std::int32_t>(nodes.size[c] - 1);
    table_.low[c] = low[c];
    table_.scale[c] = pixel::lut_scale(low[c], high[c]);
  }
  table_.node_step[0] = static_cast<std::int32_t>(nodes.size[1] * nodes.size[2]);
  table_.node_step[1] = static_cast<std::int32_t>(nodes.size[2]);
  check(cudaGetDevice(&device_), "cudaGetDevice");
  const std::int64_t count = nodes.size[0] * nodes.size[1] * nodes.size[2];
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float4);
  of_stream_ = std::make_unique<StreamMemory>(bytes, stream);
  launch(pad_nodes, grid_for(count), stream, nodes, of_stream_->as<float4>());
  table_.nodes = of_stream_->as<float4>();
}

Lut3d::~Lut3d() {
  if (!of_stream_) return;
  try {
    const DeviceGuard device(device_);
    of_stream_.reset();
  } catch (const std::exception&) {  // the process ends, and the driver is gone
  }
}

// At the end of the process the driver may be gone, and the calls fail: nothing is left to give
// back then.
Lut3d::Part::~Part() {
  // Waits for all work of the device. cudaFreeAsync would have to know every stream instead.
  if (memory != nullptr) static_cast<void>(cudaFree(memory));
  if (arrived != nullptr) static_cast<void>(cudaEventDestroy(arrived));
}

template <class Fill>
void Lut3d::provide(Part& part, std::size_t bytes, cudaStream_t stream, const Fill& fill) const {
  // Once all has arrived, nothing is asked of CUDA any more, so that a call can be captured in a
  // graph.
  if (part.is_there.load(std::memory_order_acquire)) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (part.arrived == nullptr) {
    void* memory = nullptr;
    cudaEvent_t arrived = nullptr;
    check(cudaEventCreateWithFlags(&arrived, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    try {
      check(cudaMalloc(&memory, bytes), "cudaMalloc");
      fill(memory);
      check(cudaEventRecord(arrived, stream), "cudaEventRecord");
    } catch (...) {
      static_cast<void>(cudaFree(memory));
      static_cast<void>(cudaEventDestroy(arrived));
      throw;
    }
    part.memory = memory;
    part.arrived = arrived;
    return;
  }
  const cudaError_t status = cudaEventQuery(part.arrived);
  if (status == cudaSuccess) return part.is_there.store(true, std::memory_order_release);
  if (status != cudaErrorNotReady) check(status, "cudaEventQuery");
  static_cast<void>(cudaGetLastError());  // that it has not arrived is no error
  check(cudaStreamWaitEvent(stream, part.arrived, 0), "cudaStreamWaitEvent");
}

LutTable Lut3d::table(cudaStream_t stream) const {
  if (!source_) return table_;
  const harmonia::Lut3d::Table& source = source_->table();
  const std::size_t nodes = source.nodes.size() * sizeof(float);
  const std::size_t shaper = source.shaper.size() * sizeof(float);
  provide(floats_, nodes + shaper, stream, [&](void* memory) {
    copy_to_device(memory, source.nodes.data(), nodes, stream);
    if (shaper == 0) return;
    copy_to_device(static_cast<char*>(memory) + nodes, source.shaper.data(), shaper, stream);
  });
  LutTable table = table_;
  table.nodes = static_cast<const float4*>(floats_.memory);
  if (shaper > 0) {
    table.shaper = reinterpret_cast<const float*>(static_cast<char*>(floats_.memory) + nodes);
  }
  return table;
}

bool Lut3d::has_cells() const { return source_ && source_->table().codes != nullptr; }

LutCells Lut3d::cells(cudaStream_t stream) const {
  const harmonia::Lut3d::Table& source = source_->table();
  const LutCodes& codes = *source.codes;
  const std::int64_t count = count_of(source), row = codes.size[2], slice = row * codes.size[1];
  const std::size_t cells = static_cast<std::size_t>(count) * 4 * sizeof(uint4);
  const std::size_t places = codes.even ? 0 : 3 * 256 * sizeof(ushort2);
  provide(integers_, cells + places, stream, [&](void* memory) {
    const std::size_t bytes =
        static_cast<std::size_t>(codes.plane_size()) * 3 * sizeof(std::int16_t);
    const StreamMemory planes(bytes, stream);
    copy_to_device(planes.as<void>(), codes.plane(0), bytes, stream);
    launch(fill_cells, grid_for(count), stream, planes.as<std::uint16_t>(), codes.plane_size(),
           count, slice, row, static_cast<uint4*>(memory));
    if (codes.even) return;
    ushort2 of_codes[3][256];
    for (int c = 0; c < 3; ++c) {
      for (int code = 0; code < 256; ++code) {
        of_codes[c][code] = {codes.index[c][code], codes.fraction[c][code]};
      }
    }
    copy_to_device(static_cast<char*>(memory) + cells, of_codes, sizeof of_codes, stream);
  });
  LutCells made{};
  made.cells = static_cast<const uint4*>(integers_.memory);
  if (!codes.even) {
    made.places = reinterpret_cast<const ushort2*>(static_cast<char*>(integers_.memory) + cells);
  }
  made.cell_step[0] = static_cast<std::int32_t>(slice);
  made.cell_step[1] = static_cast<std::int32_t>(row);
  for (int c = 0; c < 3; ++c) made.steps[c] = codes.size[c] - 1;
  made.bits = codes.bits;
  made.inside = codes.inside;
  return made;
}

}  // namespace harmonia::cuda
