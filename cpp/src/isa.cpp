#include "harmonia/isa.hpp"

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include "isa_targets.hpp"

namespace harmonia {
namespace {

std::vector<Isa> detect() {
  std::vector<Isa> found{Isa::baseline};
#if HARMONIA_X86_TARGETS
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    found.push_back(Isa::avx2);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
      found.push_back(Isa::avx512);
    }
  }
#endif
  return found;
}

Isa parse(const std::string& wanted, const char* where) {
  std::string names;
  for (const Isa isa : available_isas()) {
    if (wanted == name(isa)) return isa;
    names += names.empty() ? name(isa) : std::string(", ") + name(isa);
  }
  throw std::invalid_argument(std::string(where) + " must be one of " + names +
                              " on this processor, got '" + wanted + "'");
}

std::atomic<int>& forced() {
  static std::atomic<int> isa{-1};
  return isa;
}

}  // namespace

const char* name(Isa isa) {
  return isa == Isa::avx512 ? "avx512" : isa == Isa::avx2 ? "avx2" : "baseline";
}

const std::vector<Isa>& available_isas() {
  static const std::vector<Isa> found = detect();
  return found;
}

Isa active_isa() {
  const int choice = forced().load(std::memory_order_relaxed);
  if (choice >= 0) return static_cast<Isa>(choice);
  static const Isa initial = [] {
    const char* wanted = std::getenv("HARMONIA_ISA");
    return wanted && *wanted ? parse(wanted, "HARMONIA_ISA") : available_isas().back();
  }();
  return initial;
}

void force_isa(const std::string& isa_name) {
  forced().store(static_cast<int>(parse(isa_name, "isa")), std::memory_order_relaxed);
}

}  // namespace harmonia
