#include "registry.hpp"

PYBIND11_MODULE(_cuda, m, pybind11::mod_gil_not_used()) {
  m.doc() =
      "The CUDA kernels of harmonia. Not public: the Python layer checks what these take for "
      "granted.";
  for (auto* entry = harmonia::bindings::Registration::first(); entry; entry = entry->next) {
    entry->define(m);
  }
}
