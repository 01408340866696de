// Bindings register themselves: a file adds HARMONIA_BINDINGS(name, m) { ... } and nothing else
// changes.
#pragma once

#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

using Define = void (*)(py::module_&);

struct Registration {
  explicit Registration(Define f) : define(f), next(first()) { first() = this; }

  static Registration*& first() {
    static Registration* head = nullptr;
    return head;
  }

  Define define;
  Registration* next;
};

}  // namespace harmonia::bindings

#define HARMONIA_BINDINGS(feature, module)                                                   \
  static void define_##feature(::pybind11::module_& module);                                 \
  static const ::harmonia::bindings::Registration registration_##feature(&define_##feature); \
  static void define_##feature([[maybe_unused]] ::pybind11::module_& module)
