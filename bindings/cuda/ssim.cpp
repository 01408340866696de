#include "../ssim.hpp"

#include <vector>

#include "kernels.hpp"
#include "registry.hpp"
#include "runtime.hpp"
#include "tensors.hpp"

namespace harmonia::bindings {

// The same tensor without its first axis, where it has one more than a single picture.
static dlpack::Tensor first_of(const dlpack::Tensor& tensor, int axes) {
  dlpack::Tensor first = tensor;
  if (tensor.ndim != axes + 1) return first;
  first.ndim = axes;
  first.shape = tensor.shape + 1;
  if (tensor.strides != nullptr) first.strides = tensor.strides + 1;
  return first;
}

static std::int64_t step_of(const dlpack::Tensor& tensor, int axes) {
  return tensor.ndim == axes + 1 ? stride(tensor, 0) : 0;
}

static void check_images(const dlpack::Tensor& tensor, int axes, std::int64_t images,
                         const std::string& name) {
  const std::int64_t got = tensor.ndim == axes + 1 ? tensor.shape[0] : 1;
  if (got == images) return;
  throw py::value_error("ssim: " + name + " must be of " + std::to_string(images) +
                        " images like output, got " + std::to_string(got));
}

static cuda::SsimBatch batch_of(const Borrowed& output, const Borrowed& target,
                                const Borrowed* mask) {
  const dlpack::Tensor& tensor = output.tensor();
  cuda::SsimBatch batch = {};
  batch.images = tensor.ndim == 4 ? tensor.shape[0] : 1;
  batch.output = view(first_of(tensor, 3), "output");
  batch.output_step = step_of(tensor, 3);
  check_same_device(output, target, "target");
  check_images(target.tensor(), 3, batch.images, "target");
  batch.target = view(first_of(target.tensor(), 3), "target");
  batch.target_step = step_of(target.tensor(), 3);
  check_same_size(batch.output, batch.target);
  if (mask == nullptr) return batch;
  check_same_device(output, *mask, "mask");
  check_images(mask->tensor(), 2, batch.images, "mask");
  const dlpack::Tensor weights = first_of(mask->tensor(), 2);
  batch.mask = mask_view(weights, "mask");
  batch.mask_step = step_of(mask->tensor(), 2);
  if (weights.shape[0] != batch.output.height || weights.shape[1] != batch.output.width) {
    throw py::value_error("ssim: mask must have the height and width of output");
  }
  return batch;
}

HARMONIA_BINDINGS(ssim, m) {
  // As that of _core, or the same of N images: then a list of N results.
  m.def(
      "ssim",
      [](const py::object& output, const py::object& target, const py::object& mask,
         const std::vector<double>& taps, const std::string& padding, double c1, double c2,
         double covariance_scale, std::uintptr_t stream) -> py::object {
        const Borrowed of_output(output, "output"), of_target(target, "target");
        const Borrowed weights = mask.is_none() ? Borrowed() : Borrowed(mask, "mask");
        const cuda::SsimBatch batch =
            batch_of(of_output, of_target, mask.is_none() ? nullptr : &weights);
        const SsimWindow window = ssim_window(taps, padding, c1, c2, covariance_scale);
        std::vector<SsimSums> sums(static_cast<std::size_t>(batch.images));
        {
          const py::gil_scoped_release nogil;
          const cuda::DeviceGuard device(of_output.tensor().device.id);
          cuda::ssim(batch, window, sums.data(), stream_of(stream));
        }
        if (of_output.tensor().ndim == 3) return py::cast(to_tuple(sums[0]));
        py::list results;
        for (const SsimSums& of_image : sums) results.append(to_tuple(of_image));
        return results;
      },
      py::arg("output"), py::arg("target"), py::arg("mask").none(true), py::arg("taps"),
      py::arg("padding"), py::arg("c1"), py::arg("c2"), py::arg("covariance_scale"),
      py::arg("stream"));
}

}  // namespace harmonia::bindings
