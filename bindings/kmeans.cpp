#include "harmonia/kmeans.hpp"

#include "registry.hpp"
#include "views.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(kmeans, m) {
  m.def(
      "kmeans",
      // Rows x, y, z and weight, as masked_sample gives them.
      [](const py::array_t<float, py::array::c_style>& points, std::int64_t count,
         std::uint64_t seed) {
        if (points.ndim() != 2 || points.shape(0) != 4) {
          throw py::value_error("points must have shape (4, N)");
        }
        const float* const rows = points.data();
        const std::int64_t n = points.shape(1);
        Clusters clusters;
        {
          const py::gil_scoped_release nogil;
          const Sample sample{{rows, rows + n},
                              {rows + n, rows + 2 * n},
                              {rows + 2 * n, rows + 3 * n},
                              {rows + 3 * n, rows + 4 * n}};
          clusters = kmeans(sample, count, seed);
        }
        return std::make_pair(clusters.centres, clusters.weights);
      },
      py::arg("points").noconvert(), py::arg("count"), py::arg("seed"));
}

}  // namespace harmonia::bindings
