#include "delta_e.hpp"

#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

namespace {

MutableFloats floats_view(const Borrowed& borrowed, const ImageView& like) {
  const dlpack::Tensor& tensor = borrowed.tensor();
  if (borrowed.read_only()) throw py::value_error("out must be writable");
  if (!is(tensor.dtype, dlpack::kFloat, 32)) {
    throw py::type_error("out must be float32, got " + dtype_name(tensor.dtype));
  }
  if (tensor.ndim != 2 || tensor.shape[0] != like.height || tensor.shape[1] != like.width) {
    throw py::value_error("out must have the height and width of output");
  }
  return {data_of(tensor, "out"), stride(tensor, 0), stride(tensor, 1)};
}

}  // namespace

HARMONIA_BINDINGS(delta_e, m) {
  m.def(
      "delta_e",
      [](const py::object& output, const py::object& target, const py::object& mask,
         std::uintptr_t stream) {
        const Borrowed out(output, "output"), wanted(target, "target");
        check_same_device(out, wanted, "target");
        const ImageView a = view(out, "output"), b = view(wanted, "target");
        check_same_size(a, b);
        const BorrowedMask weights(mask, out);
        DeltaESums sums;
        {
          const py::gil_scoped_release nogil;
          const cuda::DeviceGuard device(out.tensor().device.id);
          sums = cuda::delta_e(a, b, weights.view, stream_of(stream));
        }
        return to_tuple(sums);
      },
      py::arg("output"), py::arg("target"), py::arg("mask").none(true), py::arg("stream"));

  m.def(
      "delta_e_map",
      [](const py::object& output, const py::object& target, const std::string& space,
         const py::object& out, std::uintptr_t stream) {
        const Borrowed from(output, "output"), wanted(target, "target"), to(out, "out");
        check_same_device(from, wanted, "target");
        check_same_device(from, to, "out");
        const ImageView a = view(from, "output"), b = view(wanted, "target");
        check_same_size(a, b);
        const DeltaESpace in = parse_delta_e_space(space, a, b);
        const MutableFloats written = floats_view(to, a);
        const py::gil_scoped_release nogil;
        const cuda::DeviceGuard device(from.tensor().device.id);
        cuda::delta_e_map(a, b, in, written, stream_of(stream));
      },
      py::arg("output"), py::arg("target"), py::arg("space"), py::arg("out"), py::arg("stream"));
}

}  // namespace harmonia::bindings
