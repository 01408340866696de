#include "harmonia/regrain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "mask_bounds.hpp"
#include "regrain_level.hpp"

namespace harmonia {

struct LoadedRow {
  float* old[3];
  float* wanted[3];
  float* cover;
};

struct RelaxRow {
  const float *right, *down, *down_above, *scale, *keep, *wish;
  const float *above[3], *here[3], *below[3], *wanted[3];
  float* to[3];
};

}  // namespace harmonia

#define HARMONIA_INL "regrain.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

struct Kernels {
  decltype(&baseline::load_mask) load_mask = HARMONIA_PICK(load_mask);
  decltype(&baseline::copy) copy = HARMONIA_PICK(copy);
  decltype(&baseline::regrain_load) load = HARMONIA_PICK(regrain_load);
  decltype(&baseline::regrain_store) store = HARMONIA_PICK(regrain_store);
  decltype(&baseline::add_covered) add_covered = HARMONIA_PICK(add_covered);
  decltype(&baseline::add_scaled) add_scaled = HARMONIA_PICK(add_scaled);
  decltype(&baseline::add_gradients) add_gradients = HARMONIA_PICK(add_gradients);
  decltype(&baseline::psi_and_phi) psi_and_phi = HARMONIA_PICK(psi_and_phi);
  decltype(&baseline::edges) edges = HARMONIA_PICK(edges);
  decltype(&baseline::relaxation) relaxation = HARMONIA_PICK(relaxation);
  decltype(&baseline::relax_row) relax_row = HARMONIA_PICK(relax_row);
};

struct Box {
  std::int64_t top = 0, left = 0, height = 0, width = 0;

  bool empty() const { return height <= 0 || width <= 0; }
};

using grain::Level;
using grain::Resize;

class Regrain {
 public:
  Regrain(const ImageView& image, const ImageView& changed, const MaskView& mask, float strength,
          double smoothness, bool whole, const MutableImageView& out)
      : image_(image),
        changed_(changed),
        mask_(mask),
        out_(out),
        strength_(strength),
        falloff_(static_cast<float>(10.0 / smoothness)),
        whole_(whole) {}

  void run() {
    box_ = whole_ ? Box{0, 0, image_.height, image_.width} : box_of_mask();
    if (!box_.empty()) {
      build_pyramid();
      for (std::size_t i = levels_.size(); i-- > 0;) solve(i);
    }
    finish();
  }

 private:
  static constexpr std::int64_t kTile = 128;
  static constexpr std::int64_t kIterations[6] = {4, 16, 32, 64, 64, 64};
  // What is wrong at the rim of a tile comes this far: a pixel an iteration, and two for the
  // gradients.
  static constexpr std::int64_t kHalo = kIterations[0] + 2;

  // 64 on the fourth level and on all below it.
  static std::int64_t iterations(std::size_t level) {
    return kIterations[std::min(level, std::size(kIterations) - 1)];
  }

  // The authors' code stops at six levels, and before a side gets as short as 20 pixels. A small
  // foreground then has too few iterations to get far from what it was; so the mask's box is halved
  // until a few pixels are left.
  bool is_coarsest(std::size_t level, std::int64_t height, std::int64_t width) const {
    if (!whole_) return std::max(height, width) <= 4;
    return level + 1 == std::size(kIterations) || std::min((height + 1) / 2, (width + 1) / 2) <= 20;
  }

  Box box_of_mask() const {
    const Bounds box = mask_bounds(mask_, image_.height, image_.width);
    return {box.top, box.left, box.height(), box.width()};
  }

  // Rows and columns of the box as the first planes of a level.
  void load(const Box& part, const Level& to) const {
    for (std::int64_t y = 0; y < part.height; ++y) {
      for (std::int64_t x = 0; x < part.width; x += kBlock) {
        const int n = static_cast<int>(std::min<std::int64_t>(part.width - x, kBlock));
        LoadedRow row;
        for (int c = 0; c < 3; ++c) {
          row.old[c] = to.row(Level::kOld + c, y) + x;
          row.wanted[c] = to.row(Level::kWanted + c, y) + x;
        }
        row.cover = to.row(Level::kCover, y) + x;
        kernels_.load(image_, changed_, mask_, whole_, box_.top + part.top + y,
                      box_.left + part.left + x, n, row);
      }
    }
  }

  // One row of a smaller level: the mean of what the taps cover. Row `top` of the larger one is the
  // first row of `from`.
  void shrink_row(const Resize& resize, const Level& from, std::int64_t top, std::int64_t y,
                  std::vector<float>& sums, const Level& to) const {
    const std::int64_t width = from.width();
    sums.assign(static_cast<std::size_t>(7 * width), 0.0f);
    for (std::int64_t k = 0; k < resize.rows.count; ++k) {
      const float weight = resize.rows.weight(y)[k];
      if (weight == 0.0f) continue;
      const std::int64_t row = resize.rows.from(y)[k] - top;
      const float* const cover = from.row(Level::kCover, row);
      for (int plane = 0; plane < 6; ++plane) {
        kernels_.add_covered(from.row(plane, row), cover, weight, width,
                             sums.data() + plane * width);
      }
      kernels_.add_scaled(cover, weight, width, sums.data() + 6 * width);
    }
    for (std::int64_t x = 0; x < to.width(); ++x) {
      float total[7] = {};
      for (std::int64_t k = 0; k < resize.columns.count; ++k) {
        const float weight = resize.columns.weight(x)[k];
        const float* const at = sums.data() + resize.columns.from(x)[k];
        for (std::int64_t plane = 0; plane < 7; ++plane) total[plane] += weight * at[plane * width];
      }
      const float scale = total[6] > 0.0f ? 1.0f / total[6] : 0.0f;
      for (int plane = 0; plane < 6; ++plane) to.row(plane, y)[x] = scale * total[plane];
      to.row(Level::kCover, y)[x] = total[6];
    }
  }

  void build_pyramid() {
    std::int64_t height = box_.height, width = box_.width;
    for (std::size_t i = 0; !is_coarsest(i, height, width); ++i) {
      const std::int64_t half_height = (height + 1) / 2, half_width = (width + 1) / 2;
      const Resize resize(height, width, half_height, half_width);
      levels_.emplace_back(half_height, half_width);
      const Level& to = levels_.back();
      constexpr std::int64_t kRows = 16;
      parallel_for((half_height + kRows - 1) / kRows, [&](std::int64_t group) {
        const std::int64_t begin = group * kRows, end = std::min(begin + kRows, half_height);
        std::vector<float> sums;
        if (i > 0) {
          const Level& from = levels_[i - 1];
          for (std::int64_t y = begin; y < end; ++y) shrink_row(resize, from, 0, y, sums, to);
          return;
        }
        const auto [top, bottom] = std::minmax_element(
            resize.rows.from(begin), resize.rows.from(end - 1) + resize.rows.count);
        const Level part(*bottom + 1 - *top, width, Level::kCover + 1);
        load({*top, 0, part.height(), width}, part);
        for (std::int64_t y = begin; y < end; ++y) shrink_row(resize, part, *top, y, sums, to);
      });
      expand_.emplace_back(half_height, half_width, height, width);
      height = half_height;
      width = half_width;
    }
  }

  // The first change of a row of `to`, whose first pixel is (part.top, part.left) of its level.
  // What the next smaller level found is what its smoothing took from the wanted change, which is
  // taken from the wanted change here too: a change of all detail at all scales to begin with, and
  // none where none is wanted. The authors' code expands the smaller picture instead, which blurs
  // it more than the iterations to come undo: even a picture without any change comes out changed.
  void expand_row(std::size_t level, const Box& part, const Level& to, std::int64_t y,
                  std::vector<float>& sums) const {
    const std::array<float*, 3> change = to.rows(Level::kChange, y);
    if (level >= levels_.size()) {
      for (float* const plane : change) std::fill_n(plane, to.width(), 0.0f);
      if (!whole_) add(to, y, Level::kWanted, 1.0f, Level::kChange);
      return;
    }
    const Level& from = levels_[level];
    const Resize& resize = expand_[level];
    const std::int64_t width = from.width();
    const auto [first, last] =
        std::minmax_element(resize.columns.from(part.left),
                            resize.columns.from(part.left + to.width() - 1) + resize.columns.count);
    const std::int64_t begin = *first, n = *last + 1 - begin;
    sums.assign(static_cast<std::size_t>(4 * width), 0.0f);
    for (std::int64_t k = 0; k < resize.rows.count; ++k) {
      const float weight = resize.rows.weight(part.top + y)[k];
      if (weight == 0.0f) continue;
      const std::int64_t row = resize.rows.from(part.top + y)[k];
      const float* const cover = from.row(Level::kCover, row) + begin;
      for (int c = 0; c < 3; ++c) {
        kernels_.add_covered(from.row(Level::kFound + c, row) + begin, cover, weight, n,
                             sums.data() + c * width + begin);
      }
      kernels_.add_scaled(cover, weight, n, sums.data() + 3 * width + begin);
    }
    const float* const cover = to.row(Level::kCover, y);
    for (std::int64_t x = 0; x < to.width(); ++x) {
      float total[4] = {};
      for (std::int64_t k = 0; k < resize.columns.count; ++k) {
        const float weight = resize.columns.weight(part.left + x)[k];
        const float* const at = sums.data() + resize.columns.from(part.left + x)[k];
        for (std::int64_t plane = 0; plane < 4; ++plane) total[plane] += weight * at[plane * width];
      }
      const bool inside = cover[x] > 0.0f && total[3] > 0.0f;
      const float scale = inside ? 1.0f / total[3] : 0.0f;
      for (std::size_t c = 0; c < 3; ++c) change[c][x] = inside ? scale * total[c] : 0.0f;
    }
    if (whole_) {
      add(to, y, Level::kOld, -1.0f, Level::kChange);
    } else {
      add(to, y, Level::kWanted, 1.0f, Level::kChange);
    }
  }

  // Three planes of a row, scaled, onto three others.
  void add(const Level& at, std::int64_t y, int planes, float scale, int onto) const {
    for (int c = 0; c < 3; ++c) {
      kernels_.add_scaled(at.row(planes + c, y), scale, at.width(), at.row(onto + c, y));
    }
  }

  void gradients_row(const Level& at, float flat, std::int64_t y) const {
    const std::int64_t n = at.width();
    float* const phi = at.row(Level::kPhi, y);
    std::fill_n(phi, n, 0.0f);
    for (int c = Level::kOld; c < Level::kOld + 3; ++c) {
      kernels_.add_gradients(at.row(c, y - 1), at.row(c, y), at.row(c, y + 1),
                             at.row(Level::kCover, y - 1), at.row(Level::kCover, y),
                             at.row(Level::kCover, y + 1), n, phi);
    }
    kernels_.psi_and_phi(n, flat, falloff_, at.row(Level::kPsi, y), phi);
  }

  void edges_row(const Level& at, std::int64_t y) const {
    kernels_.edges(at.row(Level::kPhi, y), at.row(Level::kPhi, y + 1), at.row(Level::kCover, y),
                   at.row(Level::kCover, y + 1), at.width(), at.row(Level::kRight, y),
                   at.row(Level::kDown, y));
  }

  void relaxation_row(const Level& at, std::int64_t y) const {
    kernels_.relaxation(at.row(Level::kCover, y), at.row(Level::kCover, y - 1),
                        at.row(Level::kCover, y + 1), at.row(Level::kRight, y),
                        at.row(Level::kDown, y), at.row(Level::kDown, y - 1), at.width(),
                        at.row(Level::kPsi, y), at.row(Level::kPhi, y), at.row(Level::kScale, y));
  }

  void relax(const Level& at, std::int64_t y, int from, int to) const {
    RelaxRow row{at.row(Level::kRight, y),
                 at.row(Level::kDown, y),
                 at.row(Level::kDown, y - 1),
                 at.row(Level::kScale, y),
                 at.row(Level::kPhi, y),
                 at.row(Level::kPsi, y),
                 {},
                 {},
                 {},
                 {},
                 {}};
    for (int c = 0; c < 3; ++c) {
      row.above[c] = at.row(from + c, y - 1);
      row.here[c] = at.row(from + c, y);
      row.below[c] = at.row(from + c, y + 1);
      row.wanted[c] = at.row(Level::kWanted + c, y);
      row.to[c] = at.row(to + c, y);
    }
    kernels_.relax_row(row, at.width());
  }

  static float flat(std::size_t scale) {
    return static_cast<float>(std::ldexp(30.0, -static_cast<int>(scale)));
  }

  // What levels_[i] finds for the next larger level: its change less the wanted one; or, as in the
  // authors' code, its changed picture.
  void solve(std::size_t i) const {
    const Level& at = levels_[i];
    const RowGroups groups(at.height(), at.width());
    const auto each_row = [&](auto&& visit) {
      parallel_for(groups.count, [&](std::int64_t group) {
        for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) visit(y);
      });
    };
    parallel_for(groups.count, [&](std::int64_t group) {
      std::vector<float> sums;
      for (std::int64_t y = groups.begin(group); y < groups.end(group); ++y) {
        expand_row(i + 1, {}, at, y, sums);
        gradients_row(at, flat(i + 1), y);
      }
    });
    each_row([&](std::int64_t y) { edges_row(at, y); });
    each_row([&](std::int64_t y) { relaxation_row(at, y); });
    for (std::int64_t pair = 0; pair < iterations(i + 1) / 2; ++pair) {
      each_row([&](std::int64_t y) { relax(at, y, Level::kChange, Level::kNext); });
      each_row([&](std::int64_t y) { relax(at, y, Level::kNext, Level::kChange); });
    }
    each_row([&](std::int64_t y) {
      if (whole_) return add(at, y, Level::kChange, 1.0f, Level::kFound);
      for (float* const plane : at.rows(Level::kFound, y)) std::fill_n(plane, at.width(), 0.0f);
      add(at, y, Level::kChange, 1.0f, Level::kFound);
      add(at, y, Level::kWanted, -1.0f, Level::kFound);
    });
  }

  // The pixels themselves, a tile at a time: all iterations of a tile run in the cache, with a halo
  // wide enough that its rim does not reach what is stored.
  void finish() const {
    const std::int64_t across = (image_.width + kTile - 1) / kTile;
    const std::int64_t down = (image_.height + kTile - 1) / kTile;
    parallel_for(across * down, [&](std::int64_t tile) {
      const std::int64_t top = tile / across * kTile, left = tile % across * kTile;
      const std::int64_t bottom = std::min(top + kTile, image_.height);
      const std::int64_t right = std::min(left + kTile, image_.width);
      const Box box{top, left, bottom - top, right - left};
      if (strength_ > 0.0f && touched(box)) return finish_tile(box);
      for (std::int64_t y = top; y < bottom; ++y) {
        kernels_.copy(image_, out_, y, left, static_cast<int>(box.width));
      }
    });
  }

  bool touched(const Box& box) const {
    Weights weights;
    for (std::int64_t y = box.top; y < box.top + box.height; ++y) {
      if (kernels_.load_mask(mask_, y, box.left, static_cast<int>(box.width), 1.0f, weights) !=
          Cover::none) {
        return true;
      }
    }
    return false;
  }

  void finish_tile(const Box& tile) const {
    const std::int64_t top = std::max(tile.top - kHalo, box_.top);
    const std::int64_t left = std::max(tile.left - kHalo, box_.left);
    const std::int64_t bottom = std::min(tile.top + tile.height + kHalo, box_.top + box_.height);
    const std::int64_t right = std::min(tile.left + tile.width + kHalo, box_.left + box_.width);
    const Box part{top - box_.top, left - box_.left, bottom - top, right - left};
    const Level at(part.height, part.width);
    load(part, at);
    std::vector<float> sums;
    for (std::int64_t y = 0; y < part.height; ++y) {
      expand_row(0, part, at, y, sums);
      gradients_row(at, flat(0), y);
    }
    for (std::int64_t y = 0; y < part.height; ++y) edges_row(at, y);
    for (std::int64_t y = 0; y < part.height; ++y) relaxation_row(at, y);
    for (std::int64_t pair = 0; pair < kIterations[0] / 2; ++pair) {
      for (std::int64_t y = 0; y < part.height; ++y) {
        relax(at, y, Level::kChange, Level::kNext);
      }
      for (std::int64_t y = 0; y < part.height; ++y) {
        relax(at, y, Level::kNext, Level::kChange);
      }
    }
    for (std::int64_t y = tile.top; y < tile.top + tile.height; ++y) {
      const bool inside = y >= top && y < bottom;
      store_row(tile, y, inside ? &at : nullptr, y - top, left, right);
    }
  }

  // Columns of the tile that lie outside the box of the mask keep what they have.
  void store_row(const Box& tile, std::int64_t y, const Level* at, std::int64_t row,
                 std::int64_t left, std::int64_t right) const {
    const std::int64_t end = tile.left + tile.width;
    const std::int64_t first = at ? std::clamp(left, tile.left, end) : end;
    const std::int64_t last = at ? std::clamp(right, first, end) : end;
    if (first > tile.left) {
      kernels_.copy(image_, out_, y, tile.left, static_cast<int>(first - tile.left));
    }
    if (last > first) {
      const float* change[3];
      for (int c = 0; c < 3; ++c) change[c] = at->row(Level::kChange + c, row) + (first - left);
      kernels_.store(image_, mask_, strength_, out_, y, first, static_cast<int>(last - first),
                     change);
    }
    if (end > last) kernels_.copy(image_, out_, y, last, static_cast<int>(end - last));
  }

  ImageView image_, changed_;
  MaskView mask_;
  MutableImageView out_;
  float strength_, falloff_;
  bool whole_;
  Kernels kernels_;
  Box box_;
  std::vector<Level> levels_;   // of half the size, of a quarter, ...
  std::vector<Resize> expand_;  // from each of them to the next larger one
};

}  // namespace

void regrain(const ImageView& image, const ImageView& changed, const MaskView& mask, float strength,
             double smoothness, bool whole, const MutableImageView& out) {
  Regrain(image, changed, mask, strength, smoothness, whole, out).run();
}

}  // namespace harmonia
