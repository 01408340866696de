// From borrowed tensors to the core's views. As in bindings/views.hpp, shapes and scalars are
// checked here and values are not.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <string>

#include "device_lut3d.hpp"
#include "dlpack.hpp"
#include "harmonia/image.hpp"
#include "pybind11.hpp"
#include "same_size.hpp"

namespace harmonia::bindings {

// A CUDA stream as the integer that torch.cuda.Stream.cuda_stream is.
inline cudaStream_t stream_of(std::uintptr_t stream) {
  return reinterpret_cast<cudaStream_t>(stream);
}

inline std::string dtype_name(const dlpack::DataType& dtype) {
  const std::string lanes = dtype.lanes > 1 ? "x" + std::to_string(dtype.lanes) : "";
  const std::string size = std::to_string(dtype.bits) + lanes;
  switch (dtype.code) {
    case dlpack::kInt: return "int" + size;
    case dlpack::kUnsigned: return "uint" + size;
    case dlpack::kFloat: return "float" + size;
    case dlpack::kBfloat: return "bfloat" + size;
    case dlpack::kBool: return dtype.bits == 8 ? "bool" + lanes : "bool" + size;
    default: return "another kind of " + size + " bits";
  }
}

inline bool is(const dlpack::DataType& dtype, dlpack::TypeCode code, int bits) {
  return dtype.code == code && dtype.bits == bits && dtype.lanes == 1;
}

inline Scalar scalar_of(const dlpack::DataType& dtype, const std::string& name) {
  if (is(dtype, dlpack::kUnsigned, 8)) return Scalar::u8;
  if (is(dtype, dlpack::kUnsigned, 16)) return Scalar::u16;
  if (is(dtype, dlpack::kFloat, 16)) return Scalar::f16;
  if (is(dtype, dlpack::kFloat, 32)) return Scalar::f32;
  throw py::type_error(name + " must be uint8, uint16, float16 or float32, got " +
                       dtype_name(dtype));
}

inline MaskScalar mask_scalar_of(const dlpack::DataType& dtype, const std::string& name) {
  if (is(dtype, dlpack::kUnsigned, 8)) return MaskScalar::u8;
  if (is(dtype, dlpack::kBool, 8)) return MaskScalar::boolean;
  if (is(dtype, dlpack::kFloat, 32)) return MaskScalar::f32;
  throw py::type_error(name + " must be bool, uint8 or float32, got " + dtype_name(dtype));
}

// In bytes.
inline std::int64_t stride(const dlpack::Tensor& tensor, int axis) {
  std::int64_t elements = 1;
  if (tensor.strides != nullptr) {
    elements = tensor.strides[axis];
  } else {
    for (int i = axis + 1; i < tensor.ndim; ++i) elements *= tensor.shape[i];
  }
  return elements * (tensor.dtype.bits / 8);
}

// Kernels read whole scalars, which must lie at multiples of their size.
inline std::uint8_t* data_of(const dlpack::Tensor& tensor, const std::string& name) {
  auto* const data = static_cast<std::uint8_t*>(tensor.data) + tensor.byte_offset;
  if (reinterpret_cast<std::uintptr_t>(data) % (tensor.dtype.bits / 8) != 0) {
    throw py::value_error(name + " must be aligned to its scalars");
  }
  return data;
}

inline MutableImageView image_view(const dlpack::Tensor& tensor, const std::string& name) {
  if (tensor.ndim != 3 || tensor.shape[2] < 3 || tensor.shape[2] > 4) {
    throw py::value_error(name + " must have shape (H, W, 3) or (H, W, 4)");
  }
  const Scalar scalar = scalar_of(tensor.dtype, name);
  return {data_of(tensor, name), scalar,           tensor.shape[0],
          tensor.shape[1],       tensor.shape[2],  stride(tensor, 0),
          stride(tensor, 1),     stride(tensor, 2)};
}

inline ImageView view(const dlpack::Tensor& tensor, const std::string& name) {
  const MutableImageView v = image_view(tensor, name);
  return {v.data,     v.scalar,     v.height,       v.width,
          v.channels, v.row_stride, v.pixel_stride, v.channel_stride};
}

inline ImageView view(const Borrowed& borrowed, const std::string& name) {
  return view(borrowed.tensor(), name);
}

inline MutableImageView mutable_view(const Borrowed& borrowed, const std::string& name) {
  if (borrowed.read_only()) throw py::value_error(name + " must be writable");
  return image_view(borrowed.tensor(), name);
}

inline MaskView mask_view(const dlpack::Tensor& tensor, const std::string& name) {
  if (tensor.ndim != 2) throw py::value_error(name + " must have shape (H, W)");
  const MaskScalar scalar = mask_scalar_of(tensor.dtype, name);
  return {data_of(tensor, name), scalar, stride(tensor, 0), stride(tensor, 1)};
}

inline MaskView mask_view(const Borrowed& borrowed, const std::string& name) {
  return mask_view(borrowed.tensor(), name);
}

// The first of a batch of images or masks, which the batch holds on to.
inline dlpack::Tensor first_of(const dlpack::Tensor& batch, const std::string& name) {
  if (batch.ndim < 1) throw py::value_error(name + " must be a batch");
  dlpack::Tensor first = batch;
  --first.ndim;
  ++first.shape;
  if (first.strides != nullptr) ++first.strides;
  return first;
}

inline void check_same_device(const Borrowed& image, const Borrowed& other,
                              const std::string& name) {
  const int wanted = image.tensor().device.id, got = other.tensor().device.id;
  if (wanted != got) {
    throw py::value_error(name + " must be on cuda:" + std::to_string(wanted) +
                          " like image, got cuda:" + std::to_string(got));
  }
}

inline void check_device(const cuda::Lut3d& lut, int wanted) {
  if (lut.device() != wanted) {
    throw py::value_error("lut must be on cuda:" + std::to_string(wanted) +
                          " like image, got cuda:" + std::to_string(lut.device()));
  }
}

// A mask of an image, or none.
class BorrowedMask {
 public:
  BorrowedMask(const py::object& mask, const Borrowed& image) {
    if (mask.is_none()) return;
    borrowed_ = Borrowed(mask, "mask");
    check_same_device(image, borrowed_, "mask");
    view = mask_view(borrowed_, "mask");
    const std::int64_t* const wanted = image.tensor().shape;
    const std::int64_t* const got = borrowed_.tensor().shape;
    if (got[0] != wanted[0] || got[1] != wanted[1]) {
      throw py::value_error("mask must have the height and width of image");
    }
  }

  MaskView view;

 private:
  Borrowed borrowed_;
};

}  // namespace harmonia::bindings
