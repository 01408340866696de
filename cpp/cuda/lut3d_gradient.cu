// The gradients of a table, a thread a pixel. What pixels give to a node is added as whole numbers:
// of so small a part of the largest gift that 2^62 of it hold those of all pixels. So the order of
// the additions leaves no trace, and the same call gives the same bits again.
//
// In flat parts of an image all pixels of a warp give to the same eight nodes. Their 24 numbers are
// then summed over the warp first, and each lane adds one of the sums:
//
//   lane       0 .. 7        8 .. 15         16 .. 23       24 .. 31
//   adds       red of        green of        blue of        nothing
//              node 0 .. 7   node 0 .. 7     node 0 .. 7
#include "harmonia/lut3d_gradient.hpp"

#include <math_constants.h>

#include <stdexcept>

#include "group.cuh"
#include "harmonia/pixel/lut3d_gradient.hpp"
#include "kernels.hpp"

namespace harmonia::cuda {
namespace {

constexpr unsigned kWholeWarp = 0xffffffffu;
constexpr int kNodes = 8, kSlots = 32;
// More cells than this in a warp: every pixel adds for itself. Summing a warp takes some 250
// instructions a cell, and no address is then met by more than a few lanes anyway.
constexpr int kMostCells = 4;

using Sum = unsigned long long;

// A node, or a derivative of nodes: what pixel::LutSlope calculates with.
struct Node {
  float x, y, z;
};
HARMONIA_HD Node operator+(Node a, Node b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
HARMONIA_HD Node operator-(Node a, Node b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
HARMONIA_HD Node operator*(float a, Node b) { return {a * b.x, a * b.y, a * b.z}; }
HARMONIA_HD pixel::Color color(Node a) { return {a.x, a.y, a.z}; }

struct Inputs {
  ImageView image, gradient;
  Weights weights;
  LutTable lut;
  bool clamped;
};

struct Outputs {
  MutableImageView image;  // no data: not asked for
  std::uint8_t* mask;      // the same
  std::int64_t mask_row_stride, mask_pixel_stride;
  Sum* nodes;  // [r][g][b][4] red, green, blue and nothing; none: not asked for
};

struct Pixel {
  pixel::Color old, gradient;
  float weight;
};

template <class View>
__device__ __forceinline__ pixel::Color color_at(const View& image, std::int64_t y,
                                                 std::int64_t x) {
  const std::uint8_t* const from = address(image, y, x);
  const auto channel = [&](int c) {
    return *reinterpret_cast<const float*>(from + c * image.channel_stride);
  };
  return {channel(0), channel(1), channel(2)};
}

// Beyond the image all is 0, and nothing is given.
__device__ __forceinline__ Pixel load(const Inputs& in, std::int64_t y, std::int64_t x) {
  if (x >= in.image.width) return {};
  const MaskView& mask = in.weights.mask;
  float weight = in.weights.scale;
  if (mask.data != nullptr) {
    const std::uint8_t* const at = address(mask, y, x);
    weight *= mask.scalar == MaskScalar::f32 ? *reinterpret_cast<const float*>(at)
                                             : static_cast<float>(*at);
  }
  return {color_at(in.image, y, x), color_at(in.gradient, y, x), weight};
}

// Where a colour lies in the table.
struct Place {
  std::int32_t node;  // the cell's own
  float x, y, z;      // shares of the way through the cell
  float pace[3];
};

__device__ __forceinline__ Place place_of(const LutTable& lut, bool clamped, pixel::Color color) {
  const float values[3] = {color.x, color.y, color.z};
  const std::int32_t step_of[3] = {lut.node_step[0], lut.node_step[1], 1};
  float fraction[3];
  Place place{};
#pragma unroll
  for (int c = 0; c < 3; ++c) {
    const float t = (values[c] - lut.low[c]) * lut.scale[c];
    const float held = clamped ? pixel::clamp(t, 0.0f, 1.0f) : t;
    const pixel::LutStep step = pixel::lut_step(held, lut.steps[c]);
    place.node += step.index * step_of[c];
    place.pace[c] = pixel::lut_pace(t, lut.scale[c], lut.steps[c], clamped);
    fraction[c] = step.fraction;
  }
  place.x = fraction[0], place.y = fraction[1], place.z = fraction[2];
  return place;
}

__device__ __forceinline__ Node node_at(const LutTable& lut, const Place& place, std::int32_t j) {
  const float4 node =
      __ldg(lut.nodes + place.node + pixel::lut_offset(j, lut.node_step[0], lut.node_step[1]));
  return {node.x, node.y, node.z};
}

// What a pixel gives to the nodes of its cell: weight * (m * g), as the CPU sums it.
template <Interpolation between>
struct Gifts;

template <>
struct Gifts<Interpolation::trilinear> {
  pixel::BilinearWeights bilinear;
  float near[3], far[3];

  __device__ __forceinline__ float at(int j, int c) const {
    return bilinear.w[j / 2] * (j % 2 != 0 ? far[c] : near[c]);
  }
};

template <>
struct Gifts<Interpolation::tetrahedral> {
  float weight[kNodes], part[3];

  __device__ __forceinline__ float at(int j, int c) const { return weight[j] * part[c]; }
};

__device__ __forceinline__ pixel::LutSlope<Node> slope_at(const LutTable& lut, const Place& place,
                                                          const float (&part)[3],
                                                          Gifts<Interpolation::trilinear>& gifts) {
  Node node[kNodes];
#pragma unroll
  for (int j = 0; j < kNodes; ++j) node[j] = node_at(lut, place, j);
  gifts.bilinear = pixel::bilinear_weights(place.x, place.y);
#pragma unroll
  for (int c = 0; c < 3; ++c) {
    gifts.far[c] = place.z * part[c];
    gifts.near[c] = part[c] - gifts.far[c];
  }
  return pixel::trilinear_slope(node, place.x, place.y, place.z);
}

__device__ __forceinline__ pixel::LutSlope<Node> slope_at(
    const LutTable& lut, const Place& place, const float (&part)[3],
    Gifts<Interpolation::tetrahedral>& gifts) {
  const pixel::LutWalk walk = pixel::tetrahedral_walk(place.x, place.y, place.z);
  const Node node[4] = {node_at(lut, place, 0), node_at(lut, place, walk.second),
                        node_at(lut, place, walk.third), node_at(lut, place, 7)};
  gifts.weight[0] = walk.w[0], gifts.weight[7] = walk.w[3];
  // Not by index, which would take the weights out of the registers.
#pragma unroll
  for (int j = 1; j < 7; ++j) {
    gifts.weight[j] = j == walk.second ? walk.w[1] : j == walk.third ? walk.w[2] : 0.0f;
  }
#pragma unroll
  for (int c = 0; c < 3; ++c) gifts.part[c] = part[c];
  return pixel::tetrahedral_slope(node, walk);
}

// Slot 8 * channel + node of a lane becomes the sum of slot `lane` over all lanes. In each step a
// lane keeps the half of the slots that its own lies in, and gives the other half away.
template <int count>
__device__ __forceinline__ Sum sum_of_slot(const Sum (&slots)[count]) {
  constexpr int half = count / 2;
  const bool upper = (static_cast<int>(threadIdx.x) & half) != 0;
  Sum kept[half];
#pragma unroll
  for (int i = 0; i < half; ++i) {
    const Sum given = upper ? slots[i] : slots[i + half];
    kept[i] = (upper ? slots[i + half] : slots[i]) + __shfl_xor_sync(kWholeWarp, given, half);
  }
  if constexpr (half > 1) {
    return sum_of_slot(kept);
  } else {
    return kept[0];
  }
}

// All lanes come here, also those that give nothing.
template <Interpolation between>
__device__ __forceinline__ void give_to_nodes(const LutTable& lut, Sum* nodes, std::int32_t cell,
                                              bool gives, const Gifts<between>& gifts,
                                              double units) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  const auto number = [&](int j, int c) {
    return static_cast<Sum>(__double2ll_rn(static_cast<double>(gifts.at(j, c)) * units));
  };
  const auto sum_at = [&](std::int32_t own, int j, int c) {
    return nodes +
           4 * std::int64_t{own + pixel::lut_offset(j, lut.node_step[0], lut.node_step[1])} + c;
  };
  const unsigned alike = __match_any_sync(kWholeWarp, gives ? cell : -1);
  unsigned first_ones =
      __ballot_sync(kWholeWarp, gives && (alike & ((1u << lane) - 1)) == 0 ? 1 : 0);
  if (__popc(first_ones) > kMostCells) {
    if (!gives) return;
#pragma unroll
    for (int j = 0; j < kNodes; ++j) {
      for (int c = 0; c < 3; ++c) {
        const Sum given = number(j, c);
        if (given != 0) atomicAdd(sum_at(cell, j, c), given);
      }
    }
    return;
  }
#pragma unroll 1
  for (; first_ones != 0; first_ones &= first_ones - 1) {
    const std::int32_t shared =
        __shfl_sync(kWholeWarp, cell, __ffs(static_cast<int>(first_ones)) - 1);
    const bool mine = gives && cell == shared;
    Sum slots[kSlots];
#pragma unroll
    for (int i = 0; i < kSlots; ++i) {
      slots[i] = mine && i < 3 * kNodes ? number(i % kNodes, i / kNodes < 3 ? i / kNodes : 0) : 0;
    }
    const Sum sum = sum_of_slot(slots);
    if (sum != 0) atomicAdd(sum_at(shared, lane % kNodes, lane / kNodes), sum);
  }
}

// What a pixel gives to a node is no larger; not a number where it gives none.
__device__ __forceinline__ float bound_of(const Inputs& in, const Pixel& at) {
  const pixel::Color& g = at.gradient;
  const float bound = at.weight * (fabsf(g.x) + fabsf(g.y) + fabsf(g.z));
  if (in.clamped) return bound;  // weights are within 0..1
  const Place place = place_of(in.lut, false, at.old);
  return bound * ((1.0f + fabsf(place.x)) * (1.0f + fabsf(place.y))) * (1.0f + fabsf(place.z));
}

constexpr unsigned kInfinite = 0x7f800000u;  // the bits of this and more are no finite bound

// A 1 is 2^this units: with gifts below 2^(exponent + 1) those of 2^pixel_bits pixels stay below
// 2^62.
__device__ __forceinline__ int unit_bits(unsigned bound, int pixel_bits) {
  const int exponent = bound < (1u << 23) ? -126 : static_cast<int>(bound >> 23) - 127;
  return 61 - pixel_bits - exponent;
}

// Calls visit(y, x) for the pixels of a thread. The lanes of a warp are neighbours in a row and all
// come as often: beyond the end of the row too.
template <class Visit>
__device__ __forceinline__ void for_each_pixel(std::int64_t height, std::int64_t width,
                                               const Visit& visit) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  const std::int64_t first = std::int64_t{blockIdx.x} * kThreads + (threadIdx.x - lane);
  for (std::int64_t y = blockIdx.y; y < height; y += gridDim.y) {
    for (std::int64_t x = first; x < width; x += std::int64_t{gridDim.x} * kThreads) {
      visit(y, x + lane);
    }
  }
}

__global__ void __launch_bounds__(kThreads) find_bound(Inputs in, unsigned* bound) {
  unsigned most = 0;
  for_each_pixel(in.image.height, in.image.width, [&](std::int64_t y, std::int64_t x) {
    most = max(most, static_cast<unsigned>(pixel::bits_of(bound_of(in, load(in, y, x)))));
  });
  atomicMax(bound, most);
}

template <Interpolation between>
__global__ void __launch_bounds__(kThreads, 2)
    differentiate(Inputs in, Outputs out, const unsigned* bound, int pixel_bits) {
  const double units = out.nodes != nullptr ? ldexp(1.0, unit_bits(*bound, pixel_bits)) : 0.0;
  for_each_pixel(in.image.height, in.image.width, [&](std::int64_t y, std::int64_t x) {
    const Pixel at = load(in, y, x);
    const pixel::Color g = at.gradient;
    const Place place = place_of(in.lut, in.clamped, at.old);
    const float part[3] = {at.weight * g.x, at.weight * g.y, at.weight * g.z};
    Gifts<between> gifts;
    const pixel::LutSlope<Node> slope = slope_at(in.lut, place, part, gifts);
    if (x < in.image.width) {
      if (out.image.data != nullptr) {
        std::uint8_t* const to = address(out.image, y, x);
        const auto store = [&](int c, Node along, float own) {
          *reinterpret_cast<float*>(to + c * out.image.channel_stride) =
              pixel::lut_image_gradient(color(along), g, own, place.pace[c], at.weight);
        };
        store(0, slope.red, g.x);
        store(1, slope.green, g.y);
        store(2, slope.blue, g.z);
      }
      if (out.mask != nullptr) {
        *reinterpret_cast<float*>(out.mask + y * out.mask_row_stride + x * out.mask_pixel_stride) =
            pixel::lut_mask_gradient(color(slope.value), at.old, g);
      }
    }
    if (out.nodes != nullptr) {
      const bool gives = part[0] != 0.0f || part[1] != 0.0f || part[2] != 0.0f;
      give_to_nodes(in.lut, out.nodes, place.node, gives, gifts, units);
    }
  });
}

// From sums of whole numbers to gradients without gaps.
__global__ void __launch_bounds__(kThreads)
    finish(const Sum* sums, std::int64_t nodes, const unsigned* bound, int pixel_bits, float* to) {
  // Whole numbers have no place for what is not finite: all nodes say so then.
  const double unit = *bound < kInfinite ? ldexp(1.0, -unit_bits(*bound, pixel_bits)) : CUDART_NAN;
  const std::int64_t step = std::int64_t{gridDim.x} * kThreads;
  for (std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x; i < nodes; i += step) {
    for (int c = 0; c < 3; ++c) {
      to[3 * i + c] =
          static_cast<float>(static_cast<double>(static_cast<long long>(sums[4 * i + c])) * unit);
    }
  }
}

int bits_for(std::int64_t pixels) {
  int bits = 0;
  while ((std::int64_t{1} << bits) < pixels) ++bits;
  return bits;
}

dim3 grid_of(std::int64_t height, std::int64_t width) {
  const std::int64_t most = blocks_that_fill(), needed = (width + kThreads - 1) / kThreads;
  const std::int64_t across = needed < most ? needed : most;
  std::int64_t down = most / across < 65535 ? most / across : 65535;
  down = down < height ? down : height;
  return dim3(static_cast<unsigned>(across), static_cast<unsigned>(down));
}

}  // namespace

void lut3d_gradient(const ImageView& image, const MaskView& mask, const Lut3d& lut,
                    Interpolation interpolation, OutOfRange out_of_range, const ImageView& gradient,
                    const Lut3dGradients& out, cudaStream_t stream) {
  if (lut.has_shaper()) {
    throw std::invalid_argument("there is no gradient through the shaper of a LUT");
  }
  std::int64_t nodes = 1;
  for (int c = 0; c < 3; ++c) nodes *= lut.steps()[c] + 1;
  if (out.nodes != nullptr) {
    for (int c = 0; c < 3; ++c) {
      if (out.size[c] != lut.steps()[c] + 1) {
        throw std::invalid_argument("the gradient of a LUT must have as many nodes as the LUT");
      }
    }
  }
  const std::int64_t width = image.width;
  const bool has_pixels = width > 0 && image.height > 0;
  const MaskView to_mask{reinterpret_cast<const std::uint8_t*>(out.mask), MaskScalar::f32,
                         out.mask_row_stride, out.mask_pixel_stride};
  if (image.height > 1 && has_pixels && is_one_row(image, width) && is_one_row(gradient, width) &&
      is_one_row(mask, width) && is_one_row(out.image, width) && is_one_row(to_mask, width)) {
    Lut3dGradients flat = out;
    if (out.image.data != nullptr) flat.image = as_one_row(out.image);
    return lut3d_gradient(as_one_row(image), mask, lut, interpolation, out_of_range,
                          as_one_row(gradient), flat, stream);
  }
  const Inputs in{image, gradient, weights_of(mask, image.height, 1.0f), lut.table(stream),
                  out_of_range == OutOfRange::clamp};
  const int pixel_bits = bits_for(image.height * width);
  const std::size_t bytes = static_cast<std::size_t>(nodes) * 4 * sizeof(Sum);
  const bool of_nodes = out.nodes != nullptr;
  const StreamMemory memory(of_nodes ? bytes + sizeof(unsigned) : 1, stream);
  Sum* const sums = of_nodes ? memory.as<Sum>() : nullptr;
  auto* const bound = of_nodes ? reinterpret_cast<unsigned*>(sums + 4 * nodes) : nullptr;
  if (of_nodes) {
    check(cudaMemsetAsync(sums, 0, bytes + sizeof(unsigned), stream), "cudaMemsetAsync");
  }
  if (has_pixels) {
    const dim3 grid = grid_of(image.height, width);
    if (of_nodes) launch(find_bound, grid, stream, in, bound);
    const Outputs to{out.image, reinterpret_cast<std::uint8_t*>(out.mask), out.mask_row_stride,
                     out.mask_pixel_stride, sums};
    const auto kernel = interpolation == Interpolation::trilinear
                            ? differentiate<Interpolation::trilinear>
                            : differentiate<Interpolation::tetrahedral>;
    launch(kernel, grid, stream, in, to, bound, pixel_bits);
  }
  if (of_nodes)
    launch(finish, grid_of(1, nodes), stream, sums, nodes, bound, pixel_bits, out.nodes);
}

}  // namespace harmonia::cuda
