#include <cmath>
#include <cstring>
#include <new>

#include "harmonia/pixel/lut3d_codes.hpp"
#include "lut3d_table.hpp"

namespace harmonia {

namespace {

constexpr int kMostBits = 7;    // 128 units a level: 0..1 takes 0..32640
constexpr int kFewestBits = 5;  // a node is still off by at most 1/64 of a level

// The most a node may be away from zero, in 0..1, with this many bits behind the point.
double reach(int bits) { return 32767.0 / (255.0 * (1 << bits)); }

double farthest(const std::vector<float>& nodes) {
  float most = 0.0f;
  for (const float v : nodes) most = std::fabs(v) > most ? std::fabs(v) : most;
  return most;
}

// Of the value v of a channel between 0, the first node, and 1, the last.
double share_of_axis(const Lut3d::Table& table, int channel, double v) {
  const int n = static_cast<int>(table.shaper_size());
  if (n > 0) {
    const double share = (v - table.shaper_low[channel]) * table.shaper_scale[channel];
    const double place = std::fmin(std::fmax(share, 0.0), 1.0) * (n - 1);
    const int i = place < n - 2 ? static_cast<int>(place) : n - 2;
    const float* const curve = table.shaper.data() + 3 * i + channel;
    v = curve[0] + (place - i) * (double{curve[3]} - curve[0]);
  }
  return (v - table.low[channel]) * table.scale[channel];
}

// Whether the shaper, where there is one, holds the value.
bool reaches(const Lut3d::Table& table, int channel, double v) {
  const double share = (v - table.shaper_low[channel]) * table.shaper_scale[channel];
  return table.shaper.empty() || (share >= 0.0 && share <= 1.0);
}

pixel::LutCodeStep code_step(double share, std::int32_t steps) {
  const double place = std::fmin(std::fmax(share, 0.0), 1.0) * steps;
  const double fixed = std::floor(place * pixel::kLutOne + 0.5);
  const auto units = static_cast<std::int32_t>(fixed);
  return {static_cast<std::uint16_t>(units >> pixel::kLutPointBits),
          static_cast<std::uint16_t>(units & (pixel::kLutOne - 1))};
}

void release(std::int16_t* faces) { ::operator delete[](faces, std::align_val_t{64}); }

}  // namespace

LutCodes::~LutCodes() { release(faces_.load()); }

bool LutCodes::fits(const Lut3d::Table& table) {
  return farthest(table.nodes) <= reach(kFewestBits);
}

LutCodes::LutCodes(const Lut3d::Table& table) : bits(kMostBits) {
  for (int c = 0; c < 3; ++c) size[c] = table.size[c];
  const double most = farthest(table.nodes);
  while (most > reach(bits)) --bits;

  count_ = std::int64_t{size[0]} * size[1] * size[2];
  // A cell at the last node reaches one row of a slice, one row and one node further.
  plane_size_ = count_ + std::int64_t{size[1]} * size[2] + size[2] + 1;
  planes_.resize(static_cast<std::size_t>(3 * plane_size_));
  const float scale = -255.0f * static_cast<float>(1 << bits);
  for (int c = 0; c < 3; ++c) {
    std::int16_t* const to = planes_.data() + c * plane_size_;
    const float* const from = table.nodes.data() + c;
    for (std::int64_t i = 0; i < count_; ++i) {
      const float v = from[4 * i] * scale;
      to[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(v + (v < 0.0f ? -0.5f : 0.5f)));
    }
  }

  inside = true;
  even = table.shaper.empty();
  for (int c = 0; c < 3; ++c) even = even && table.low[c] == 0.0f && table.scale[c] == 1.0f;
  for (int c = 0; c < 3; ++c) {
    const std::int32_t steps = size[c] - 1;
    for (int code = 0; code < 256; ++code) {
      const double share = share_of_axis(table, c, code / 255.0);
      inside = inside && reaches(table, c, code / 255.0) && share >= 0.0 && share <= 1.0;
      const auto step = even ? pixel::lut_code_step(static_cast<std::uint8_t>(code),
                                                    static_cast<std::uint16_t>(steps))
                             : code_step(share, steps);
      index[c][code] = step.index;
      fraction[c][code] = step.fraction;
    }
  }
}

const std::int16_t* LutCodes::faces_for(std::int64_t pixels) const {
  constexpr std::int64_t kMostFaces = 1 << 19;  // 16 MiB
  if (count_ > kMostFaces) return nullptr;
  if (used_.fetch_add(pixels, std::memory_order_relaxed) + pixels < count_) return nullptr;
  std::int16_t* faces = faces_.load(std::memory_order_acquire);
  if (faces == nullptr) {
    // No lock, which a fork could leave locked: of two makers one is too late.
    std::int16_t* const made = make_faces();
    if (faces_.compare_exchange_strong(faces, made, std::memory_order_acq_rel)) return made;
    release(made);
  }
  return faces;
}

std::int16_t* LutCodes::make_faces() const {
  const std::int64_t row = size[2], slice = row * size[1];
  const auto bytes = static_cast<std::size_t>((count_ + slice) * kFace) * sizeof(std::int16_t);
  auto* const faces = static_cast<std::int16_t*>(::operator new[](bytes, std::align_val_t{64}));
  for (std::int64_t i = 0; i < count_; ++i) {
    const std::int16_t* const from[3] = {plane(0) + i, plane(1) + i, plane(2) + i};
    std::int16_t* const face = faces + i * kFace;
    copy_face(from, row, face);
    std::memset(face + 12, 0, 8);
  }
  std::memset(faces + count_ * kFace, 0, static_cast<std::size_t>(slice * kFace) * 2);
  return faces;
}

}  // namespace harmonia
