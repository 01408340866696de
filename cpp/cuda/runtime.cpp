#include "runtime.hpp"

#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace harmonia::cuda {
namespace {

std::string dotted(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

// One entry of CMake's list, such as 90-real, 100-virtual or 86 (both). Machine code runs on
// devices of the same major and no lower minor capability, PTX on all later ones.
bool covers(const std::string& entry, int major, int minor) {
  char* kind = nullptr;
  const long number = std::strtol(entry.c_str(), &kind, 10);
  if (kind == entry.c_str()) return true;  // native, all, all-major: there is nothing to compare
  const long device = 10L * major + minor;
  const bool later = number <= device, same_major = number / 10 == major;
  return later && (same_major || std::string(kind) != "-real");
}

bool has_code_for(int major, int minor) {
  std::istringstream entries(HARMONIA_CUDA_ARCHITECTURES);
  for (std::string entry; std::getline(entries, entry, ',');) {
    if (covers(entry, major, minor)) return true;
  }
  return false;
}

int attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, device), "cudaDeviceGetAttribute");
  return value;
}

struct Kept {
  std::mutex mutex;
  std::map<int, std::vector<Scratch::Memory>> by_device;
};

// Never destroyed: at the end of the process the driver may be gone before the last destructor
// runs.
Kept& kept() {
  static Kept* const all = new Kept;
  return *all;
}

}  // namespace

void check(cudaError_t status, const char* call) {
  if (status == cudaSuccess) return;
  throw std::runtime_error(std::string(call) + ": " + cudaGetErrorString(status));
}

int device_count() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

std::optional<std::string> why_unavailable() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorInsufficientDriver) {
    int driver = 0;
    if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0) {
      return "no NVIDIA driver is installed";
    }
    return "the NVIDIA driver is for CUDA " + dotted(driver) + " and this build needs CUDA " +
           dotted(CUDART_VERSION) + "; update the driver";
  }
  if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0)) {
    return "there is no CUDA device";
  }
  if (status != cudaSuccess) {
    return std::string("cudaGetDeviceCount: ") + cudaGetErrorString(status);
  }
  std::string capabilities;
  for (int device = 0; device < count; ++device) {
    int major = 0, minor = 0;
    if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) != cudaSuccess ||
        cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device) != cudaSuccess) {
      continue;
    }
    if (has_code_for(major, minor)) return std::nullopt;
    capabilities +=
        (capabilities.empty() ? "" : ", ") + std::to_string(major) + "." + std::to_string(minor);
  }
  return "no device can run this build: compute capability " + capabilities + ", built for " +
         HARMONIA_CUDA_ARCHITECTURES;
}

int multiprocessors() {
  int device = 0;
  check(cudaGetDevice(&device), "cudaGetDevice");
  return attribute(cudaDevAttrMultiProcessorCount, device);
}

DeviceGuard::DeviceGuard(int device) {
  check(cudaGetDevice(&before_), "cudaGetDevice");
  if (before_ == device) return;
  check(cudaSetDevice(device), "cudaSetDevice");
  changed_ = true;
}

DeviceGuard::~DeviceGuard() {
  if (changed_) static_cast<void>(cudaSetDevice(before_));
}

Scratch::Scratch() {
  check(cudaGetDevice(&device_), "cudaGetDevice");
  {
    const std::lock_guard<std::mutex> lock(kept().mutex);
    std::vector<Memory>& free = kept().by_device[device_];
    if (!free.empty()) {
      memory_ = free.back();
      free.pop_back();
      return;
    }
  }
  check(cudaMalloc(&memory_.device, kDeviceBytes), "cudaMalloc");
  const cudaError_t status = cudaHostAlloc(&memory_.host, kHostBytes, cudaHostAllocPortable);
  if (status != cudaSuccess) static_cast<void>(cudaFree(memory_.device));
  check(status, "cudaHostAlloc");
}

Scratch::~Scratch() {
  // After an error kernels may still be writing here; memory that is lost then is the lesser evil.
  if (!idle_) return;
  const std::lock_guard<std::mutex> lock(kept().mutex);
  kept().by_device[device_].push_back(memory_);
}

void Scratch::fetch_bytes(std::size_t bytes, cudaStream_t stream) {
  check(cudaMemcpyAsync(memory_.host, memory_.device, bytes, cudaMemcpyDeviceToHost, stream),
        "cudaMemcpyAsync");
  check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  idle_ = true;
}

StreamMemory::StreamMemory(std::size_t bytes, cudaStream_t stream) : stream_(stream) {
  check(cudaMallocAsync(&data_, bytes, stream), "cudaMallocAsync");
}

StreamMemory::~StreamMemory() { static_cast<void>(cudaFreeAsync(data_, stream_)); }

}  // namespace harmonia::cuda
