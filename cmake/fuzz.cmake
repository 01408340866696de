# libFuzzer targets, of clang: cmake -DHARMONIA_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++. They need no
# Python.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "HARMONIA_FUZZ needs clang, this is ${CMAKE_CXX_COMPILER_ID}; "
                      "pass -DCMAKE_CXX_COMPILER=clang++")
endif()

find_package(Threads REQUIRED)
set(FUZZ_SANITIZERS address,undefined,float-cast-overflow)

# Every kernel is compiled once, for all targets.
file(GLOB FUZZED_SOURCES CONFIGURE_DEPENDS cpp/src/*.cpp)
add_library(harmonia_fuzzed STATIC ${FUZZED_SOURCES})
target_include_directories(harmonia_fuzzed PUBLIC cpp/src)
target_link_libraries(harmonia_fuzzed PUBLIC harmonia_flags Threads::Threads)
target_compile_options(harmonia_fuzzed PUBLIC -O1 -g1 -fno-omit-frame-pointer
                                              -fsanitize=fuzzer-no-link,${FUZZ_SANITIZERS}
                                              -fno-sanitize-recover=all)

file(GLOB FUZZ_TARGETS CONFIGURE_DEPENDS tests/fuzz/fuzz_*.cpp)
foreach(source ${FUZZ_TARGETS})
  get_filename_component(target ${source} NAME_WE)
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE harmonia_fuzzed)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer,${FUZZ_SANITIZERS})
endforeach()
