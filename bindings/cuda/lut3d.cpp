#include "lut3d.hpp"

#include <memory>

#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

namespace {

// Nodes in the memory of a device: any strides, and no shaper.
std::unique_ptr<cuda::Lut3d> from_tensor(const py::object& nodes, const LutDomain& domain,
                                         const std::optional<LutNodes>& shaper, const LutDomain&,
                                         int device, std::uintptr_t stream) {
  const Borrowed borrowed(nodes, "nodes");
  const dlpack::Tensor& tensor = borrowed.tensor();
  if (!is(tensor.dtype, dlpack::kFloat, 32) || tensor.ndim != 4 || tensor.shape[3] != 3) {
    throw py::value_error("nodes must be float32 of shape (R, G, B, 3)");
  }
  if (tensor.device.id != device) {
    throw py::value_error("nodes must be on cuda:" + std::to_string(device) +
                          ", got cuda:" + std::to_string(tensor.device.id));
  }
  if (shaper) throw py::value_error("a table of a tensor has no shaper");
  cuda::DeviceNodes from{reinterpret_cast<const float*>(data_of(tensor, "nodes")), {}, {}};
  for (int axis = 0; axis < 4; ++axis) {
    if (axis < 3) from.size[axis] = tensor.shape[axis];
    from.strides[axis] = stride(tensor, axis) / std::int64_t{sizeof(float)};
  }
  float low[3], high[3];
  copy_domain(domain, low, high);
  const py::gil_scoped_release nogil;
  const cuda::DeviceGuard current(device);
  return std::make_unique<cuda::Lut3d>(from, low, high, stream_of(stream));
}

}  // namespace

HARMONIA_BINDINGS(lut3d, m) {
  // Freeing waits for the device, which other Python threads need not.
  py::class_<cuda::Lut3d>(m, "Lut3d", py::release_gil_before_calling_cpp_dtor())
      .def(py::init([](const LutNodes& nodes, const LutDomain& domain,
                       const std::optional<LutNodes>& shaper, const LutDomain& shaper_domain,
                       int device, std::uintptr_t) {
             const LutSource source = lut_source_of(nodes, domain, shaper, shaper_domain);
             const py::gil_scoped_release nogil;
             return std::make_unique<cuda::Lut3d>(source, device);
           }),
           py::arg("nodes").noconvert(), py::arg("domain"), py::arg("shaper").noconvert(),
           py::arg("shaper_domain"), py::arg("device"), py::arg("stream"))
      .def(py::init(&from_tensor), py::arg("nodes"), py::arg("domain"),
           py::arg("shaper").noconvert(), py::arg("shaper_domain"), py::arg("device"),
           py::arg("stream"));

  m.def(
      "apply_lut3d",
      [](const py::object& image, const py::object& mask, float strength, const cuda::Lut3d& lut,
         const std::string& interpolation, const std::string& out_of_range, const py::object& out,
         std::uintptr_t stream) {
        const Borrowed in(image, "image"), to(out, "out");
        check_same_device(in, to, "out");
        const int device = in.tensor().device.id;
        check_device(lut, device);
        const ImageView pixels = view(in, "image");
        const MutableImageView written = mutable_view(to, "out");
        check_same_shape(pixels, written);
        const BorrowedMask weights(mask, in);
        const Interpolation between = parse_interpolation(interpolation);
        const OutOfRange beyond = parse_out_of_range(out_of_range);
        const py::gil_scoped_release nogil;
        const cuda::DeviceGuard current(device);
        cuda::apply_lut3d(pixels, weights.view, strength, lut, between, beyond, written,
                          stream_of(stream));
      },
      py::arg("image"), py::arg("mask").none(true), py::arg("strength"), py::arg("lut"),
      py::arg("interpolation"), py::arg("out_of_range"), py::arg("out"), py::arg("stream"));
}

}  // namespace harmonia::bindings
