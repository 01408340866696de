#include "../error_sums.hpp"

#include <vector>

#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {
namespace {

// A pair of images and their mask, or batches of them with one axis more in front.
std::vector<ErrorSumsTuple> sums_of(const py::object& output, const py::object& target,
                                    const py::object& mask, bool batched, std::uintptr_t stream) {
  const Borrowed a(output, "output"), b(target, "target");
  check_same_device(a, b, "target");
  Borrowed m;
  if (!mask.is_none()) {
    m = Borrowed(mask, "mask");
    check_same_device(a, m, "mask");
  }
  const auto one = [&](const Borrowed& borrowed, const char* name) {
    return batched ? first_of(borrowed.tensor(), name) : borrowed.tensor();
  };
  const ImageView from = view(one(a, "output"), "output"), to = view(one(b, "target"), "target");
  const MaskView weights = mask.is_none() ? MaskView{} : mask_view(one(m, "mask"), "mask");
  // The axes in front of the channels are alike.
  const int axes = batched ? 3 : 2;
  for (int i = 0; i < axes; ++i) {
    if (b.tensor().shape[i] != a.tensor().shape[i]) {
      throw py::value_error("target must have the height and width of output");
    }
    if (!mask.is_none() && m.tensor().shape[i] != a.tensor().shape[i]) {
      throw py::value_error("mask must have the height and width of output");
    }
  }
  cuda::ErrorBatch batch{1, 0, 0, 0};
  if (batched) {
    batch = {a.tensor().shape[0], stride(a.tensor(), 0), stride(b.tensor(), 0),
             mask.is_none() ? 0 : stride(m.tensor(), 0)};
  }
  std::vector<ErrorSums> sums;
  {
    const py::gil_scoped_release nogil;
    const cuda::DeviceGuard device(a.tensor().device.id);
    sums = cuda::error_sums(from, to, weights, batch, stream_of(stream));
  }
  std::vector<ErrorSumsTuple> tuples;
  for (const ErrorSums& each : sums) tuples.push_back(to_tuple(each));
  return tuples;
}

}  // namespace

HARMONIA_BINDINGS(error_sums, m) {
  m.def(
      "error_sums",
      [](const py::object& output, const py::object& target, const py::object& mask,
         std::uintptr_t stream) { return sums_of(output, target, mask, false, stream).front(); },
      py::arg("output"), py::arg("target"), py::arg("mask").none(true), py::arg("stream"));

  m.def(
      "error_sums_of_batch",
      [](const py::object& output, const py::object& target, const py::object& mask,
         std::uintptr_t stream) { return sums_of(output, target, mask, true, stream); },
      py::arg("output"), py::arg("target"), py::arg("mask").none(true), py::arg("stream"));
}

}  // namespace harmonia::bindings
