#include "harmonia/error_units.hpp"

namespace harmonia {

ErrorUnits error_units(Scalar output, Scalar target, const MaskView& mask) {
  const bool wide = output == Scalar::u16 || target == Scalar::u16;
  const double level = wide ? 257.0 : 1.0;
  const auto scale = [&](Scalar scalar) {
    return scalar == Scalar::u8 ? level : scalar == Scalar::u16 ? 1.0 : 255.0 * level;
  };
  const auto whole = [](Scalar scalar) { return scalar == Scalar::u8 || scalar == Scalar::u16; };
  const bool soft_floats = mask.data != nullptr && mask.scalar == MaskScalar::f32;
  return {scale(output), scale(target), level, soft_floats ? 1.0 : 255.0,
          whole(output) && whole(target) && !soft_floats};
}

ErrorSums in_levels(const double sums[kErrorTerms], const ErrorUnits& units) {
  const double level = units.level, full = units.full;
  double divisors[kErrorTerms];
  for (double& divisor : divisors) divisor = 1.0;
  divisors[kSquared] = divisors[kBackgroundSquared] = level * level;
  divisors[kAbsolute] = level;
  divisors[kWeight] = full;
  divisors[kWeightedSquared] = full * level * level;
  divisors[kWeightedAbsolute] = full * level;
  for (int k = kOutputMin; k < kErrorTerms; ++k) divisors[k] = level;
  ErrorSums in;
  for (int k = 0; k < kErrorTerms; ++k) in.of[k] = sums[k] / divisors[k];
  return in;
}

}  // namespace harmonia
