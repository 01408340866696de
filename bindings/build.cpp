#include <string>
#include <vector>

#include "harmonia/isa.hpp"
#include "harmonia/parallel.hpp"
#include "registry.hpp"

namespace harmonia::bindings {

namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "gcc " __VERSION__;
#elif defined(_MSC_VER)
  return "msvc " + std::to_string(_MSC_VER);
#else
  return "unknown";
#endif
}

}  // namespace

HARMONIA_BINDINGS(build, m) {
  m.def("version", [] { return HARMONIA_VERSION; });
  m.def("compiler", &compiler);
  m.def("available_isas", [] {
    std::vector<std::string> names;
    for (const Isa isa : available_isas()) names.emplace_back(name(isa));
    return names;
  });
  m.def("active_isa", [] { return name(active_isa()); });
  m.def("force_isa", &force_isa, py::arg("isa"));
  m.def("num_threads", &num_threads);
  m.def("set_num_threads", &set_num_threads, py::arg("count"));
}

}  // namespace harmonia::bindings
