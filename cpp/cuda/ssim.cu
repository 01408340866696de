// The twin of src/ssim.inl, with the bits of the CPU: the same tiles, centres and rows without a
// difference, the same order within a window, and sums in whole numbers.
//
//   prepare       a block a channel of a tile: its centre, and what is due for each of its rows
//   sum_windows   a block a part of that: 128 columns side by side walk down the rows, the first
//                 half of the threads filters sums, the second half differences
//   join          a block an image: float32 where it was exact enough, else double
//
// One launch of each serves a batch.

#include <vector>

#include "group.cuh"
#include "kernels.hpp"
#include "ssim_grid.hpp"

namespace harmonia::cuda {
namespace {

constexpr int kReach = 2 * kMostSsimRadius;
constexpr int kInputRows = kSsimHeight + kReach, kInputColumns = kSsimWidth + kReach;
constexpr int kPartRows = 32;
constexpr int kParts = kSsimHeight / kPartRows;
static_assert(kThreads == 2 * kSsimWidth);
static_assert(kInputRows <= kThreads && kInputColumns <= kThreads);

enum RowState : std::uint8_t { kOnes, kFiltered, kAsked };

struct Scene {
  SsimBatch batch;
  SsimGrid grid;
  int radius;
};

// Of one channel of one tile.
struct Prepared {
  std::int32_t sum_centre, difference_centre;
  std::int32_t asked;  // rows
  std::int64_t weight;
  RowState rows[kSsimHeight];
};

struct Found {
  std::int64_t ssim, cs, masked, conditions;
};

// What a block works on, and where it lies among the tiles of all images.
struct Place {
  SsimTile tile;
  std::int64_t image, index;
  int channel;
};

__device__ __forceinline__ Place place_of(const Scene& scene) {
  const std::int64_t tiles = scene.grid.rows * scene.grid.columns, tile = blockIdx.x;
  Place place;
  place.tile = scene.grid.tile(tile / scene.grid.columns, tile % scene.grid.columns);
  place.image = blockIdx.z / 3;
  place.channel = static_cast<int>(blockIdx.z % 3);
  place.index = (place.image * tiles + tile) * 3 + place.channel;
  return place;
}

template <class S>
__device__ __forceinline__ float level(const std::uint8_t* at) {
  return S::unit(*reinterpret_cast<const typename S::Type*>(at)) * 255.0f;
}

__device__ __forceinline__ float level_at(const ImageView& image, std::int64_t offset,
                                          std::int64_t y, std::int64_t x, int channel) {
  if (y < 0 || y >= image.height || x < 0 || x >= image.width) return 0.0f;
  const std::uint8_t* const at = address(image, y, x) + offset + channel * image.channel_stride;
  switch (image.scalar) {
    case Scalar::u8: return static_cast<float>(*at);
    case Scalar::u16: return level<pixel::U16>(at);
    case Scalar::f16: return level<pixel::F16>(at);
    default: return level<pixel::F32>(at);
  }
}

// Pixel (row, column) of what lies under the tile.
struct Levels {
  float output, target;
};

__device__ __forceinline__ Levels levels_at(const Scene& scene, const Place& place, int row,
                                            int column) {
  const SsimBatch& batch = scene.batch;
  const std::int64_t y = place.tile.top + row, x = place.tile.left + column;
  return {level_at(batch.output, place.image * batch.output_step, y, x, place.channel),
          level_at(batch.target, place.image * batch.target_step, y, x, place.channel)};
}

// 0..255, of a pixel of the map.
__device__ __forceinline__ float weight_at(const Scene& scene, const Place& place, int row,
                                           int column) {
  const MaskView& mask = scene.batch.mask;
  const std::uint8_t* const at =
      address(mask, place.tile.top + scene.radius + row, place.tile.left + scene.radius + column) +
      place.image * scene.batch.mask_step;
  if (mask.scalar == MaskScalar::f32) return *reinterpret_cast<const float*>(at) * 255.0f;
  if (mask.scalar == MaskScalar::u8) return static_cast<float>(*at);
  return *at != 0 ? 255.0f : 0.0f;
}

__device__ __forceinline__ void add_to(std::int64_t* sum, std::int64_t value) {
  atomicAdd(reinterpret_cast<unsigned long long*>(sum), static_cast<unsigned long long>(value));
}

// All threads of the warp come here.
__device__ __forceinline__ std::int64_t warp_total(std::int64_t value) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    value += __shfl_down_sync(0xffffffffu, value, offset);
  }
  return value;  // complete in lane 0
}

__device__ __forceinline__ void add_warp_to(std::int64_t* sum, std::int64_t value) {
  const std::int64_t total = warp_total(value);
  if (threadIdx.x % kWarp == 0 && total != 0) add_to(sum, total);
}

__global__ void __launch_bounds__(kThreads) prepare(Scene scene, Prepared* all) {
  __shared__ bool equal[kInputRows];
  __shared__ std::int64_t sums[3];
  const Place place = place_of(scene);
  const int reach = 2 * scene.radius;
  const int rows = place.tile.height + reach, columns = place.tile.width + reach;
  const int thread = static_cast<int>(threadIdx.x), lane = thread % kWarp;
  if (thread < 3) sums[thread] = 0;
  __syncthreads();
  std::int64_t sum = 0, difference = 0, weight = 0;
  for (int row = thread / kWarp; row < rows; row += kThreads / kWarp) {
    bool same = true;
    for (int column = lane; column < columns; column += kWarp) {
      const Levels levels = levels_at(scene, place, row, column);
      same = same && levels.output == levels.target;
      if (row % kCentreRows == 0) {
        const std::int32_t x = near_code(levels.output), y = near_code(levels.target);
        sum += x + y;
        difference += x - y;
      }
    }
    const bool all_same = __all_sync(0xffffffffu, same);
    if (lane == 0) equal[row] = all_same;
  }
  if (scene.batch.mask.data != nullptr && place.channel == 0) {
    for (int i = thread; i < place.tile.height * kSsimWidth; i += kThreads) {
      const int row = i / kSsimWidth, column = i % kSsimWidth;
      if (column < place.tile.width) {
        weight += pixel::ssim_fixed_weighted(1.0f, weight_at(scene, place, row, column));
      }
    }
  }
  add_warp_to(&sums[0], sum);
  add_warp_to(&sums[1], difference);
  add_warp_to(&sums[2], weight);
  __syncthreads();
  if (thread != 0) return;
  Prepared& prepared = all[place.index];
  const std::int32_t count = (rows + kCentreRows - 1) / kCentreRows * columns;
  prepared.sum_centre = static_cast<std::int32_t>(sums[0]) / count;
  prepared.difference_centre = static_cast<std::int32_t>(sums[1]) / count;
  prepared.weight = sums[2];
  int run = 0, filtered = 0, asked = 0;
  for (int row = 0; row < rows; ++row) {
    run = equal[row] ? run + 1 : 0;
    if (row < reach) continue;
    RowState state = kOnes;
    if (run <= reach) {
      state = filtered++ % kConditionRows == 0 ? kAsked : kFiltered;
      asked += state == kAsked ? 1 : 0;
    }
    prepared.rows[row - reach] = state;
  }
  prepared.asked = asked;
}

// The last rows of one column, filtered along the row. Of known radius they stay in registers.
template <class Real, int known>
struct Column {
  static constexpr int kLength = 2 * known + 1;
  Real means[kLength], squares[kLength];

  __device__ __forceinline__ void push(Real mean, Real square, int) {
#pragma unroll
    for (int k = 0; k + 1 < kLength; ++k) {
      means[k] = means[k + 1];
      squares[k] = squares[k + 1];
    }
    means[kLength - 1] = mean;
    squares[kLength - 1] = square;
  }
  __device__ __forceinline__ Real mean(int k, int) const { return means[k]; }
  __device__ __forceinline__ Real square(int k, int) const { return squares[k]; }
};

template <class Real>
struct Column<Real, 0> {
  Real means[kReach + 1], squares[kReach + 1];
  int next = 0;

  __device__ __forceinline__ void push(Real mean, Real square, int length) {
    means[next] = mean;
    squares[next] = square;
    next = next + 1 < length ? next + 1 : 0;
  }
  __device__ __forceinline__ int at(int k, int length) const {
    return next + k < length ? next + k : next + k - length;
  }
  __device__ __forceinline__ Real mean(int k, int length) const { return means[at(k, length)]; }
  __device__ __forceinline__ Real square(int k, int length) const { return squares[at(k, length)]; }
};

template <class Real, int known>
__global__ void __launch_bounds__(kThreads)
    sum_windows(Scene scene, SsimPlan<Real> plan, const Prepared* all, const Found* coarse,
                Found* found) {
  __shared__ Real lines[2][2][kInputColumns];  // of even and odd rows: sums and differences
  __shared__ Real differences[2][kSsimWidth];  // means, squares
  const Place place = place_of(scene);
  const Prepared& prepared = all[place.index];
  const int radius = known > 0 ? known : plan.radius, reach = 2 * radius;
  if (coarse != nullptr && !too_coarse(coarse[place.index].conditions,
                                       std::int64_t{prepared.asked} * place.tile.width, radius)) {
    return;
  }
  pixel::SsimScale<Real> scale = plan.scale;
  scale.sum_centre = static_cast<Real>(prepared.sum_centre);
  scale.difference_centre = static_cast<Real>(prepared.difference_centre);
  const int thread = static_cast<int>(threadIdx.x);
  const int half = thread / kSsimWidth, column = thread % kSsimWidth;
  const bool counts = half == 0 && column < place.tile.width;
  const bool masked = scene.batch.mask.data != nullptr;
  const int begin = static_cast<int>(blockIdx.y) * kPartRows;
  const int end = min(begin + kPartRows, place.tile.height);
  Column<Real, known> rows;
  std::int64_t ssim = 0, cs = 0, weighted = 0, conditions = 0;
  int ready = begin;
  for (int r = begin; r < end; ++r) {
    const RowState state = prepared.rows[r];
    const float weight = masked && counts ? weight_at(scene, place, r, column) : 0.0f;
    if (state == kOnes) {
      if (counts) {
        ssim += pixel::ssim_fixed(1.0f);
        cs += pixel::ssim_fixed(1.0f);
        weighted += pixel::ssim_fixed_weighted(1.0f, weight);
      }
      continue;
    }
    for (ready = max(ready, r); ready <= r + reach; ++ready) {
      Real(*const line)[kInputColumns] = lines[ready % 2];
      if (thread < place.tile.width + reach) {
        const Levels levels = levels_at(scene, place, ready, thread);
        const Real x = static_cast<Real>(levels.output), y = static_cast<Real>(levels.target);
        line[0][thread] = (x + y) - scale.sum_centre;
        line[1][thread] = (x - y) - scale.difference_centre;
      }
      __syncthreads();
      const Real* const from = line[half] + column;
      Real mean = Real(0), square = Real(0);
#pragma unroll
      for (int k = 0; k < radius; ++k) {
        const Real a = from[k], b = from[reach - k];
        mean += plan.taps[k] * (a + b);
        square += plan.taps[k] * (a * a + b * b);
      }
      const Real centre = from[radius];
      mean += plan.taps[radius] * centre;
      square += plan.taps[radius] * (centre * centre);
      rows.push(mean, square, reach + 1);
    }
    Real mean = Real(0), square = Real(0);
#pragma unroll
    for (int k = 0; k < radius; ++k) {
      mean += plan.taps[k] * (rows.mean(k, reach + 1) + rows.mean(reach - k, reach + 1));
      square += plan.taps[k] * (rows.square(k, reach + 1) + rows.square(reach - k, reach + 1));
    }
    mean += plan.taps[radius] * rows.mean(radius, reach + 1);
    square += plan.taps[radius] * rows.square(radius, reach + 1);
    if (half == 1) {
      differences[0][column] = mean;
      differences[1][column] = square;
    }
    __syncthreads();
    if (!counts) continue;
    const pixel::SsimMoments<Real> moments = {mean, differences[0][column], square,
                                              differences[1][column]};
    const pixel::SsimValue<Real> value = pixel::ssim_value(moments, scale);
    ssim += pixel::ssim_fixed(value.ssim);
    cs += pixel::ssim_fixed(value.cs);
    weighted += pixel::ssim_fixed_weighted(value.ssim, weight);
    if (state == kAsked) conditions += fixed_condition(pixel::ssim_condition(moments, scale));
  }
  Found& sums = found[place.index];
  add_warp_to(&sums.ssim, ssim);
  add_warp_to(&sums.cs, cs);
  add_warp_to(&sums.masked, weighted);
  add_warp_to(&sums.conditions, conditions);
}

__global__ void __launch_bounds__(kThreads)
    join(Scene scene, const Prepared* all, const Found* coarse, const Found* fine,
         SsimTileSums* totals) {
  SsimTileSums sums;
  const std::int64_t tiles = scene.grid.rows * scene.grid.columns;
  for (std::int64_t tile = threadIdx.x; tile < tiles; tile += kThreads) {
    const int width = scene.grid.tile(tile / scene.grid.columns, tile % scene.grid.columns).width;
    for (int c = 0; c < 3; ++c) {
      const std::int64_t index = (blockIdx.x * tiles + tile) * 3 + c;
      const bool exact =
          coarse != nullptr && !too_coarse(coarse[index].conditions,
                                           std::int64_t{all[index].asked} * width, scene.radius);
      const Found& found = exact ? coarse[index] : fine[index];
      sums.add(c, {found.ssim, found.cs, found.masked});
      sums.weight += all[index].weight;
    }
  }
  SsimTileSums& total = totals[blockIdx.x];
  for (int c = 0; c < 3; ++c) {
    add_warp_to(&total.channels[c].ssim, sums.channels[c].ssim);
    add_warp_to(&total.channels[c].cs, sums.channels[c].cs);
    add_warp_to(&total.channels[c].masked, sums.channels[c].masked);
  }
  add_warp_to(&total.weight, sums.weight);
}

template <class Real>
void launch_windows(const Scene& scene, const SsimWindow& window, dim3 grid, const Prepared* all,
                    const Found* coarse, Found* found, cudaStream_t stream) {
  const SsimPlan<Real> plan = ssim_plan<Real>(window);
  const auto kernel = window.radius == 5   ? sum_windows<Real, 5>
                      : window.radius == 3 ? sum_windows<Real, 3>
                                           : sum_windows<Real, 0>;
  launch(kernel, grid, stream, scene, plan, all, coarse, found);
}

// Images of a batch that one launch can count in grid.z.
constexpr std::int64_t kMostImages = 65535 / 3;

void sum_images(const SsimBatch& batch, const SsimGrid& grid, const SsimWindow& window,
                SsimSums* sums, cudaStream_t stream) {
  const Scene scene = {batch, grid, window.radius};
  const std::int64_t channels = grid.rows * grid.columns * batch.images * 3;
  const std::size_t of_sums = static_cast<std::size_t>(batch.images) * sizeof(SsimTileSums);
  const std::size_t of_found = static_cast<std::size_t>(channels) * sizeof(Found);
  // Totals, sums in float32, sums in double; then what is prepared, which needs no zeros.
  const std::size_t cleared = of_sums + 2 * of_found;
  const StreamMemory memory(cleared + static_cast<std::size_t>(channels) * sizeof(Prepared),
                            stream);
  char* const bytes = memory.as<char>();
  check(cudaMemsetAsync(bytes, 0, cleared, stream), "cudaMemsetAsync");
  auto* const totals = reinterpret_cast<SsimTileSums*>(bytes);
  auto* const coarse = reinterpret_cast<Found*>(bytes + of_sums);
  auto* const fine = reinterpret_cast<Found*>(bytes + of_sums + of_found);
  auto* const prepared = reinterpret_cast<Prepared*>(bytes + cleared);

  const dim3 blocks(static_cast<unsigned>(grid.rows * grid.columns), 1,
                    static_cast<unsigned>(3 * batch.images));
  const dim3 parts(blocks.x, kParts, blocks.z);
  const bool in_float = !always_in_double(window);
  const Found* const tried = in_float ? coarse : nullptr;
  launch(prepare, blocks, stream, scene, prepared);
  if (in_float) {
    launch_windows<float>(scene, window, parts, prepared, nullptr, coarse, stream);
  }
  launch_windows<double>(scene, window, parts, prepared, tried, fine, stream);
  launch(join, dim3(static_cast<unsigned>(batch.images)), stream, scene, prepared, tried, fine,
         totals);

  std::vector<SsimTileSums> found(static_cast<std::size_t>(batch.images));
  check(cudaMemcpyAsync(found.data(), totals, of_sums, cudaMemcpyDeviceToHost, stream),
        "cudaMemcpyAsync");
  check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  for (std::int64_t i = 0; i < batch.images; ++i) {
    sums[i] = ssim_sums(found[static_cast<std::size_t>(i)], grid, batch.mask.data != nullptr);
  }
}

}  // namespace

void ssim(const SsimBatch& batch, const SsimWindow& window, SsimSums* sums, cudaStream_t stream) {
  const SsimGrid grid = ssim_grid(batch.output, window);
  for (std::int64_t first = 0; first < batch.images; first += kMostImages) {
    SsimBatch part = batch;
    part.images = batch.images - first < kMostImages ? batch.images - first : kMostImages;
    part.output.data += first * batch.output_step;
    part.target.data += first * batch.target_step;
    if (batch.mask.data != nullptr) part.mask.data += first * batch.mask_step;
    sum_images(part, grid, window, sums + first, stream);
  }
}

}  // namespace harmonia::cuda
