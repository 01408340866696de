#include "resize_pil_taps.hpp"

#include <cmath>

namespace harmonia {
namespace {

constexpr double kPi = 3.14159265358979323846;

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double bilinear(double x) {
  x = std::fabs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

// Keys 1981 with a = -1/2.
double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::fabs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

double sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= kPi;
  return std::sin(x) / x;
}

double lanczos(double x) { return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0; }

struct Filter {
  double (*weight)(double);
  double reach;
};

Filter filter_of(PilFilter name) {
  switch (name) {
    case PilFilter::bilinear: return {bilinear, 1.0};
    case PilFilter::bicubic: return {bicubic, 2.0};
    case PilFilter::lanczos: return {lanczos, 3.0};
    default: return {box, 0.5};
  }
}

}  // namespace

TapLists<double> pil_taps(PilFilter filter, int old_size, int new_size, float start, float stop) {
  if (new_size == old_size && start == 0.0f && stop == static_cast<float>(old_size)) {
    return same_taps(old_size, 1.0);
  }
  const Filter f = filter_of(filter);
  const double scale = static_cast<double>(stop - start) / new_size;
  const double stretch = scale > 1.0 ? scale : 1.0, inverse = 1.0 / stretch;
  const double reach = f.reach * stretch;
  TapLists<double> lists(static_cast<std::size_t>(new_size));
  for (int i = 0; i < new_size; ++i) {
    auto& list = lists[static_cast<std::size_t>(i)];
    const double centre = start + (i + 0.5) * scale;
    int first = static_cast<int>(centre - reach + 0.5),
        last = static_cast<int>(centre + reach + 0.5);
    if (first < 0) first = 0;
    if (last > old_size) last = old_size;
    double total = 0.0;
    for (int x = first; x < last; ++x) {
      list.push_back({x, f.weight((x - centre + 0.5) * inverse)});
      total += list.back().weight;
    }
    if (list.empty()) list.push_back({first < old_size ? first : old_size - 1, 0.0});
    for (auto& tap : list) {
      if (total != 0.0) tap.weight /= total;
    }
  }
  return lists;
}

}  // namespace harmonia
