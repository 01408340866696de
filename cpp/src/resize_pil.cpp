#include "harmonia/resize_pil.hpp"

#include "harmonia/parallel.hpp"
#include "resize_nearest.hpp"
#include "resize_passes.hpp"
#include "resize_pil_taps.hpp"

namespace harmonia {
namespace {

// One axis of the cut, and how long it becomes.
struct Axis {
  int old_size, new_size;
  float start, stop;

  bool stays() const {
    return new_size == old_size && start == 0.0f && stop == static_cast<float>(old_size);
  }
};

Axis across(const ImageView& image, const PilBox& box, const MutableImageView& out) {
  return {static_cast<int>(image.width), static_cast<int>(out.width), box.left, box.right};
}

Axis down(const ImageView& image, const PilBox& box, const MutableImageView& out) {
  return {static_cast<int>(image.height), static_cast<int>(out.height), box.top, box.bottom};
}

Taps<double> floats(PilFilter filter, const Axis& axis) {
  return tabulate(pil_taps(filter, axis.old_size, axis.new_size, axis.start, axis.stop),
                  axis.old_size);
}

// The same in fixed point, halves away from zero.
Taps<std::int32_t> codes(PilFilter filter, const Axis& axis) {
  const Taps<double> taps = floats(filter, axis);
  Taps<std::int32_t> fixed{taps.count, taps.used, taps.index, {}};
  for (const double w : taps.weights) {
    const double scaled = w * (1 << PilCodes::kBits);
    fixed.weights.push_back(static_cast<std::int32_t>(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5));
  }
  return fixed;
}

// The step is added up, so that its error is PIL's.
std::vector<int> nearest_places(const Axis& axis) {
  const double step = static_cast<double>(axis.stop - axis.start) / axis.new_size;
  double at = axis.start + step * 0.5;
  std::vector<int> places;
  for (int i = 0; i < axis.new_size; ++i, at += step) {
    const int place = static_cast<int>(at);
    places.push_back(place < axis.old_size ? place : axis.old_size - 1);
  }
  return places;
}

template <class View>
View transposed(View view) {
  return {view.data,     view.scalar,       view.width,      view.height,
          view.channels, view.pixel_stride, view.row_stride, view.channel_stride};
}

// Whether PIL 13 begins with the rows.
bool rows_first(const ImageView& image, const MutableImageView& out) {
  const std::int64_t lost = image.height - out.height;
  return lost > 0 && lost > 2 * (image.width - out.width);
}

template <class A, class Make>
void both_axes(const ImageView& image, PilFilter filter, const PilBox& box, PilOrder order,
               const MutableImageView& out, Make make) {
  const auto columns = make(filter, across(image, box, out));
  const auto rows = make(filter, down(image, box, out));
  if (order == PilOrder::version_13 && rows_first(image, out)) {
    return resize_passes<A>(transposed(image), rows, columns, transposed(out));
  }
  resize_passes<A>(image, columns, rows, out);
}

// Colours times alpha, halves up.
std::vector<std::uint8_t> weighed(const ImageView& image) {
  std::vector<std::uint8_t> result(static_cast<std::size_t>(image.height * image.width * 4));
  const RowGroups groups(image.height, image.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    std::uint8_t* to = result.data() + groups.begin(group) * image.width * 4;
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < image.width; ++x, to += 4) {
        const std::uint8_t* p = image.at(y, x);
        const unsigned alpha = p[3 * image.channel_stride];
        for (int c = 0; c < 3; ++c) {
          const unsigned product = p[c * image.channel_stride] * alpha + 128;
          to[c] = static_cast<std::uint8_t>((product + (product >> 8)) >> 8);
        }
        to[3] = static_cast<std::uint8_t>(alpha);
      }
    }
  });
  return result;
}

// And back, cut off to whole codes, in place.
void unweigh(const MutableImageView& out) {
  const RowGroups groups(out.height, out.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      for (std::int64_t x = 0; x < out.width; ++x) {
        std::uint8_t* p = out.at(y, x);
        const unsigned alpha = p[3 * out.channel_stride];
        if (alpha == 0 || alpha == 255) continue;
        for (int c = 0; c < 3; ++c) {
          std::uint8_t& code = p[c * out.channel_stride];
          const unsigned colour = 255u * code / alpha;
          code = static_cast<std::uint8_t>(colour < 255 ? colour : 255);
        }
      }
    }
  });
}

}  // namespace

void pil_resize(const ImageView& image, PilFilter filter, const PilBox& box, PilOrder order,
                const MutableImageView& out) {
  const Axis x = across(image, box, out), y = down(image, box, out);
  if (filter == PilFilter::nearest || (x.stays() && y.stays())) {
    return resize_nearest(image, nearest_places(y), nearest_places(x), out);
  }
  if (image.scalar == Scalar::f32) {
    return both_axes<PilFloats>(image, filter, box, order, out, floats);
  }
  if (image.channels < 4) return both_axes<PilCodes>(image, filter, box, order, out, codes);
  const std::vector<std::uint8_t> buffer = weighed(image);
  const ImageView colours{
      buffer.data(), Scalar::u8, image.height, image.width, 4, image.width * 4, 4, 1};
  both_axes<PilCodes>(colours, filter, box, order, out, codes);
  unweigh(out);
}

}  // namespace harmonia
