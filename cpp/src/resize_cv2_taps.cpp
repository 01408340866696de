#include "resize_cv2_taps.hpp"

#include <algorithm>
#include <cmath>

namespace harmonia {
namespace {

constexpr double kPi = 3.14159265358979323846;

// Keys 1981 with a = -3/4; the last weight is what is missing to 1.
void cubic(float t, float w[4]) {
  constexpr float a = -0.75f;
  const float v = t + 1.0f, u = 1.0f - t;
  w[0] = ((a * v - 5.0f * a) * v + 8.0f * a) * v - 4.0f * a;
  w[1] = ((a + 2.0f) * t - (a + 3.0f)) * t * t + 1.0f;
  w[2] = ((a + 2.0f) * u - (a + 3.0f)) * u * u + 1.0f;
  w[3] = 1.0f - w[0] - w[1] - w[2];
}

// sinc(x) sinc(x / 4) up to a factor, at x = t + 3 - k. Its sines are those of one angle turned by
// k quarters and eighths: sin(y + k pi/4) sin(4 y), and the sign of the second goes with k.
void lanczos4(float t, float w[8]) {
  const double r = std::sqrt(0.5);
  const double turn[8][2] = {{1, 0}, {-r, -r}, {0, 1}, {r, -r}, {-1, 0}, {r, r}, {0, -1}, {-r, r}};
  const double angle = -static_cast<double>(t + 3.0f) * kPi * 0.25;
  const double sine = std::sin(angle), cosine = std::cos(angle);
  float total = 0.0f;
  for (int k = 0; k < 8; ++k) {
    const float away = t + 3.0f - static_cast<float>(k);
    if (std::fabs(away) >= 1e-6f) {
      const double y = -static_cast<double>(away) * kPi * 0.25;
      w[k] = static_cast<float>((turn[k][0] * sine + turn[k][1] * cosine) / (y * y));
    } else {
      w[k] = 1e30f;  // beside it the others vanish
    }
    total += w[k];
  }
  const float inverse = 1.0f / total;
  for (int k = 0; k < 8; ++k) w[k] *= inverse;
}

std::vector<Tap<float>> repeated_at_edges(int first, const float* weights, int count, int size) {
  std::vector<Tap<float>> taps;
  for (int k = 0; k < count; ++k) {
    taps.push_back({std::clamp(first + k, 0, size - 1), weights[k]});
  }
  return taps;
}

std::vector<Tap<float>> two_taps(int first, float t, int size, bool across) {
  if (across && (first < 0 || first >= size - 1)) {
    first = first < 0 ? 0 : size - 1;
    t = 0.0f;
  }
  const float weights[2] = {1.0f - t, t};
  return repeated_at_edges(first, weights, 2, size);
}

}  // namespace

double cv2_scale(int old_size, int new_size) {
  return 1.0 / (static_cast<double>(new_size) / old_size);
}

TapLists<float> cv2_taps(Cv2Filter filter, int old_size, int new_size, bool across) {
  const double scale = cv2_scale(old_size, new_size);
  TapLists<float> lists;
  for (int i = 0; i < new_size; ++i) {
    const float at = static_cast<float>((i + 0.5) * scale - 0.5);
    const int first = static_cast<int>(std::floor(at));
    const float t = at - static_cast<float>(first);
    float weights[8];
    if (filter == Cv2Filter::linear) {
      lists.push_back(two_taps(first, t, old_size, across));
    } else if (filter == Cv2Filter::cubic) {
      cubic(t, weights);
      lists.push_back(repeated_at_edges(first - 1, weights, 4, old_size));
    } else {
      lanczos4(t, weights);
      lists.push_back(repeated_at_edges(first - 3, weights, 8, old_size));
    }
  }
  return lists;
}

TapLists<float> cv2_growing_area_taps(int old_size, int new_size, bool across) {
  const double inverse = static_cast<double>(new_size) / old_size;
  const double scale = cv2_scale(old_size, new_size);
  TapLists<float> lists;
  for (int i = 0; i < new_size; ++i) {
    const int first = static_cast<int>(std::floor(i * scale));
    float t = static_cast<float>((i + 1) - (first + 1) * inverse);
    t = t <= 0.0f ? 0.0f : t - std::floor(t);
    lists.push_back(two_taps(first, t, old_size, across));
  }
  return lists;
}

TapLists<float> cv2_area_taps(int old_size, int new_size) {
  const double scale = cv2_scale(old_size, new_size);
  constexpr double kSliver = 1e-3;  // less of a pixel is left out
  TapLists<float> lists(static_cast<std::size_t>(new_size));
  for (int i = 0; i < new_size; ++i) {
    auto& list = lists[static_cast<std::size_t>(i)];
    const double start = i * scale, stop = start + scale;
    const double cell = std::min(scale, old_size - start);
    const int last = std::min(static_cast<int>(std::floor(stop)), old_size - 1);
    const int first = std::min(static_cast<int>(std::ceil(start)), last);
    if (first - start > kSliver) {
      list.push_back({first - 1, static_cast<float>((first - start) / cell)});
    }
    for (int x = first; x < last; ++x) list.push_back({x, static_cast<float>(1.0 / cell)});
    if (stop - last > kSliver) {
      const double part = std::min(std::min(stop - last, 1.0), cell);
      list.push_back({last, static_cast<float>(part / cell)});
    }
  }
  return lists;
}

}  // namespace harmonia
