// Error sums as Python sees them, of the CPU and of CUDA.
#pragma once

#include <pybind11/typing.h>

#include "harmonia/error_sums.hpp"
#include "pybind11.hpp"

namespace harmonia::bindings {

namespace py = pybind11;

using ErrorSumsTuple = py::typing::Tuple<py::float_, py::ellipsis>;

// By ErrorTerm.
inline ErrorSumsTuple to_tuple(const ErrorSums& sums) {
  py::tuple fields(int{kErrorTerms});
  for (int k = 0; k < kErrorTerms; ++k) {
    PyTuple_SET_ITEM(fields.ptr(), k, py::float_(sums.of[k]).release().ptr());
  }
  return py::reinterpret_steal<ErrorSumsTuple>(fields.release());
}

}  // namespace harmonia::bindings
