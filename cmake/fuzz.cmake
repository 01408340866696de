# libFuzzer targets, of clang: cmake -DHARMONIA_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++. They need no
# Python.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "HARMONIA_FUZZ needs clang, this is ${CMAKE_CXX_COMPILER_ID}; "
                      "pass -DCMAKE_CXX_COMPILER=clang++")
endif()

find_package(Threads REQUIRED)
set(FUZZ_SANITIZERS -fsanitize=fuzzer,address,undefined)

function(harmonia_fuzz name)
  list(TRANSFORM ARGN PREPEND cpp/src/ OUTPUT_VARIABLE sources)
  add_executable(${name} tests/fuzz/${name}.cpp ${sources})
  target_include_directories(${name} PRIVATE cpp/src)
  target_link_libraries(${name} PRIVATE harmonia_flags Threads::Threads)
  target_compile_options(${name} PRIVATE -O1 -g -fno-omit-frame-pointer ${FUZZ_SANITIZERS}
                                         -fno-sanitize-recover=all)
  target_link_options(${name} PRIVATE ${FUZZ_SANITIZERS})
endfunction()

harmonia_fuzz(fuzz_lut_text cube.cpp threedl.cpp text_lines.cpp)
harmonia_fuzz(fuzz_png_rows png_rows.cpp isa.cpp parallel.cpp)
