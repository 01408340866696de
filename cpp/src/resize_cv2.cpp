#include "harmonia/resize_cv2.hpp"

#include <cmath>

#include "harmonia/parallel.hpp"
#include "resize_cv2_taps.hpp"
#include "resize_nearest.hpp"
#include "resize_passes.hpp"

namespace harmonia {
namespace {

// 2048ths, halves to even.
Taps<std::int32_t> codes(const TapLists<float>& lists, int old_size) {
  const Taps<float> taps = tabulate(lists, old_size);
  Taps<std::int32_t> fixed{taps.count, taps.used, taps.index, {}};
  for (const float w : taps.weights) {
    fixed.weights.push_back(static_cast<std::int32_t>(std::nearbyint(w * 2048.0f)));
  }
  return fixed;
}

void filtered(const ImageView& image, bool linear, const TapLists<float>& columns,
              const TapLists<float>& rows, const MutableImageView& out) {
  const int width = static_cast<int>(image.width), height = static_cast<int>(image.height);
  if (image.scalar == Scalar::f32) {
    resize_passes<Cv2Floats>(image, tabulate(columns, width), tabulate(rows, height), out);
  } else if (linear) {
    resize_passes<Cv2LinearCodes>(image, codes(columns, width), codes(rows, height), out);
  } else {
    resize_passes<Cv2Codes>(image, codes(columns, width), codes(rows, height), out);
  }
}

// A cell of whole pixels, in reading order and four by four, as floats have to be added.
template <class Sum, class T>
Sum sum_of_cell(const ImageView& image, std::int64_t y, std::int64_t x, std::int64_t channel,
                std::int64_t tall, std::int64_t wide) {
  std::int64_t row = 0, column = 0;
  const auto next = [&] {
    const std::uint8_t* p = image.at(y + row, x + column) + channel * image.channel_stride;
    if (++column == wide) {
      column = 0;
      ++row;
    }
    return static_cast<Sum>(*reinterpret_cast<const T*>(p));
  };
  Sum sum = 0;
  std::int64_t left = tall * wide;
  for (; left >= 4; left -= 4) {
    const Sum a = next(), b = next(), c = next(), d = next();
    sum += a + b + c + d;
  }
  for (; left > 0; --left) sum += next();
  return sum;
}

void mean_of_cells(const ImageView& image, std::int64_t tall, std::int64_t wide,
                   const MutableImageView& out) {
  const float share = 1.0f / static_cast<float>(tall * wide);
  const bool quarters = tall == 2 && wide == 2;
  const RowGroups groups(out.height, out.width * tall * wide);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < out.width; ++x) {
        for (std::int64_t c = 0; c < out.channels; ++c) {
          std::uint8_t* to = out.at(y, x) + c * out.channel_stride;
          const std::int64_t top = y * tall, left = x * wide;
          if (image.scalar == Scalar::f32) {
            *reinterpret_cast<float*>(to) =
                sum_of_cell<float, float>(image, top, left, c, tall, wide) * share;
            continue;
          }
          const std::int64_t sum =
              sum_of_cell<std::int64_t, std::uint8_t>(image, top, left, c, tall, wide);
          // Halves of a quarter go up, others to even.
          *to = quarters ? static_cast<std::uint8_t>((sum + 2) >> 2)
                         : Cv2AreaCodes::result(static_cast<float>(sum) * share);
        }
      }
    }
  });
}

void area(const ImageView& image, const MutableImageView& out) {
  const int width = static_cast<int>(image.width), height = static_cast<int>(image.height);
  const int to_width = static_cast<int>(out.width), to_height = static_cast<int>(out.height);
  const double across = cv2_scale(width, to_width), down = cv2_scale(height, to_height);
  if (across < 1.0 || down < 1.0) {
    return filtered(image, true, cv2_growing_area_taps(width, to_width, true),
                    cv2_growing_area_taps(height, to_height, false), out);
  }
  const double wide = std::nearbyint(across), tall = std::nearbyint(down);
  constexpr double kExact = 2.220446049250313e-16;
  if (std::fabs(across - wide) < kExact && std::fabs(down - tall) < kExact) {
    return mean_of_cells(image, static_cast<std::int64_t>(tall), static_cast<std::int64_t>(wide),
                         out);
  }
  const Taps<float> columns = tabulate(cv2_area_taps(width, to_width), width);
  const Taps<float> rows = tabulate(cv2_area_taps(height, to_height), height);
  if (image.scalar == Scalar::f32) return resize_passes<Cv2Floats>(image, columns, rows, out);
  resize_passes<Cv2AreaCodes>(image, columns, rows, out);
}

std::vector<int> nearest_places(std::int64_t old_size, std::int64_t new_size) {
  const int size = static_cast<int>(old_size);
  const double scale = cv2_scale(size, static_cast<int>(new_size));
  std::vector<int> places;
  for (std::int64_t i = 0; i < new_size; ++i) {
    const int place = static_cast<int>(static_cast<double>(i) * scale);
    places.push_back(place < size ? place : size - 1);
  }
  return places;
}

}  // namespace

void cv2_resize(const ImageView& image, Cv2Filter filter, const MutableImageView& out) {
  if (filter == Cv2Filter::nearest) {
    return resize_nearest(image, nearest_places(image.height, out.height),
                          nearest_places(image.width, out.width), out);
  }
  const bool halves = image.height == 2 * out.height && image.width == 2 * out.width;
  if (filter == Cv2Filter::area || (filter == Cv2Filter::linear && halves)) return area(image, out);
  const int width = static_cast<int>(image.width), height = static_cast<int>(image.height);
  filtered(image, filter == Cv2Filter::linear,
           cv2_taps(filter, width, static_cast<int>(out.width), true),
           cv2_taps(filter, height, static_cast<int>(out.height), false), out);
}

}  // namespace harmonia
