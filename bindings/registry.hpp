// Bindings register themselves: a file adds HARMONIA_BINDINGS(name, m) { ... } and nothing else
// changes. They run in the order of their names, so that signatures in lut3d_gradient know the
// class of lut3d, and the stub has one order on every linker.
#pragma once

#include <string_view>

#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

using Define = void (*)(py::module_&);

struct Registration {
  Registration(std::string_view feature, Define f) : name(feature), define(f) {
    Registration** at = &first();
    while (*at != nullptr && (*at)->name < name) at = &(*at)->next;
    next = *at;
    *at = this;
  }

  static Registration*& first() {
    static Registration* head = nullptr;
    return head;
  }

  std::string_view name;
  Define define;
  Registration* next;
};

}  // namespace harmonia::bindings

#define HARMONIA_BINDINGS(feature, module)                                                   \
  static void define_##feature(::pybind11::module_& module);                                 \
  static const ::harmonia::bindings::Registration registration_##feature(#feature,           \
                                                                         &define_##feature); \
  static void define_##feature([[maybe_unused]] ::pybind11::module_& module)
