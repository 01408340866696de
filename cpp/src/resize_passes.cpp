#include "resize_passes.hpp"

#include <cstring>

#include "harmonia/parallel.hpp"
#include "harmonia/pixel/scalar.hpp"
#include "isa_targets.hpp"

namespace harmonia {
namespace {

// Lanes divide by 1, 2, 3 and 4 channels, and are too many for their loops to be peeled.
constexpr int kTileLanes = 48;
constexpr int kHalf = kTileLanes / 2;
constexpr int kColumns = 16;  // of a tile, which fit into the first-level cache
constexpr int kRun = 256;     // sums of a row, which fit too

// 8 bits that stay codes; the scalars of pixel/scalar.hpp become 0..1.
struct Codes8 {
  using Type = std::uint8_t;
  static Type unit(Type code) { return code; }
};

// The tables of taps without their vectors, which must not be compiled per instruction set.
struct Places {
  const int* at;
  int count;
};

template <class Weight>
struct TapTable {
  Places used;
  int places, count;
  const int* index;
  const Weight* weights;
};

template <class Weight>
TapTable<Weight> table_of(const Taps<Weight>& taps) {
  return {{taps.used.data(), static_cast<int>(taps.used.size())},
          static_cast<int>(taps.index.size()) / taps.count,
          taps.count,
          taps.index.data(),
          taps.weights.data()};
}

}  // namespace
}  // namespace harmonia

#define HARMONIA_INL "resize_passes.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

template <class T>
void store_line(const T* line, const MutableImageView& out, std::int64_t y) {
  const std::int64_t channels = out.channels, size = sizeof(T);
  std::uint8_t* const to = out.at(y, 0);
  if (out.channel_stride == size && out.pixel_stride == size * channels) {
    std::memcpy(to, line, static_cast<std::size_t>(out.width * channels * size));
    return;
  }
  for (std::int64_t x = 0; x < out.width; ++x) {
    for (std::int64_t c = 0; c < channels; ++c) {
      std::memcpy(to + x * out.pixel_stride + c * out.channel_stride, line++, sizeof(T));
    }
  }
}

}  // namespace

template <class A>
void resize_passes(const ImageView& image, const Taps<typename A::Weight>& columns,
                   const Taps<typename A::Weight>& rows, const MutableImageView& out) {
  const auto across = HARMONIA_PICK(resize_columns<A>);
  const auto down = HARMONIA_PICK(resize_row<A>);
  const std::int64_t line = out.width * image.channels;
  const int used = static_cast<int>(rows.used.size());
  std::vector<typename A::Middle> middle(static_cast<std::size_t>(used * line));
  const auto table = table_of(columns);
  const int tall = kTileLanes / static_cast<int>(image.channels);
  parallel_for((used + tall - 1) / tall, [&](std::int64_t group) {
    const int begin = static_cast<int>(group) * tall;
    const int n = used - begin < tall ? used - begin : tall;
    std::vector<typename A::Sum> tile(columns.used.size() * kTileLanes);
    across(image, table, rows.used.data() + begin, n, tile.data(), middle.data() + begin * line,
           line);
  });
  const RowGroups groups(out.height, out.width);
  parallel_for(groups.count, [&](std::int64_t group) {
    std::vector<typename A::Result> result(static_cast<std::size_t>(line));
    for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
      down(middle.data(), line, rows.index.data() + y * rows.count,
           rows.weights.data() + y * rows.count, rows.count, result.data());
      store_line(result.data(), out, y);
    }
  });
}

template void resize_passes<PilCodes>(const ImageView&, const Taps<std::int32_t>&,
                                      const Taps<std::int32_t>&, const MutableImageView&);
template void resize_passes<PilFloats>(const ImageView&, const Taps<double>&, const Taps<double>&,
                                       const MutableImageView&);
template void resize_passes<Cv2Codes>(const ImageView&, const Taps<std::int32_t>&,
                                      const Taps<std::int32_t>&, const MutableImageView&);
template void resize_passes<Cv2LinearCodes>(const ImageView&, const Taps<std::int32_t>&,
                                            const Taps<std::int32_t>&, const MutableImageView&);
template void resize_passes<Cv2Floats>(const ImageView&, const Taps<float>&, const Taps<float>&,
                                       const MutableImageView&);
template void resize_passes<Cv2AreaCodes>(const ImageView&, const Taps<float>&, const Taps<float>&,
                                          const MutableImageView&);

}  // namespace harmonia
