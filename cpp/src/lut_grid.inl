#include "grid_rows.inl"

// Where a block's colours lie within a table, which is the same for all tables of a grid.
struct LutPlaces {
  alignas(64) std::int32_t node[kBlock];                             // the cell's own, in floats
  alignas(64) std::int32_t second[kBlock], third[kBlock];            // of the walk, from there
  alignas(64) float red[kBlock], green[kBlock], blue[kBlock];        // shares of the way
  alignas(64) float w0[kBlock], w1[kBlock], w2[kBlock], w3[kBlock];  // of edges, or of the walk
};

// Adds an axis of `steps` cells, its nodes `stride` floats apart, to the places of n colours.
static void place_along(const float* __restrict colors, int n, pixel::LutSpan span,
                        std::int32_t steps, std::int32_t stride, std::int32_t* __restrict node,
                        float* __restrict share) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::LutStep step = pixel::lut_step(pixel::held_in(span, colors[i]), steps);
    node[i] += step.index * stride;
    share[i] = step.fraction;
  }
}

static void weigh_edges(int n, LutPlaces& __restrict at) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    float w[4];
    pixel::bilinear_weights(at.red[i], at.green[i], w);
    at.w0[i] = w[0], at.w1[i] = w[1], at.w2[i] = w[2], at.w3[i] = w[3];
  }
}

static void walk_cells(int n, std::int32_t red_step, std::int32_t green_step,
                       LutPlaces& __restrict at) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::LutWalk walk = pixel::tetrahedral_walk(at.red[i], at.green[i], at.blue[i]);
    at.second[i] =
        (walk.second >> 2) * red_step + (walk.second >> 1 & 1) * green_step + (walk.second & 1) * 4;
    at.third[i] =
        (walk.third >> 2) * red_step + (walk.third >> 1 & 1) * green_step + (walk.third & 1) * 4;
    at.w0[i] = walk.w[0], at.w1[i] = walk.w[1], at.w2[i] = walk.w[2], at.w3[i] = walk.w[3];
  }
}

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

  void place(const Block& colors, int n, LutPlaces& at) const {
    const pixel::LutSpan span = pixel::lut_span(out_of_range == OutOfRange::clamp);
    const std::int32_t* const size = lattice->size;
    for (int i = 0; i < n; ++i) at.node[i] = 0;
    place_along(colors.x, n, span, size[0] - 1, lattice->red_step, at.node, at.red);
    place_along(colors.y, n, span, size[1] - 1, lattice->green_step, at.node, at.green);
    place_along(colors.z, n, span, size[2] - 1, 4, at.node, at.blue);
    if (interpolation == Interpolation::trilinear) {
      weigh_edges(n, at);
    } else {
      walk_cells(n, lattice->red_step, lattice->green_step, at);
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
    place(old, padded(n), at);
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
