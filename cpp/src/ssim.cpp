#include "harmonia/ssim.hpp"

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "harmonia/parallel.hpp"
#include "ssim_tile.hpp"

#define HARMONIA_INL "ssim.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

// The map in tiles of nearly one size, and where they lie in the image.
struct Grid {
  std::int64_t height, width, shift;
  std::int64_t rows, columns;

  Grid(const ImageView& image, const SsimWindow& window)
      : height(image.height - (window.zero_padding ? 0 : 2 * window.radius)),
        width(image.width - (window.zero_padding ? 0 : 2 * window.radius)),
        shift(window.zero_padding ? window.radius : 0),
        rows((height + kSsimHeight - 1) / kSsimHeight),
        columns((width + kSsimWidth - 1) / kSsimWidth) {}

  SsimTile tile(std::int64_t row, std::int64_t column) const {
    const std::int64_t top = height * row / rows, left = width * column / columns;
    return {top - shift, left - shift, static_cast<int>(height * (row + 1) / rows - top),
            static_cast<int>(width * (column + 1) / columns - left)};
  }
};

template <class Real>
SsimPlan<Real> plan_of(const SsimWindow& window) {
  SsimPlan<Real> plan = {};
  plan.radius = window.radius;
  double missing = 0.0;
  for (int k = 0; k <= window.radius; ++k) {
    plan.taps[k] = static_cast<Real>(window.taps[k]);
    missing += (window.taps[k] - static_cast<double>(plan.taps[k])) * (k < window.radius ? 2 : 1);
  }
  // Rounded taps must still add up, or the variance of a flat window is a share of its square. The
  // outermost are small, and so is what rounds them.
  plan.taps[0] = static_cast<Real>(plan.taps[0] + missing / (window.radius > 0 ? 2 : 1));
  plan.scale.c1 = static_cast<Real>(2.0 * window.c1);
  plan.scale.c2 = static_cast<Real>(2.0 * window.c2);
  plan.scale.covariance = static_cast<Real>(window.covariance_scale);
  return plan;
}

void check(const Grid& grid, const ImageView& image, const SsimWindow& window) {
  if (grid.height > 0 && grid.width > 0) return;
  const std::string side = std::to_string(2 * window.radius + 1);
  throw std::invalid_argument("ssim: no window of " + side + " x " + side +
                              " pixels lies inside an image of " + std::to_string(image.width) +
                              " x " + std::to_string(image.height));
}

template <class Sample>
SsimTileSums sum_tiles(const ImageView& output, const ImageView& target, const MaskView& mask,
                       const SsimWindow& window, const Grid& grid) {
  const auto read_pixels = HARMONIA_PICK(read_pair<Sample>);
  const auto read_mask = HARMONIA_PICK(read_weights);
  const auto add_in_float = HARMONIA_PICK(add_coarse<Sample>);
  const auto add_in_double = HARMONIA_PICK(add_fine<Sample>);
  const SsimPlan<float> coarse = plan_of<float>(window);
  const SsimPlan<double> fine = plan_of<double>(window);
  const bool always_fine = window.c2 < 1.0;
  const int mask_shift = window.radius;

  std::vector<SsimTileSums> parts(static_cast<std::size_t>(grid.rows));
  parallel_for(grid.rows, [&](std::int64_t row) {
    // Nothing is read that has not been written: the memory is not cleared.
    const std::unique_ptr<SsimPair<Sample>> pair(new SsimPair<Sample>);
    const std::unique_ptr<SsimWeights> weights(mask.data != nullptr ? new SsimWeights : nullptr);
    const std::unique_ptr<SsimRows<float>> rows(new SsimRows<float>);
    std::unique_ptr<SsimRows<double>> fine_rows;
    SsimTileSums& sums = parts[static_cast<std::size_t>(row)];
    for (std::int64_t column = 0; column < grid.columns; ++column) {
      const SsimTile tile = grid.tile(row, column);
      read_pixels(output, target, tile, window.radius, *pair);
      if (weights) read_mask(mask, tile, mask_shift, *weights, sums);
      for (int c = 0; c < 3; ++c) {
        if (!always_fine && add_in_float(*pair, c, tile, coarse, weights.get(), *rows, sums)) {
          continue;
        }
        if (!fine_rows) fine_rows.reset(new SsimRows<double>);
        add_in_double(*pair, c, tile, fine, weights.get(), *fine_rows, sums);
      }
    }
  });
  SsimTileSums all;
  for (const SsimTileSums& part : parts) all.add(part);
  return all;
}

}  // namespace

SsimSums ssim(const ImageView& output, const ImageView& target, const MaskView& mask,
              const SsimWindow& window) {
  const Grid grid(output, window);
  check(grid, output, window);
  const bool codes = output.scalar == Scalar::u8 && target.scalar == Scalar::u8;
  const SsimTileSums all = codes ? sum_tiles<std::uint8_t>(output, target, mask, window, grid)
                                 : sum_tiles<float>(output, target, mask, window, grid);
  SsimSums sums;
  sums.count = grid.height * grid.width;
  constexpr double kStep = 1.0 / pixel::kSsimStep;
  constexpr double kWeightedStep = 1.0 / pixel::kSsimWeightedStep;
  for (int c = 0; c < 3; ++c) {
    sums.ssim[c] = static_cast<double>(all.channels[c].ssim) * kStep;
    sums.cs[c] = static_cast<double>(all.channels[c].cs) * kStep;
    sums.masked[c] = mask.data == nullptr
                         ? sums.ssim[c]
                         : static_cast<double>(all.channels[c].masked) * kWeightedStep / 255.0;
  }
  sums.weight = mask.data == nullptr ? static_cast<double>(sums.count)
                                     : static_cast<double>(all.weight) * kWeightedStep / 255.0;
  return sums;
}

}  // namespace harmonia
