#include "masked_rows.inl"

// All pixels of an image row lie the same share of the way between two rows of the grid. So these
// are blended once, and what is left at a pixel is the place (x, z) between four maps: the patch of
// its cell, four terms of a map each.
struct AffineSlice {
  static constexpr bool kHeld = false, kChecks = false, kJoins = false;
  const AffineLattice* lattice;
  GridColumns columns;
  const GuideView* guide;
  std::int64_t height;        // of the image
  float* __restrict maps;     // [width][depth][kMapFloats]
  float* __restrict patches;  // [width][depth][term][kMapFloats]

  void enter(std::int64_t y) {
    const std::int64_t width = lattice->width, depth = lattice->depth, row = lattice->row();
    const pixel::GridStep down = pixel::grid_step(y, height, lattice->height);
    const float* const top = lattice->maps + down.index * row;
    const float* const bottom = lattice->maps + down.next * row;
    for (std::int64_t k = 0; k < row; ++k) {
      maps[k] = pixel::between(top[k], bottom[k], down.fraction);
    }
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t right = x + 1 < width ? depth * kMapFloats : 0;
      for (std::int64_t z = 0; z < depth; ++z) {
        const std::int64_t deeper = z + 1 < depth ? kMapFloats : 0;
        const float* const map = maps + (x * depth + z) * kMapFloats;
        float* const to = patches + (x * depth + z) * 4 * kMapFloats;
        for (int k = 0; k < kMapFloats; ++k) {
          const pixel::Patch patch =
              pixel::patch_of(map[k], map[k + right], map[k + deeper], map[k + right + deeper]);
          to[k] = patch.origin;
          to[kMapFloats + k] = patch.along_x;
          to[2 * kMapFloats + k] = patch.along_z;
          to[3 * kMapFloats + k] = patch.twist;
        }
      }
    }
  }

  void guide_values(std::int64_t y, std::int64_t x, int n, const Block& __restrict old,
                    float* __restrict values) const {
    if (guide->data == nullptr) {
      for (int i = 0; i < padded(n); ++i) {
        values[i] = pixel::luminance({old.x[i], old.y[i], old.z[i]});
      }
      return;
    }
    const std::uint8_t* from = guide->at(y, x);
    for (int i = 0; i < n; ++i, from += guide->pixel_stride) {
      values[i] = *reinterpret_cast<const float*>(from);
    }
    for (int i = n; i < padded(n); ++i) values[i] = 0.0f;
  }

  void operator()(std::int64_t y, std::int64_t x, int n, const Block& __restrict old,
                  Block& __restrict fresh) const {
    alignas(64) float along_z[kBlock], mapped[4 * kBlock];
    alignas(64) std::int32_t patch[kBlock];
    guide_values(y, x, n, old, along_z);
    const std::int32_t depth = static_cast<std::int32_t>(lattice->depth);
    const std::int32_t* __restrict cells = columns.index + x;
    const float* __restrict along_x = columns.fraction + x;
    for (int i = 0; i < padded(n); ++i) {
      const pixel::GridStep deep = pixel::guide_step(along_z[i], depth);
      along_z[i] = deep.fraction;
      patch[i] = cells[i] * depth + deep.index;
      fresh.x[i] = pixel::held(old.x[i]);
      fresh.y[i] = pixel::held(old.y[i]);
      fresh.z[i] = pixel::held(old.z[i]);
    }
    // Maps go through memory, where the next loop finds whole vectors of them.
    for (int begin = 0; begin < n; begin += kLanes) {
      alignas(64) float maps_here[kLanes * kMapFloats];
      for (int j = 0; j < kLanes; ++j) {
        const int i = begin + j;
        const float* __restrict const p = patches + std::int64_t{patch[i]} * 4 * kMapFloats;
        float* __restrict const m = maps_here + j * kMapFloats;
        for (int k = 0; k < kMapFloats; ++k) {
          m[k] = pixel::value_at(
              {p[k], p[kMapFloats + k], p[2 * kMapFloats + k], p[3 * kMapFloats + k]}, along_x[i],
              along_z[i]);
        }
      }
      for (int j = 0; j < kLanes; ++j) {
        const int i = begin + j;
        const float* __restrict const m = maps_here + j * kMapFloats;
        Four column[4];
        std::memcpy(column, m, sizeof column);
        const Four color =
            fresh.x[i] * column[0] + fresh.y[i] * column[1] + fresh.z[i] * column[2] + column[3];
        std::memcpy(mapped + 4 * i, &color, sizeof color);
      }
    }
    for (int i = 0; i < padded(n); ++i) {
      fresh.x[i] = mapped[4 * i];
      fresh.y[i] = mapped[4 * i + 1];
      fresh.z[i] = mapped[4 * i + 2];
    }
  }
};

static void affine_grid_rows(const ImageView& image, const MaskView& mask, float strength,
                             const AffineLattice& lattice, const GridColumns& columns,
                             const GuideView& guide, float* row, const MutableImageView& out,
                             std::int64_t begin, std::int64_t end) {
  AffineSlice slice{&lattice, columns, &guide, image.height, row, row + lattice.row()};
  masked_rows(image, mask, strength, slice, out, begin, end);
}
