// Histograms are tables of cells, [3][bins], one table a part of the image. The number of parts
// depends on the sizes alone and they are combined in order, so the result does not depend on the
// threads.
//
// Scattered additions do not vectorize: there is one version for all instruction sets.
#include "harmonia/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "harmonia/parallel.hpp"
#include "harmonia/pixel/pixel.hpp"
#include "histogram_cells.hpp"

namespace harmonia {
namespace {

constexpr std::int64_t kHalfCodes = 0x3c00 + 1;  // non-negative halves up to 1.0, in order
constexpr std::int32_t kOneBits = 0x3f800000;    // 1.0f: non-negative floats order like their bits
constexpr int kLowBits = 15;
constexpr std::int64_t kHighCodes = (kOneBits >> kLowBits) + 1;
constexpr std::int64_t kLowCodes = std::int64_t{1} << kLowBits;

template <class T>
T read(const std::uint8_t* at) {
  return *reinterpret_cast<const T*>(at);
}

// A coder gives the cell of a value within its channel's bins, for any bits in memory; -1 is none.
struct CodeU8 {
  static constexpr std::int64_t kSize = 1;
  std::int64_t operator()(const std::uint8_t* at) const { return *at; }
};

struct CodeU16 {
  static constexpr std::int64_t kSize = 2;
  std::int64_t operator()(const std::uint8_t* at) const { return read<std::uint16_t>(at); }
};

// By integers and doubles: a caller may have set its floats to flush what is denormal.
double half_of(std::int64_t code) {
  const auto mantissa = static_cast<double>(code & 0x3ff);
  const int exponent = static_cast<int>(code >> 10);
  return exponent > 0 ? std::ldexp(1024.0 + mantissa, exponent - 25) : std::ldexp(mantissa, -24);
}

struct CodeF16 {
  static constexpr std::int64_t kSize = 2;
  std::int64_t operator()(const std::uint8_t* at) const {
    return std::min<std::int64_t>(read<std::uint16_t>(at) & 0x7fff, kHalfCodes - 1);
  }
};

// The bits of a float of 0..1; those of -0.0 are those of 0.0.
std::int32_t unit_bits(const std::uint8_t* at) {
  return std::min(read<std::int32_t>(at) & 0x7fffffff, kOneBits);
}

struct CodeF32High {
  static constexpr std::int64_t kSize = 4;
  std::int64_t operator()(const std::uint8_t* at) const { return unit_bits(at) >> kLowBits; }
};

// The product is exact: 24 bits times at most 17.
std::int64_t unit_bin(double value, std::int64_t bins) {
  return std::min(static_cast<std::int64_t>(value * static_cast<double>(bins)), bins - 1);
}

struct BinF32 {
  static constexpr std::int64_t kSize = 4;
  std::int64_t bins;
  std::int64_t operator()(const std::uint8_t* at) const {
    return unit_bin(pixel::float_of(unit_bits(at)), bins);
  }
};

struct InsideCell {
  double weight = 0.0;

  static InsideCell of(const std::uint8_t* mask) { return {read<float>(mask)}; }
  void add(InsideCell other) { weight += other.weight; }
  double inside() const { return weight; }
  double outside(double) const { return 0.0; }
};

template <class Coder>
using Coders = std::array<Coder, 3>;

// Pixels of one row.
struct Run {
  const std::uint8_t* pixel;
  const std::uint8_t* mask;
  std::int64_t n, pixel_stride, channel_stride, mask_stride;
};

template <class Cell, class Coder>
HARMONIA_HD void add_run(Run run, const Coders<Coder>& coders, std::int64_t bins, Cell* table) {
  const auto add_pixel = [&](Cell* cells) {
    const Cell weight = Cell::of(run.mask);
    const std::int64_t x = coders[0](run.pixel), y = coders[1](run.pixel + run.channel_stride),
                       z = coders[2](run.pixel + 2 * run.channel_stride);
    if (x >= 0) cells[x].add(weight);
    if (y >= 0) cells[bins + y].add(weight);
    if (z >= 0) cells[2 * bins + z].add(weight);
    run.pixel += run.pixel_stride;
    run.mask += run.mask_stride;
  };
  const std::int64_t copy = copies_of(bins) > 1 ? 3 * bins : 0;
  std::int64_t i = 0;
  for (; i + kCopies <= run.n; i += kCopies) {
    for (std::int64_t k = 0; k < kCopies; ++k) add_pixel(table + k * copy);
  }
  for (; i < run.n; ++i) add_pixel(table);
}

// Known strides leave more registers to the sums.
template <class Cell, class Coder>
void add_any_run(Run run, const Coders<Coder> coders, std::int64_t bins, Cell* table) {
  constexpr std::int64_t size = Coder::kSize;
  if (run.pixel_stride == 3 * size && run.channel_stride == size && run.mask_stride == 1) {
    add_run({run.pixel, run.mask, run.n, 3 * size, size, 1}, coders, bins, table);
  } else {
    add_run(run, coders, bins, table);
  }
}

// Weights of all values, in units of 1 / full of a pixel: whole numbers where the mask is not
// float32. [3][bins]; outside may be missing.
struct Tally {
  std::int64_t bins;
  double* inside;
  double* outside;
};

// bin_of tells in which bin of the tally a cell ends up.
template <class Cell, class Coder, class BinOf>
void tally_cells(const ImageView& image, const MaskView& mask, double full,
                 const Coders<Coder>& coders, std::int64_t cells, BinOf bin_of, Tally to) {
  const std::int64_t copies = copies_of(cells);
  const Parts parts(image, 3 * cells * copies * static_cast<std::int64_t>(sizeof(Cell)));
  std::vector<std::vector<Cell>> tables(static_cast<std::size_t>(parts.count));
  parallel_for(parts.count, [&](std::int64_t part) {
    std::vector<Cell>& table = tables[static_cast<std::size_t>(part)];
    table.resize(static_cast<std::size_t>(3 * cells * copies));
    for (std::int64_t i = parts.begin(part), n = 0; i < parts.end(part); i += n) {
      const std::int64_t y = i / image.width, x = i % image.width;
      n = std::min(image.width - x, parts.end(part) - i);
      add_any_run({image.at(y, x), mask.at(y, x), n, image.pixel_stride, image.channel_stride,
                   mask.pixel_stride},
                  coders, cells, table.data());
    }
    for (std::int64_t i = 3 * cells; i < 3 * cells * copies; ++i) {
      table[static_cast<std::size_t>(i % (3 * cells))].add(table[static_cast<std::size_t>(i)]);
    }
  });
  std::fill_n(to.inside, 3 * to.bins, 0.0);
  if (to.outside) std::fill_n(to.outside, 3 * to.bins, 0.0);
  parallel_for(3, [&](std::int64_t c) {
    for (const std::vector<Cell>& table : tables) {
      const Cell* const from = table.data() + c * cells;
      for (std::int64_t i = 0; i < cells; ++i) {
        to.inside[c * to.bins + bin_of(i)] += from[i].inside();
        if (to.outside) to.outside[c * to.bins + bin_of(i)] += from[i].outside(full);
      }
    }
  });
}

// Gives the unit of the tally, a pixel of full weight.
template <class Coder, class BinOf>
double tally(const ImageView& image, const MaskView& mask, const Coders<Coder>& coders,
             std::int64_t cells, BinOf bin_of, Tally to) {
  static const std::uint8_t everywhere = 1;
  if (mask.data == nullptr) {
    const MaskView ones{&everywhere, MaskScalar::boolean, 0, 0};
    tally_cells<ByteCell>(image, ones, 1.0, coders, cells, bin_of, to);
    return 1.0;
  }
  if (mask.scalar == MaskScalar::f32) {
    if (to.outside) {
      tally_cells<FloatCell>(image, mask, 1.0, coders, cells, bin_of, to);
    } else {
      tally_cells<InsideCell>(image, mask, 1.0, coders, cells, bin_of, to);
    }
    return 1.0;
  }
  const double full = mask.scalar == MaskScalar::u8 ? 255.0 : 1.0;
  tally_cells<ByteCell>(image, mask, full, coders, cells, bin_of, to);
  return full;
}

// A code of 0 .. top in one of the bins of equal width over that range.
template <std::int64_t top>
struct Divide {
  std::int64_t bins;
  std::int64_t operator()(std::int64_t code) const { return std::min(code * bins / top, bins - 1); }
};

// Weights of codes inside the mask, [3][codes].
struct Codes {
  std::int64_t count;
  std::vector<double> weights;

  const double* of_channel(std::int64_t c) const { return weights.data() + c * count; }
};

template <class Coder>
Codes codes_inside(const ImageView& image, const MaskView& mask, const Coders<Coder>& coders,
                   std::int64_t count) {
  Codes codes{count, std::vector<double>(static_cast<std::size_t>(3 * count))};
  const auto same = [](std::int64_t code) { return code; };
  tally(image, mask, coders, count, same, {count, codes.weights.data(), nullptr});
  return codes;
}

// Whether 100 * part >= q * whole, exactly: rounding keeps the order, and where it makes the
// products equal, what they lost decides.
bool reaches(double part, double q, double whole) {
  const double left = 100.0 * part, right = q * whole;
  if (left != right) return left > right;
  return std::fma(100.0, part, -left) >= std::fma(q, whole, -right);
}

// The first cell where the weight before it and up to it reaches q percent of the whole.
struct Found {
  std::int64_t cell = 0;
  double before = 0.0;
};

Found find(const double* weights, std::int64_t cells, double before, double q, double whole) {
  Found found{0, before};
  double sum = before;
  for (std::int64_t i = 0; i < cells; ++i) {
    if (weights[i] <= 0.0) continue;
    found = {i, sum};
    sum += weights[i];
    if (reaches(sum, q, whole)) break;
  }
  return found;
}

double sum(const double* weights, std::int64_t cells) {
  double total = 0.0;
  for (std::int64_t i = 0; i < cells; ++i) total += weights[i];
  return total;
}

template <class ValueOf>
std::vector<double> percentiles_of_codes(const Codes& codes, const std::vector<double>& q,
                                         ValueOf value_of) {
  std::vector<double> values(3 * q.size());
  for (std::size_t c = 0; c < 3; ++c) {
    const double* const weights = codes.of_channel(static_cast<std::int64_t>(c));
    const double whole = sum(weights, codes.count);
    if (whole <= 0.0) return {};
    for (std::size_t k = 0; k < q.size(); ++k) {
      values[3 * k + c] = value_of(find(weights, codes.count, 0.0, q[k], whole).cell);
    }
  }
  return values;
}

// The low bits of the values whose high bits are one of a few prefixes, each with kLowCodes cells
// of its own.
struct CodeF32Low {
  static constexpr std::int64_t kSize = 4;
  const std::int8_t* slots;  // [kHighCodes], -1 where the prefix is not wanted

  std::int64_t operator()(const std::uint8_t* at) const {
    const std::int32_t bits = unit_bits(at);
    const std::int64_t slot = slots[bits >> kLowBits];
    return slot < 0 ? -1 : slot * kLowCodes + (bits & (kLowCodes - 1));
  }
};

// Radix selection: one pass over the image finds the high bits of every percentile, one more for
// every kSlots of them the low bits.
std::vector<double> percentiles_of_floats(const ImageView& image, const MaskView& mask,
                                          const std::vector<double>& q) {
  constexpr std::size_t kSlots = 4;
  const Codes high = codes_inside(image, mask, Coders<CodeF32High>{}, kHighCodes);
  std::array<std::vector<Found>, 3> found;
  std::array<std::vector<std::int64_t>, 3> prefixes;
  double whole[3];
  std::size_t most = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double* const weights = high.of_channel(static_cast<std::int64_t>(c));
    whole[c] = sum(weights, high.count);
    if (whole[c] <= 0.0) return {};
    for (const double percent : q) {
      found[c].push_back(find(weights, high.count, 0.0, percent, whole[c]));
      prefixes[c].push_back(found[c].back().cell);
    }
    std::sort(prefixes[c].begin(), prefixes[c].end());
    prefixes[c].erase(std::unique(prefixes[c].begin(), prefixes[c].end()), prefixes[c].end());
    most = std::max(most, prefixes[c].size());
  }

  std::vector<double> values(3 * q.size());
  for (std::size_t first = 0; first < most; first += kSlots) {
    const std::size_t slots = std::min(kSlots, most - first);
    std::array<std::vector<std::int8_t>, 3> slot_of;
    Coders<CodeF32Low> coders{};
    for (std::size_t c = 0; c < 3; ++c) {
      slot_of[c].assign(static_cast<std::size_t>(kHighCodes), std::int8_t{-1});
      for (std::size_t s = 0; s < slots && first + s < prefixes[c].size(); ++s) {
        slot_of[c][static_cast<std::size_t>(prefixes[c][first + s])] = static_cast<std::int8_t>(s);
      }
      coders[c].slots = slot_of[c].data();
    }
    const Codes low =
        codes_inside(image, mask, coders, static_cast<std::int64_t>(slots) * kLowCodes);
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t k = 0; k < q.size(); ++k) {
        const auto [prefix, before] = found[c][k];
        const std::int64_t slot = slot_of[c][static_cast<std::size_t>(prefix)];
        if (slot < 0) continue;
        const double* const weights =
            low.of_channel(static_cast<std::int64_t>(c)) + slot * kLowCodes;
        const std::int64_t cell = find(weights, kLowCodes, before, q[k], whole[c]).cell;
        values[3 * k + c] = pixel::float_of(static_cast<std::int32_t>((prefix << kLowBits) + cell));
      }
    }
  }
  return values;
}

}  // namespace

std::int64_t default_bins(Scalar scalar) { return scalar == Scalar::u16 ? 65536 : 256; }

void masked_histogram(const ImageView& image, const MaskView& mask, std::int64_t bins,
                      double* inside, double* outside) {
  const Tally to{bins, inside, outside};
  double unit = 1.0;
  switch (image.scalar) {
    case Scalar::u8: unit = tally(image, mask, Coders<CodeU8>{}, 256, Divide<255>{bins}, to); break;
    case Scalar::u16:
      unit = tally(image, mask, Coders<CodeU16>{}, 65536, Divide<65535>{bins}, to);
      break;
    case Scalar::f16:
      unit = tally(
          image, mask, Coders<CodeF16>{}, kHalfCodes,
          [bins](std::int64_t code) { return unit_bin(half_of(code), bins); }, to);
      break;
    case Scalar::f32: {
      const BinF32 coder{bins};
      unit = tally(
          image, mask, Coders<BinF32>{coder, coder, coder}, bins,
          [](std::int64_t bin) { return bin; }, to);
      break;
    }
  }
  if (unit == 1.0) return;
  for (std::int64_t i = 0; i < 3 * bins; ++i) inside[i] /= unit;
  for (std::int64_t i = 0; i < 3 * bins; ++i) outside[i] /= unit;
}

std::vector<double> masked_percentile(const ImageView& image, const MaskView& mask,
                                      const std::vector<double>& q) {
  const auto code = [](std::int64_t value) { return static_cast<double>(value); };
  switch (image.scalar) {
    case Scalar::u8:
      return percentiles_of_codes(codes_inside(image, mask, Coders<CodeU8>{}, 256), q, code);
    case Scalar::u16:
      return percentiles_of_codes(codes_inside(image, mask, Coders<CodeU16>{}, 65536), q, code);
    case Scalar::f16:
      return percentiles_of_codes(codes_inside(image, mask, Coders<CodeF16>{}, kHalfCodes), q,
                                  half_of);
    default: return percentiles_of_floats(image, mask, q);
  }
}

}  // namespace harmonia
