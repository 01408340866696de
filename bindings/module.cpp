#include "harmonia/not_finite.hpp"
#include "harmonia/parallel.hpp"
#include "registry.hpp"

namespace {

namespace py = pybind11;

// Runs on the calling thread while a kernel works. A pending Ctrl-C becomes the Python exception
// that is set when the kernel returns.
bool signal_pending() {
  const py::gil_scoped_acquire gil;
  return PyErr_CheckSignals() != 0;
}

}  // namespace

PYBIND11_MODULE(_core, m, py::mod_gil_not_used()) {
  m.doc() =
      "The C++ kernels of harmonia. Not public: the Python layer checks what these take for "
      "granted.";
  harmonia::set_interrupt_check(&signal_pending);
  py::register_exception_translator([](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const harmonia::Interrupted&) {
      // PyErr_CheckSignals has set KeyboardInterrupt, or whatever the handler raised.
    } catch (const harmonia::NotFinite& wrong) {
      PyErr_SetString(PyExc_FloatingPointError, wrong.what());
    }
  });
  for (auto* entry = harmonia::bindings::Registration::first(); entry; entry = entry->next) {
    entry->define(m);
  }
}
