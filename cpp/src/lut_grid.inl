#include "grid_rows.inl"

// Where a block's colours lie within a table, which is the same for all tables of a grid.
struct LutPlaces {
  alignas(64) std::int32_t node[kBlock];                             // the cell's own, in floats
  alignas(64) std::int32_t second[kBlock], third[kBlock];            // of the walk, from there
  alignas(64) float w0[kBlock], w1[kBlock], w2[kBlock], w3[kBlock];  // of four nodes or edges
  alignas(64) float blue[kBlock];
};

// Four tables lie around a pixel. Where its colour lies within them is found once, for whole
// vectors of pixels; then the four are read and blended over the picture.
struct LutSlice {
  const LutLattice* lattice;
  GridColumns columns;
  std::int64_t height;  // of the image
  Interpolation interpolation;
  OutOfRange out_of_range;
  const float* top;  // tables of the grid's rows around the image's row
  const float* bottom;
  float down;

  void enter(std::int64_t y) {
    const std::int64_t row = lattice->width * lattice->table_step;
    const pixel::GridStep step = pixel::grid_step(y, height, lattice->height);
    top = lattice->nodes + step.index * row;
    bottom = lattice->nodes + step.next * row;
    down = step.fraction;
  }

  void place(const Block& __restrict colors, int n, LutPlaces& __restrict at) const {
    const std::int32_t red = lattice->size[0] - 1, green = lattice->size[1] - 1,
                       blue = lattice->size[2] - 1;
    const std::int32_t red_step = lattice->red_step, green_step = lattice->green_step;
    const bool clamped = out_of_range == OutOfRange::clamp;
    const bool walks = interpolation == Interpolation::tetrahedral;
    for (int i = 0; i < padded(n); ++i) {
      const pixel::LutStep r = pixel::lut_step(pixel::table_place(colors.x[i], clamped), red);
      const pixel::LutStep g = pixel::lut_step(pixel::table_place(colors.y[i], clamped), green);
      const pixel::LutStep b = pixel::lut_step(pixel::table_place(colors.z[i], clamped), blue);
      at.node[i] = r.index * red_step + g.index * green_step + b.index * 4;
      if (walks) {
        const pixel::LutWalk walk = pixel::tetrahedral_walk(r.fraction, g.fraction, b.fraction);
        at.second[i] = (walk.second >> 2) * red_step + (walk.second >> 1 & 1) * green_step +
                       (walk.second & 1) * 4;
        at.third[i] = (walk.third >> 2) * red_step + (walk.third >> 1 & 1) * green_step +
                      (walk.third & 1) * 4;
        at.w0[i] = walk.w[0], at.w1[i] = walk.w[1], at.w2[i] = walk.w[2], at.w3[i] = walk.w[3];
      } else {
        float w[4];
        pixel::bilinear_weights(r.fraction, g.fraction, w);
        at.w0[i] = w[0], at.w1[i] = w[1], at.w2[i] = w[2], at.w3[i] = w[3];
        at.blue[i] = b.fraction;
      }
    }
  }

  // Two nodes that follow each other along blue are eight floats in a row.
  void trilinear(std::int64_t x, int n, const LutPlaces& at, float* __restrict mapped) const {
    const std::int64_t table = lattice->table_step;
    const std::int32_t red_step = lattice->red_step, green_step = lattice->green_step;
    for (int i = 0; i < padded(n); ++i) {
      const std::int64_t left = columns.index[x + i] * table + at.node[i];
      const std::int64_t right = columns.next[x + i] * table + at.node[i];
      const float across = columns.fraction[x + i];
      const float w[4] = {at.w0[i], at.w1[i], at.w2[i], at.w3[i]};
      const float* __restrict const a = top + left;
      const float* __restrict const b = top + right;
      const float* __restrict const c = bottom + left;
      const float* __restrict const d = bottom + right;
      float pair[8];
      for (int k = 0; k < 8; ++k) {
        const auto edge = [&](const float* p) {
          return pixel::weighted(w, p[k], p[green_step + k], p[red_step + k],
                                 p[red_step + green_step + k]);
        };
        pair[k] = pixel::between(pixel::between(edge(a), edge(b), across),
                                 pixel::between(edge(c), edge(d), across), down);
      }
      for (int k = 0; k < 4; ++k) {
        mapped[4 * i + k] = pixel::between(pair[k], pair[4 + k], at.blue[i]);
      }
    }
  }

  void tetrahedral(std::int64_t x, int n, const LutPlaces& at, float* __restrict mapped) const {
    const std::int64_t table = lattice->table_step;
    const std::int32_t last = lattice->red_step + lattice->green_step + 4;
    for (int i = 0; i < padded(n); ++i) {
      const std::int64_t left = columns.index[x + i] * table + at.node[i];
      const std::int64_t right = columns.next[x + i] * table + at.node[i];
      const float across = columns.fraction[x + i];
      const float w[4] = {at.w0[i], at.w1[i], at.w2[i], at.w3[i]};
      const std::int32_t second = at.second[i], third = at.third[i];
      for (int k = 0; k < 4; ++k) {
        const auto walk = [&](const float* p) {
          return pixel::weighted(w, p[k], p[second + k], p[third + k], p[last + k]);
        };
        mapped[4 * i + k] =
            pixel::between(pixel::between(walk(top + left), walk(top + right), across),
                           pixel::between(walk(bottom + left), walk(bottom + right), across), down);
      }
    }
  }

  void operator()(std::int64_t, std::int64_t x, int n, const Block& __restrict old,
                  Block& __restrict fresh) const {
    LutPlaces at;
    alignas(64) float mapped[4 * kBlock];
    place(old, n, at);
    if (interpolation == Interpolation::trilinear) {
      trilinear(x, n, at, mapped);
    } else {
      tetrahedral(x, n, at, mapped);
    }
    for (int i = 0; i < padded(n); ++i) {
      fresh.x[i] = mapped[4 * i];
      fresh.y[i] = mapped[4 * i + 1];
      fresh.z[i] = mapped[4 * i + 2];
    }
  }
};

static void lut_grid_rows(const ImageView& image, const MaskView& mask, float strength,
                          const LutLattice& lattice, const GridColumns& columns,
                          Interpolation interpolation, OutOfRange out_of_range,
                          const MutableImageView& out, std::int64_t begin, std::int64_t end) {
  LutSlice slice{&lattice,     columns, image.height, interpolation,
                 out_of_range, nullptr, nullptr,      0.0f};
  grid_rows(image, mask, strength, slice, out, begin, end);
}
