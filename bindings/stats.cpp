#include "harmonia/stats.hpp"

#include "moments.hpp"
#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(stats, m) {
  m.def(
      "masked_moments",
      [](const py::array& image, const OptionalArray& mask, const std::string& space) {
        const ImageView in = view(image);
        const MaskView weights = mask_view(mask, in.height, in.width);
        const Space where = parse_space(space);
        RegionMoments regions;
        {
          const py::gil_scoped_release nogil;
          regions = masked_moments(in, weights, where);
        }
        return std::make_tuple(to_tuple(regions.inside), to_tuple(regions.outside));
      },
      py::arg("image").noconvert(), py::arg("mask").noconvert(), py::arg("space"));

  m.def(
      "covariance",
      [](const MomentsTuple& moments) {
        std::array<double, 9> out{};
        from_tuple(moments).covariance(out.data());
        return out;
      },
      py::arg("moments"));
}

}  // namespace harmonia::bindings
