#include "harmonia/sample.hpp"

#include <algorithm>

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {
namespace {

// Rows x, y, z and weights.
py::array_t<float> to_array(const Sample& sample) {
  const auto n = static_cast<py::ssize_t>(sample.x.size());
  py::array_t<float> rows({py::ssize_t{4}, n});
  float* to = rows.mutable_data();
  for (const auto* row : {&sample.x, &sample.y, &sample.z, &sample.weights}) {
    to = std::copy(row->begin(), row->end(), to);
  }
  return rows;
}

}  // namespace

HARMONIA_BINDINGS(sample, m) {
  m.def(
      "masked_sample",
      [](const py::array& image, const OptionalArray& mask, const std::string& space,
         std::int64_t limit, std::uint64_t seed) {
        const ImageView in = view(image);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Space where = parse_space(space);
        RegionSamples regions;
        {
          const py::gil_scoped_release nogil;
          regions = masked_sample(in, weights, where, limit, seed);
        }
        return std::make_pair(to_array(regions.inside), to_array(regions.outside));
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("space"), py::arg("limit"),
      py::arg("seed"));
}

}  // namespace harmonia::bindings
