// Tensors of other libraries through DLPack, borrowed for one call.
//
// The structs are the ABI of DLPack (https://github.com/dmlc/dlpack): the unversioned one of 0.8
// and the versioned one of 1.x, declared here so that no header of it is needed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

namespace dlpack {

enum DeviceType : std::int32_t { kCuda = 2 };
enum TypeCode : std::uint8_t { kInt = 0, kUnsigned = 1, kFloat = 2, kBfloat = 4, kBool = 6 };

struct Device {
  std::int32_t type;
  std::int32_t id;
};

struct DataType {
  std::uint8_t code;
  std::uint8_t bits;
  std::uint16_t lanes;
};

struct Tensor {
  void* data;
  Device device;
  std::int32_t ndim;
  DataType dtype;
  std::int64_t* shape;
  std::int64_t* strides;  // in elements; none: row-major without gaps
  std::uint64_t byte_offset;
};

struct Managed {
  Tensor tensor;
  void* context;
  void (*deleter)(Managed*);
};

struct ManagedVersioned {
  std::uint32_t major, minor;
  void* context;
  void (*deleter)(ManagedVersioned*);
  std::uint64_t flags;
  Tensor tensor;
};

constexpr std::uint64_t kReadOnly = 1;

static_assert(sizeof(void*) != 8 ||
              (sizeof(Tensor) == 48 && sizeof(Managed) == 64 && sizeof(ManagedVersioned) == 80));

}  // namespace dlpack

// A tensor taken over from a capsule, and given back to its producer when this goes out of scope.
class Borrowed {
 public:
  Borrowed() = default;

  // Stream -1: the producer shall not synchronize, since the work goes onto the stream that it
  // names. Delegating makes the object complete, so that an exception from here on runs the
  // destructor.
  Borrowed(const py::object& owner, const std::string& name) : Borrowed() {
    if (!py::hasattr(owner, "__dlpack__") || !py::hasattr(owner, "__dlpack_device__")) {
      throw py::type_error(name + " must be a tensor on a CUDA device, got " + type_name(owner));
    }
    const auto device = py::tuple(owner.attr("__dlpack_device__")());
    if (device.size() != 2 || device[0].cast<int>() != dlpack::kCuda) {
      throw py::type_error(name + " must be on a CUDA device");
    }
    take(capsule_of(owner), name);
  }

  Borrowed(Borrowed&& other) noexcept { swap(other); }
  Borrowed& operator=(Borrowed&& other) noexcept {
    swap(other);
    return *this;
  }

  ~Borrowed() {
    if (plain_ != nullptr && plain_->deleter != nullptr) plain_->deleter(plain_);
    if (versioned_ != nullptr && versioned_->deleter != nullptr) versioned_->deleter(versioned_);
  }

  const dlpack::Tensor& tensor() const {
    return versioned_ != nullptr ? versioned_->tensor : plain_->tensor;
  }
  bool read_only() const {
    return versioned_ != nullptr && (versioned_->flags & dlpack::kReadOnly) != 0;
  }

 private:
  static std::string type_name(const py::object& object) {
    return std::string(py::str(py::type::of(object).attr("__name__")));
  }

  // Producers from before DLPack 1.0 do not know max_version.
  static py::object capsule_of(const py::object& owner) {
    const py::object dlpack = owner.attr("__dlpack__");
    try {
      return dlpack(py::arg("stream") = -1, py::arg("max_version") = py::make_tuple(1, 0));
    } catch (const py::error_already_set& error) {
      if (!error.matches(PyExc_TypeError)) throw;
    }
    return dlpack(py::arg("stream") = -1);
  }

  // Renaming the capsule says that its tensor is ours to give back; before, the capsule does that
  // itself.
  void take(const py::object& capsule, const std::string& name) {
    if (PyCapsule_IsValid(capsule.ptr(), "dltensor_versioned") != 0) {
      auto* const managed = static_cast<dlpack::ManagedVersioned*>(
          PyCapsule_GetPointer(capsule.ptr(), "dltensor_versioned"));
      if (PyCapsule_SetName(capsule.ptr(), "used_dltensor_versioned") != 0) {
        throw py::error_already_set();
      }
      versioned_ = managed;
      if (managed->major != 1) {
        throw py::buffer_error(name + " comes as DLPack " + std::to_string(managed->major) +
                               ", and only 0.8 and 1.x are known");
      }
    } else if (PyCapsule_IsValid(capsule.ptr(), "dltensor") != 0) {
      auto* const managed =
          static_cast<dlpack::Managed*>(PyCapsule_GetPointer(capsule.ptr(), "dltensor"));
      if (PyCapsule_SetName(capsule.ptr(), "used_dltensor") != 0) throw py::error_already_set();
      plain_ = managed;
    } else {
      throw py::buffer_error(name + ".__dlpack__() gave no DLPack capsule");
    }
  }

  void swap(Borrowed& other) noexcept {
    std::swap(plain_, other.plain_);
    std::swap(versioned_, other.versioned_);
  }

  dlpack::Managed* plain_ = nullptr;
  dlpack::ManagedVersioned* versioned_ = nullptr;
};

}  // namespace harmonia::bindings
