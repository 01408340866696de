#include "color_bins.hpp"

#include <algorithm>
#include <array>

#include "block.hpp"
#include "harmonia/parallel.hpp"

namespace harmonia {
namespace {

// A full weight, a multiple of both 1 and 255: 32640 * 65535 < 2^32, and sums of 2^32 pixels stay
// below 2^64.
constexpr float kFullWeight = 255 * 128;
constexpr int kBinShift = 16 - kBinBits;

struct PairBlock {
  alignas(64) std::int32_t bin[kBlock];
  alignas(64) std::uint32_t weight[kBlock];
  alignas(64) std::uint32_t value[6][kBlock];
};

}  // namespace
}  // namespace harmonia

#define HARMONIA_INL "color_bins.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

struct alignas(64) BinSums {
  std::uint64_t weight = 0, value[6] = {}, unused = 0;
};

constexpr std::size_t kBins = std::size_t{1} << (3 * kBinBits);

std::vector<BinSums> gather_part(const ImageView& before, const ImageView& after,
                                 const MaskView& mask, std::int64_t begin, std::int64_t end) {
  const auto load_pairs = HARMONIA_PICK(load_pairs);
  std::vector<BinSums> table(kBins);
  PairBlock block;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < before.width; x += kBlock) {
      const int n = static_cast<int>(std::min<std::int64_t>(before.width - x, kBlock));
      if (!load_pairs(before, after, mask, y, x, n, block)) continue;
      for (int i = 0; i < n; ++i) {
        BinSums& sums = table[static_cast<std::size_t>(block.bin[i])];
        sums.weight += block.weight[i];
        for (int k = 0; k < 6; ++k) sums.value[k] += block.value[k][i];
      }
    }
  }
  return table;
}

}  // namespace

std::vector<ColorBin> gather_color_bins(const ImageView& before, const ImageView& after,
                                        const MaskView& mask) {
  // A table has 16 MiB, so a thread gets one only where the image is large.
  const std::int64_t megapixels = before.height * before.width >> 20;
  const std::int64_t parts =
      std::clamp<std::int64_t>(std::min<std::int64_t>(num_threads(), megapixels), 1, 16);
  std::vector<std::vector<BinSums>> tables(static_cast<std::size_t>(parts));
  parallel_for(parts, [&](std::int64_t part) {
    tables[static_cast<std::size_t>(part)] = gather_part(
        before, after, mask, before.height * part / parts, before.height * (part + 1) / parts);
  });
  constexpr std::size_t kSlab = kBins >> kBinBits;
  std::array<std::vector<ColorBin>, std::size_t{1} << kBinBits> slabs;
  std::array<std::uint64_t, std::size_t{1} << kBinBits> weights{};
  parallel_for(static_cast<std::int64_t>(slabs.size()), [&](std::int64_t which) {
    const auto slab = static_cast<std::size_t>(which);
    for (std::size_t i = slab * kSlab; i < (slab + 1) * kSlab; ++i) {
      BinSums sums;
      for (const std::vector<BinSums>& table : tables) {
        sums.weight += table[i].weight;
        for (int k = 0; k < 6; ++k) sums.value[k] += table[i].value[k];
      }
      if (sums.weight == 0) continue;
      weights[slab] += sums.weight;
      ColorBin bin;
      bin.weight = static_cast<double>(sums.weight);
      for (int c = 0; c < 3; ++c) {
        bin.before[c] = static_cast<double>(sums.value[c]) / (bin.weight * 65535.0);
        bin.after[c] = static_cast<double>(sums.value[3 + c]) / (bin.weight * 65535.0);
      }
      slabs[slab].push_back(bin);
    }
  });
  std::uint64_t total = 0;
  for (const std::uint64_t weight : weights) total += weight;
  std::vector<ColorBin> bins;
  for (const std::vector<ColorBin>& slab : slabs) bins.insert(bins.end(), slab.begin(), slab.end());
  for (ColorBin& bin : bins) bin.weight /= static_cast<double>(total);
  return bins;
}

}  // namespace harmonia
