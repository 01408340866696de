// Histograms in any colour space: blocks are converted per instruction set, and scattered into the
// tables of fixed parts, which are combined in order.
#include "harmonia/space_histogram.hpp"

#include <algorithm>
#include <vector>

#include "block.hpp"
#include "harmonia/histogram.hpp"
#include "harmonia/pixel/curve.hpp"
#include "histogram_cells.hpp"

namespace harmonia {
namespace {

// The bins of a block of pixels.
struct BlockBins {
  alignas(64) std::int32_t x[kBlock], y[kBlock], z[kBlock];
};

}  // namespace
}  // namespace harmonia

#define HARMONIA_INL "space_histogram.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

struct Bins {
  Space space;
  pixel::Axis axes[3];
  std::int64_t count;
};

template <class Cell>
void tally(const ImageView& image, const MaskView& mask, double full, const Bins& bins,
           double* inside, double* outside) {
  const auto load_bins = HARMONIA_PICK(load_bins);
  const std::int64_t table = 3 * bins.count, copies = copies_of(bins.count);
  const Parts parts(image, table * copies * static_cast<std::int64_t>(sizeof(Cell)));
  std::vector<std::vector<Cell>> tables(static_cast<std::size_t>(parts.count));
  parallel_for(parts.count, [&](std::int64_t part) {
    std::vector<Cell>& cells = tables[static_cast<std::size_t>(part)];
    cells.resize(static_cast<std::size_t>(table * copies));
    BlockBins found;
    for (std::int64_t i = parts.begin(part), n = 0; i < parts.end(part); i += n) {
      const std::int64_t y = i / image.width, x = i % image.width;
      n = std::min({image.width - x, parts.end(part) - i, std::int64_t{kBlock}});
      load_bins(image, y, x, static_cast<int>(n), bins.space, bins.axes, found);
      const std::uint8_t* weight = mask.at(y, x);
      for (std::int64_t k = 0; k < n; ++k, weight += mask.pixel_stride) {
        Cell* const to = cells.data() + (k & (copies - 1)) * table;
        const Cell one = Cell::of(weight);
        to[found.x[k]].add(one);
        to[bins.count + found.y[k]].add(one);
        to[2 * bins.count + found.z[k]].add(one);
      }
    }
    for (std::int64_t i = table; i < table * copies; ++i) {
      cells[static_cast<std::size_t>(i % table)].add(cells[static_cast<std::size_t>(i)]);
    }
  });
  parallel_for(3, [&](std::int64_t channel) {
    for (std::int64_t i = channel * bins.count; i < (channel + 1) * bins.count; ++i) {
      double in = 0.0, out = 0.0;
      for (const std::vector<Cell>& cells : tables) {
        in += cells[static_cast<std::size_t>(i)].inside();
        out += cells[static_cast<std::size_t>(i)].outside(full);
      }
      inside[i] = in / full;
      outside[i] = out / full;
    }
  });
}

// Whether the bins are the codes of the image's own scalar.
bool are_codes(const ImageView& image, Space space, const double low[3], const double high[3],
               std::int64_t bins) {
  const bool all =
      (image.scalar == Scalar::u8 && bins == 256) || (image.scalar == Scalar::u16 && bins == 65536);
  return all && space == Space::rgb && std::all_of(low, low + 3, [](double v) { return v == 0; }) &&
         std::all_of(high, high + 3, [](double v) { return v == 1; });
}

}  // namespace

void space_histogram(const ImageView& image, const MaskView& mask, Space space, const double low[3],
                     const double high[3], std::int64_t bins, double* inside, double* outside) {
  if (are_codes(image, space, low, high, bins)) {
    return masked_histogram(image, mask, bins, inside, outside);
  }
  Bins where{space, {}, bins};
  for (int c = 0; c < 3; ++c) where.axes[c] = pixel::axis_of(low[c], high[c], bins);
  static const std::uint8_t everywhere = 1;
  if (mask.data == nullptr) {
    const MaskView ones{&everywhere, MaskScalar::boolean, 0, 0};
    tally<ByteCell>(image, ones, 1.0, where, inside, outside);
  } else if (mask.scalar == MaskScalar::f32) {
    tally<FloatCell>(image, mask, 1.0, where, inside, outside);
  } else {
    const double full = mask.scalar == MaskScalar::u8 ? 255.0 : 1.0;
    tally<ByteCell>(image, mask, full, where, inside, outside);
  }
}

}  // namespace harmonia
