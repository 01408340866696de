# The optional _cuda module. nvcc is asked for only when HARMONIA_CUDA says so.
if(HARMONIA_CUDA STREQUAL "OFF")
  return()
endif()

include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  if(HARMONIA_CUDA STREQUAL "AUTO")
    message(STATUS "harmonia: no CUDA compiler found, _cuda is left out")
    return()
  endif()
  message(FATAL_ERROR "HARMONIA_CUDA=ON needs nvcc; put it on PATH or set CMAKE_CUDA_COMPILER")
endif()

# Machine code for the architectures that this nvcc knows, and PTX of the newest for those to come.
set(architectures "${HARMONIA_CUDA_ARCHITECTURES}")
if(NOT architectures)
  execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-arch OUTPUT_VARIABLE known)
  foreach(architecture 80 86 89 90 100)
    if(known MATCHES "compute_${architecture}[\n\r]")
      list(APPEND architectures "${architecture}-real")
      set(newest ${architecture})
    endif()
  endforeach()
  list(APPEND architectures "${newest}-virtual")
endif()
set(CMAKE_CUDA_ARCHITECTURES "${architectures}")
set(CMAKE_CUDA_STANDARD 17)
enable_language(CUDA)

file(GLOB HARMONIA_CUDA_SOURCES CONFIGURE_DEPENDS cpp/cuda/*.cu cpp/cuda/*.cpp)
file(GLOB HARMONIA_CUDA_BINDINGS CONFIGURE_DEPENDS bindings/cuda/*.cpp)
# What the host does in the same way for both modules: 3D tables, and the units of error sums.
set(HARMONIA_SHARED_SOURCES cpp/src/lut3d_table.cpp cpp/src/lut3d_codes.cpp cpp/src/error_units.cpp)
pybind11_add_module(_cuda MODULE NO_EXTRAS ${HARMONIA_CUDA_SOURCES} ${HARMONIA_SHARED_SOURCES})
# As those of _core: parsed once, compiled in batches and hardly optimized.
add_library(harmonia_cuda_bindings OBJECT ${HARMONIA_CUDA_BINDINGS})
target_link_libraries(harmonia_cuda_bindings PRIVATE pybind11::module)
target_precompile_headers(harmonia_cuda_bindings PRIVATE bindings/pybind11.hpp)
set_target_properties(harmonia_cuda_bindings PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 5)
if(NOT MSVC)
  target_compile_options(harmonia_cuda_bindings PRIVATE -O1)
endif()
string(REPLACE ";" "," architecture_names "${architectures}")
foreach(target _cuda harmonia_cuda_bindings)
  target_include_directories(${target} PRIVATE bindings bindings/cuda cpp/cuda cpp/src)
  target_include_directories(${target} SYSTEM PRIVATE ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
  target_link_libraries(${target} PRIVATE harmonia_flags)
  target_compile_definitions(${target} PRIVATE HARMONIA_CUDA_ARCHITECTURES="${architecture_names}")
endforeach()
target_link_libraries(_cuda PRIVATE harmonia_cuda_bindings)
# The static runtime looks for the driver at the first call: the import needs none.
set_target_properties(_cuda PROPERTIES CUDA_RUNTIME_LIBRARY Static CUDA_VISIBILITY_PRESET hidden)
# Without fused multiply-add the device gives the bits of the CPU.
target_compile_options(
  _cuda
  PRIVATE
    $<$<COMPILE_LANGUAGE:CUDA>:--fmad=false
    $<$<BOOL:${HARMONIA_WERROR}>:--Werror=all-warnings
    -Xcompiler=-Wall,-Wextra,-Werror>>)
if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 13.0)
  target_compile_options(_cuda PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:--compress-mode=size>)
endif()
install(TARGETS _cuda DESTINATION harmonia)
