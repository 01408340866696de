# libFuzzer targets, of clang: cmake -DHARMONIA_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++. They need no
# Python.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "HARMONIA_FUZZ needs clang, this is ${CMAKE_CXX_COMPILER_ID}; "
                      "pass -DCMAKE_CXX_COMPILER=clang++")
endif()

add_executable(fuzz_lut_text tests/fuzz/fuzz_lut_text.cpp cpp/src/cube.cpp cpp/src/threedl.cpp
                             cpp/src/text_lines.cpp)
target_include_directories(fuzz_lut_text PRIVATE cpp/src)
target_link_libraries(fuzz_lut_text PRIVATE harmonia_flags)
set(FUZZ_SANITIZERS -fsanitize=fuzzer,address,undefined)
target_compile_options(fuzz_lut_text PRIVATE -O1 -g -fno-omit-frame-pointer ${FUZZ_SANITIZERS}
                                             -fno-sanitize-recover=all)
target_link_options(fuzz_lut_text PRIVATE ${FUZZ_SANITIZERS})
