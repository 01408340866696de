// libFuzzer over what solves and matches without a picture: the membrane, push-pull, transport,
// quantiles, erosion, closed-form maps, and what LZW of TIFF unpacks to.
#include <cmath>

#include "harmonia/erosion.hpp"
#include "harmonia/membrane.hpp"
#include "harmonia/push_pull.hpp"
#include "harmonia/tiff_lzw.hpp"
#include "harmonia/transfer/mkl.hpp"
#include "harmonia/transfer/quantiles.hpp"
#include "harmonia/transfer/reinhard.hpp"
#include "harmonia/transfer/xiao.hpp"
#include "harmonia/transport.hpp"
#include "kernel_input.hpp"

namespace {

using namespace fuzz;

void fuzz_membrane(Bytes& from) {
  const Size size = Size::of(from, 1);
  const auto count = static_cast<std::size_t>(size.height * size.width);
  Noise noise(from);
  const std::uint32_t density = 1 + from.byte() % 8;
  std::vector<std::uint8_t> inside(count);
  std::vector<float> hold(count), pull(count);
  float low = 0.0f, high = 0.0f;
  for (std::size_t i = 0; i < count; ++i) {
    inside[i] = noise.next() % density != 1;
    if (inside[i] == 0) continue;
    hold[i] = noise.next() % 4 == 0 ? static_cast<float>(noise.next() % 5) : 0.01f;
    if (hold[i] == 0.0f) hold[i] = 0.01f;  // some cell of every piece is held
    const float value = from.floating(Floats::unit);
    pull[i] = hold[i] * value;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const harmonia::FreeSides free{from.flag(), from.flag(), from.flag(), from.flag()};
  require_same_everywhere([&] {
    std::vector<float> e(count);
    harmonia::membrane(inside.data(), size.height, size.width, hold.data(), pull.data(), free,
                       e.data());
    for (const float value : e) require_within(value, low - 1e-3f, high + 1e-3f);
    return bytes_of(e);
  });
}

void fuzz_push_pull(Bytes& from) {
  const Size size = Size::of(from, 1);
  harmonia::WeightedPlanes planes(size.height, size.width);
  Noise noise(from);
  const std::uint32_t density = 1 + from.byte();
  for (std::size_t i = 0; i < planes.x.size(); ++i) {
    planes.x[i] = planes.y[i] = planes.z[i] = from.floating(Floats::unit);
    planes.weights[i] = i == 0 || noise.next() % density == 0 ? 1.0f : 0.0f;
  }
  const harmonia::WeightedPlanes before = planes;
  harmonia::push_pull(planes);
  for (std::size_t i = 0; i < planes.x.size(); ++i) {
    require_within(planes.x[i], 0.0f, 1.0f);
    require(before.weights[i] != 1.0f || planes.x[i] == before.x[i]);
  }
}

std::vector<double> amounts(Bytes& from, int count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = from.byte() < 64 ? from.number() : from.byte();
  return values;
}

void fuzz_transport(Bytes& from) {
  const int n = from.byte() % 12, k = from.byte() % 12;
  const std::vector<double> supply = amounts(from, n), demand = amounts(from, k);
  std::vector<double> cost = amounts(from, n * k);
  for (double& value : cost) value = std::abs(value);
  const std::vector<double> flow = harmonia::transport(supply, demand, cost);
  require(flow.size() == cost.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < flow.size(); ++i) {
    require(fuzz::finite(flow[i]) && flow[i] >= 0.0);
    require(flow[i] == 0.0 || (supply[i / demand.size()] > 0.0 && demand[i % demand.size()] > 0.0));
    sum += flow[i];
  }
  const auto any = [](const std::vector<double>& side) {
    return std::any_of(side.begin(), side.end(), [](double amount) { return amount > 0.0; });
  };
  const double wanted = any(supply) && any(demand) ? 1.0 : 0.0;
  require_within(sum, wanted - 1e-9, wanted + 1e-9);
}

void fuzz_quantiles(Bytes& from) {
  const int bins = 1 + from.below(300);
  std::vector<double> source(static_cast<std::size_t>(bins)), target(source), map(source);
  for (int i = from.byte() % 40; i > 0; --i) source[from.below(bins)] = from.unit();
  for (int i = from.byte() % 40; i > 0; --i) target[from.below(bins)] = from.unit();
  const auto rank = from.one_of({harmonia::Rank::upper, harmonia::Rank::middle});
  harmonia::match_quantiles(source.data(), target.data(), bins, rank, map.data());
  for (int i = 0; i < bins; ++i) {
    require(fuzz::finite(map[i]) && (i == 0 || map[i] >= map[i - 1]));
  }
}

void fuzz_erosion(Bytes& from) {
  const Size size = Size::of(from, 1);
  harmonia::Bitmap bitmap{size.height, size.width, {}};
  Noise noise(from);
  const std::uint32_t density = 1 + from.byte();
  bitmap.set.resize(static_cast<std::size_t>(size.height * size.width));
  for (std::uint8_t& pixel : bitmap.set) pixel = noise.next() % density != 1;
  const harmonia::Bitmap eroded = harmonia::eroded_by_disk(bitmap, from.below(400));
  require(eroded.set.size() == bitmap.set.size());
  for (std::size_t i = 0; i < bitmap.set.size(); ++i) require(bitmap.set[i] || !eroded.set[i]);
}

harmonia::Moments moments_of(Bytes& from) {
  harmonia::Moments moments;
  for (int i = from.byte() % 6; i > 0; --i) {
    harmonia::Moments pixel;
    pixel.weight = from.unit();
    for (double& mean : pixel.mean) mean = from.floating(Floats::unit);
    if (pixel.weight > 0.0) moments.add(pixel);
  }
  return moments;
}

void fuzz_maps(Bytes& from) {
  const harmonia::Moments source = moments_of(from), target = moments_of(from);
  for (const harmonia::AffineMap& map :
       {harmonia::mkl(source, target), harmonia::xiao(source, target),
        harmonia::xiao_plain(source, target),
        harmonia::reinhard(source, target, harmonia::Space::lab)}) {
    require_finite(map.matrix, 9);
    require_finite(map.offset, 3);
  }
}

void fuzz_lzw(Bytes& from) {
  const std::int64_t size = from.below(65536);
  std::vector<std::uint8_t> packed;
  while (!from.empty()) packed.push_back(static_cast<std::uint8_t>(from.byte()));
  const auto length = static_cast<std::int64_t>(packed.size());
  const std::int64_t found = harmonia::tiff_lzw_size(packed.data(), length, size);
  require(found >= 0 && found <= size + 4096);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes from(data, size);
  from.one_of({fuzz_membrane, fuzz_push_pull, fuzz_transport, fuzz_quantiles, fuzz_erosion,
               fuzz_maps, fuzz_lzw})(from);
  return 0;
}
