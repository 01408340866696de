#include "masked_rows.inl"

// Where a block's colours lie within a table, which is the same for all tables of a grid.
struct GridPlaces {
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

static void weigh_edges(int n, GridPlaces& __restrict at) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::BilinearWeights edges = pixel::bilinear_weights(at.red[i], at.green[i]);
    at.w0[i] = edges.w[0], at.w1[i] = edges.w[1], at.w2[i] = edges.w[2], at.w3[i] = edges.w[3];
  }
}

static void walk_cells(int n, std::int32_t red_step, std::int32_t green_step,
                       GridPlaces& __restrict at) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::LutWalk walk = pixel::tetrahedral_walk(at.red[i], at.green[i], at.blue[i],
                                                        4 * red_step, 4 * green_step, 4);
    at.second[i] = walk.second, at.third[i] = walk.third;
    at.w0[i] = walk.w[0], at.w1[i] = walk.w[1], at.w2[i] = walk.w[2], at.w3[i] = walk.w[3];
  }
}

// Four tables lie around a pixel. Where its colour lies within them is found once, for whole
// vectors of pixels; then the four are read and blended over the picture.
struct LutSlice {
  static constexpr bool kHeld = false, kChecks = false, kJoins = false;
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

  void place(const Block& colors, int n, GridPlaces& at) const {
    const pixel::LutSpan span = pixel::lut_span(out_of_range == OutOfRange::clamp);
    const std::int32_t* const size = lattice->size;
    for (int i = 0; i < n; ++i) at.node[i] = 0;
    place_along(colors.x, n, span, size[0] - 1, lattice->red_step, at.node, at.red);
    place_along(colors.y, n, span, size[1] - 1, lattice->green_step, at.node, at.green);
    place_along(colors.z, n, span, size[2] - 1, 4, at.node, at.blue);
    if (interpolation == Interpolation::trilinear) {
      weigh_edges(n, at);
    } else {
      walk_cells(n, lattice->red_step / 4, lattice->green_step / 4, at);
    }
  }

  // Two nodes that follow each other along blue are eight floats in a row.
  void trilinear(std::int64_t x, int n, const GridPlaces& at, float* __restrict mapped) const {
    const std::int64_t red = lattice->red_step, green = lattice->green_step;
    for (int i = 0; i < n; ++i) {
      const std::int64_t left = columns.index[x + i] * lattice->table_step + at.node[i];
      const std::int64_t right = columns.next[x + i] * lattice->table_step + at.node[i];
      const float across = columns.fraction[x + i];
      const float* __restrict const cells[4] = {top + left, top + right, bottom + left,
                                                bottom + right};
      const float w0 = at.w0[i], w1 = at.w1[i], w2 = at.w2[i], w3 = at.w3[i];
      float pair[8];
      for (int k = 0; k < 8; ++k) {
        float value[4];
        for (int t = 0; t < 4; ++t) {
          const float* const p = cells[t] + k;
          value[t] = w0 * p[0] + w1 * p[green] + w2 * p[red] + w3 * p[red + green];
        }
        const float above = pixel::between(value[0], value[1], across);
        const float below = pixel::between(value[2], value[3], across);
        pair[k] = pixel::between(above, below, down);
      }
      Four ends[2];
      std::memcpy(ends, pair, sizeof pair);
      const Four mixed = ends[0] + at.blue[i] * (ends[1] - ends[0]);
      std::memcpy(mapped + 4 * i, &mixed, sizeof mixed);
    }
  }

  void tetrahedral(std::int64_t x, int n, const GridPlaces& at, float* __restrict mapped) const {
    const std::int64_t last = lattice->red_step + lattice->green_step + 4;
    for (int i = 0; i < n; ++i) {
      const std::int64_t left = columns.index[x + i] * lattice->table_step + at.node[i];
      const std::int64_t right = columns.next[x + i] * lattice->table_step + at.node[i];
      const float* const cells[4] = {top + left, top + right, bottom + left, bottom + right};
      Four value[4];
      for (int t = 0; t < 4; ++t) {
        Four node[4];
        std::memcpy(&node[0], cells[t], sizeof(Four));
        std::memcpy(&node[1], cells[t] + at.second[i], sizeof(Four));
        std::memcpy(&node[2], cells[t] + at.third[i], sizeof(Four));
        std::memcpy(&node[3], cells[t] + last, sizeof(Four));
        value[t] =
            at.w0[i] * node[0] + at.w1[i] * node[1] + at.w2[i] * node[2] + at.w3[i] * node[3];
      }
      const float across = columns.fraction[x + i];
      const Four above = value[0] + across * (value[1] - value[0]);
      const Four below = value[2] + across * (value[3] - value[2]);
      const Four mixed = above + down * (below - above);
      std::memcpy(mapped + 4 * i, &mixed, sizeof mixed);
    }
  }

  void operator()(std::int64_t, std::int64_t x, int n, const Block& __restrict old,
                  Block& __restrict fresh) const {
    GridPlaces at;
    alignas(64) float mapped[4 * kBlock];
    place(old, padded(n), at);
    if (interpolation == Interpolation::trilinear) {
      trilinear(x, padded(n), at, mapped);
    } else {
      tetrahedral(x, padded(n), at, mapped);
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
  masked_rows(image, mask, strength, slice, out, begin, end);
}
