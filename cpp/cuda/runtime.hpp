// Devices, errors and scratch memory of the CUDA runtime. Nothing here needs a driver to be loaded.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <optional>
#include <string>

namespace harmonia::cuda {

// Throws std::runtime_error with the name of the call and CUDA's message.
void check(cudaError_t status, const char* call);

// Zero without a driver.
int device_count();

// Why nothing can run here: no driver, an old one, no device, or none that this build has code for.
std::optional<std::string> why_unavailable();

int multiprocessors();

// Makes a device the current one of this thread, and the former one again at the end.
class DeviceGuard {
 public:
  explicit DeviceGuard(int device);
  ~DeviceGuard();
  DeviceGuard(const DeviceGuard&) = delete;
  DeviceGuard& operator=(const DeviceGuard&) = delete;

 private:
  int before_ = 0;
  bool changed_ = false;
};

// Memory of the current device for partial results, and pinned host memory for the result. A call
// has it for itself; afterwards it is kept for the next one.
class Scratch {
 public:
  static constexpr std::size_t kDeviceBytes = 1 << 18, kHostBytes = 256;

  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  template <class T>
  T* device() const {
    return static_cast<T*>(memory_.device);
  }

  // Waits for the stream, then gives `count` values from the start of the device's memory.
  template <class T>
  const T* fetch(std::size_t count, cudaStream_t stream) {
    fetch_bytes(count * sizeof(T), stream);
    return static_cast<const T*>(memory_.host);
  }

  struct Memory {
    void* device = nullptr;
    void* host = nullptr;
  };

 private:
  void fetch_bytes(std::size_t bytes, cudaStream_t stream);

  int device_ = 0;
  Memory memory_;
  bool idle_ = false;  // the stream is known to be done with the memory
};

// Memory of the current device for one call, taken and given back in the order of a stream.
class StreamMemory {
 public:
  StreamMemory(std::size_t bytes, cudaStream_t stream);
  ~StreamMemory();
  StreamMemory(const StreamMemory&) = delete;
  StreamMemory& operator=(const StreamMemory&) = delete;

  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }

 private:
  void* data_ = nullptr;
  cudaStream_t stream_;
};

}  // namespace harmonia::cuda
