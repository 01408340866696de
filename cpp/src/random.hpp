// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).
#pragma once

#include <cmath>
#include <cstdint>

namespace harmonia {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;

inline std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // 53 random bits in low..high, high excluded.
  double uniform(double low = 0.0, double high = 1.0) {
    state_ += kGolden;
    return low + (high - low) * std::ldexp(static_cast<double>(mixed(state_) >> 11), -53);
  }

 private:
  std::uint64_t state_;
};

}  // namespace harmonia
