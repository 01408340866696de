#include "harmonia/sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "random.hpp"

namespace harmonia {
namespace {

// Which positions are kept: those whose hash is below a bound.
struct Selection {
  std::uint64_t seed, bound;

  static Selection of(std::int64_t count, std::int64_t limit, std::uint64_t seed) {
    if (count <= limit) return {seed, ~std::uint64_t{0}};
    const double share = static_cast<double>(limit) / static_cast<double>(count);
    return {seed, static_cast<std::uint64_t>(std::ldexp(share, 64))};
  }

  bool takes(std::uint64_t position) const {
    if (bound == ~std::uint64_t{0}) return true;
    return mixed((position + 1) * kGolden + seed * 0xd1342543de82ef95u) < bound;
  }
};

void add(Sample& to, const Block& block, int i, float weight) {
  to.x.push_back(block.x[i]);
  to.y.push_back(block.y[i]);
  to.z.push_back(block.z[i]);
  to.weights.push_back(weight);
}

void append(std::vector<float>& to, const std::vector<float>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void append(Sample& to, const Sample& from) {
  append(to.x, from.x);
  append(to.y, from.y);
  append(to.z, from.z);
  append(to.weights, from.weights);
}

// Scattered decisions do not vectorize: only loading and converting come per instruction set.
struct Reader {
  decltype(&baseline::load) load = HARMONIA_PICK(load);
  decltype(&baseline::load_mask) load_mask = HARMONIA_PICK(load_mask);
  decltype(&baseline::from_rgb) from_rgb = HARMONIA_PICK(from_rgb);
};

// Calls visit(y, x, n, weights) for every block of the rows.
template <class Visit>
void each_block(const Reader& reader, const ImageView& image, const MaskView& mask,
                std::int64_t begin, std::int64_t end, Visit visit) {
  Weights weights;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(std::min<std::int64_t>(image.width - x, kBlock));
      if (reader.load_mask(mask, y, x, n, 1.0f, weights) == Cover::none) {
        std::fill_n(weights.w, n, 0.0f);
      }
      visit(y, x, n, weights.w);
    }
  }
}

}  // namespace

RegionSamples masked_sample(const ImageView& image, const MaskView& mask, Space space,
                            std::int64_t limit, std::uint64_t seed) {
  const RowGroups groups(image.height, image.width);
  const Reader reader;
  std::vector<std::array<std::int64_t, 2>> counts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](std::int64_t group) {
    std::array<std::int64_t, 2>& count = counts[static_cast<std::size_t>(group)];
    each_block(reader, image, mask, groups.begin(group), groups.end(group),
               [&](std::int64_t, std::int64_t, int n, const float* weights) {
                 count[0] += std::count_if(weights, weights + n, [](float w) { return w > 0.0f; });
                 count[1] += std::count_if(weights, weights + n, [](float w) { return w < 1.0f; });
               });
  });
  std::array<std::int64_t, 2> total{};
  for (const auto& part : counts) {
    total[0] += part[0];
    total[1] += part[1];
  }
  const auto for_inside = Selection::of(total[0], limit, seed);
  const auto for_outside = Selection::of(total[1], limit, seed);

  std::vector<RegionSamples> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](std::int64_t group) {
    RegionSamples& part = parts[static_cast<std::size_t>(group)];
    each_block(reader, image, mask, groups.begin(group), groups.end(group),
               [&](std::int64_t y, std::int64_t x, int n, const float* weights) {
                 Block block;
                 reader.load(image, y, x, n, block);
                 reader.from_rgb(space, block, padded(n));
                 for (int i = 0; i < n; ++i) {
                   const auto position = static_cast<std::uint64_t>(y * image.width + x + i);
                   const float w = weights[i];
                   if (w > 0.0f && for_inside.takes(position)) add(part.inside, block, i, w);
                   if (w < 1.0f && for_outside.takes(position))
                     add(part.outside, block, i, 1.0f - w);
                 }
               });
  });
  RegionSamples all;
  for (const RegionSamples& part : parts) {
    append(all.inside, part.inside);
    append(all.outside, part.outside);
  }
  return all;
}

}  // namespace harmonia
