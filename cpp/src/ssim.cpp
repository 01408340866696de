#include "harmonia/ssim.hpp"

#include <cstring>
#include <memory>
#include <vector>

#include "harmonia/parallel.hpp"
#include "ssim_tile.hpp"

#define HARMONIA_INL "ssim.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

template <class Sample>
SsimTileSums sum_tiles(const ImageView& output, const ImageView& target, const MaskView& mask,
                       const SsimWindow& window, const SsimGrid& grid) {
  const auto read_pixels = HARMONIA_PICK(read_pair<Sample>);
  const auto read_mask = HARMONIA_PICK(read_weights);
  const auto add_in_float = HARMONIA_PICK(add_coarse<Sample>);
  const auto add_in_double = HARMONIA_PICK(add_fine<Sample>);
  const SsimPlan<float> coarse = ssim_plan<float>(window);
  const SsimPlan<double> fine = ssim_plan<double>(window);
  const bool always_fine = always_in_double(window);

  std::vector<SsimTileSums> parts(static_cast<std::size_t>(grid.rows * grid.columns));
  parallel_for(grid.rows * grid.columns, [&](std::int64_t index) {
    // Nothing is read that has not been written: the memory is not cleared.
    const std::unique_ptr<SsimPair<Sample>> pair(new SsimPair<Sample>);
    const std::unique_ptr<SsimWeights> weights(mask.data != nullptr ? new SsimWeights : nullptr);
    const std::unique_ptr<SsimRows<float>> rows(always_fine ? nullptr : new SsimRows<float>);
    std::unique_ptr<SsimRows<double>> fine_rows;
    SsimTileSums& sums = parts[static_cast<std::size_t>(index)];
    const SsimTile tile = grid.tile(index / grid.columns, index % grid.columns);
    read_pixels(output, target, tile, window.radius, *pair);
    if (weights) read_mask(mask, tile, window.radius, *weights, sums);
    for (int c = 0; c < 3; ++c) {
      if (rows && add_in_float(*pair, c, tile, coarse, weights.get(), *rows, sums)) continue;
      if (!fine_rows) fine_rows.reset(new SsimRows<double>);
      add_in_double(*pair, c, tile, fine, weights.get(), *fine_rows, sums);
    }
  });
  SsimTileSums all;
  for (const SsimTileSums& part : parts) all.add(part);
  return all;
}

}  // namespace

SsimSums ssim(const ImageView& output, const ImageView& target, const MaskView& mask,
              const SsimWindow& window) {
  const SsimGrid grid = ssim_grid(output, window);
  const bool codes = output.scalar == Scalar::u8 && target.scalar == Scalar::u8;
  return ssim_sums(codes ? sum_tiles<std::uint8_t>(output, target, mask, window, grid)
                         : sum_tiles<float>(output, target, mask, window, grid),
                   grid, mask.data != nullptr);
}

}  // namespace harmonia
