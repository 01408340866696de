#include <sstream>
#include <string>
#include <vector>

#include "registry.hpp"
#include "runtime.hpp"

namespace harmonia::bindings {

HARMONIA_BINDINGS(build, m) {
  m.def("build", [] {
    std::vector<std::string> architectures;
    std::istringstream list(HARMONIA_CUDA_ARCHITECTURES);
    for (std::string entry; std::getline(list, entry, ',');) architectures.push_back(entry);
    py::dict build;
    build["cuda"] =
        std::to_string(CUDART_VERSION / 1000) + "." + std::to_string(CUDART_VERSION % 1000 / 10);
    build["architectures"] = architectures;
    return build;
  });
  m.def("device_count", &cuda::device_count);
  m.def("why_unavailable", &cuda::why_unavailable);
}

}  // namespace harmonia::bindings
