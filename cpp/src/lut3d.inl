// A 3D table over blocks of planar floats: plain loops find the cells of a block, then each pixel
// weighs nodes that are one load each, or two.

// Where the pixels of a block lie in a table.
struct LutCells {
  alignas(64) std::int32_t node[kBlock];  // the cell's own
  alignas(64) float x[kBlock], y[kBlock], z[kBlock];
};

static void lut_shape(const float* curve, int nodes, float low, float scale, bool clamped, int n,
                      float* __restrict plane) {
  for (int i = 0; i < n; ++i) {
    const float t = (plane[i] - low) * scale;
    const pixel::LutStep step =
        pixel::lut_step(clamped ? pixel::clamp(t, 0.0f, 1.0f) : t, nodes - 1);
    const float at = curve[3 * step.index], next = curve[3 * step.index + 3];
    plane[i] = at + step.fraction * (next - at);
  }
}

// The way through a cell along one axis; `node` moves by the whole steps.
struct LutAxis {
  float low, scale;
  pixel::LutSpan span;
  std::int32_t steps, stride;
};

static HARMONIA_HD float lut_place(const LutAxis& axis, float value, std::int32_t& node) {
  const float t = pixel::held_in(axis.span, (value - axis.low) * axis.scale);
  const pixel::LutStep step = pixel::lut_step(t, axis.steps);
  node += step.index * axis.stride;
  return step.fraction;
}

static void lut_places(const float* __restrict x, const float* __restrict y,
                       const float* __restrict z, const LutAxis* axes, int n,
                       LutCells& __restrict cells) {
  const LutAxis red = axes[0], green = axes[1], blue = axes[2];
  for (int i = 0; i < n; ++i) {
    std::int32_t node = 0;
    cells.x[i] = lut_place(red, x[i], node);
    cells.y[i] = lut_place(green, y[i], node);
    cells.z[i] = lut_place(blue, z[i], node);
    cells.node[i] = node;
  }
}

// `shaped` takes the colours behind a shaper, where there is one.
static void find_cells(const Lut3d::Table& lut, bool clamped, const Block& colors, int n,
                       Block& shaped, LutCells& cells) {
  const float* planes[3] = {colors.x, colors.y, colors.z};
  const std::int32_t strides[3] = {lut.size[1] * lut.size[2], lut.size[2], 1};
  if (!lut.shaper.empty()) {
    shaped = colors;
    float* const to[3] = {shaped.x, shaped.y, shaped.z};
    for (int c = 0; c < 3; ++c) {
      lut_shape(lut.shaper.data() + c, static_cast<int>(lut.shaper_size()), lut.shaper_low[c],
                lut.shaper_scale[c], clamped, n, to[c]);
      planes[c] = to[c];
    }
  }
  const pixel::LutSpan span = pixel::lut_span(clamped);
  LutAxis axes[3];
  for (int c = 0; c < 3; ++c) {
    axes[c] = {lut.low[c], lut.scale[c], span, lut.size[c] - 1, strides[c]};
  }
  lut_places(planes[0], planes[1], planes[2], axes, n, cells);
}

// Two neighbours along blue at a time, weighed by red and green.
static void trilinear_cells(const Lut3d::Table& lut, const LutCells& cells, int n,
                            float* __restrict to) {
  const std::int64_t row = 4 * lut.size[2], slice = row * lut.size[1];
  alignas(64) float w[4][kBlock];
  for (int i = 0; i < n; ++i) {
    const pixel::BilinearWeights bilinear = pixel::bilinear_weights(cells.x[i], cells.y[i]);
    w[0][i] = bilinear.w[0], w[1][i] = bilinear.w[1];
    w[2][i] = bilinear.w[2], w[3][i] = bilinear.w[3];
  }
  for (int i = 0; i < n; ++i) {
    const float* const at = lut.nodes.data() + std::int64_t{cells.node[i]} * 4;
    Eight pair[4];
    std::memcpy(&pair[0], at, sizeof(Eight));
    std::memcpy(&pair[1], at + row, sizeof(Eight));
    std::memcpy(&pair[2], at + slice, sizeof(Eight));
    std::memcpy(&pair[3], at + slice + row, sizeof(Eight));
    const Eight sum = w[0][i] * pair[0] + w[1][i] * pair[1] + w[2][i] * pair[2] + w[3][i] * pair[3];
    Four ends[2];
    std::memcpy(ends, &sum, sizeof sum);
    const Four mixed = ends[0] + cells.z[i] * (ends[1] - ends[0]);
    std::memcpy(to + 4 * i, &mixed, sizeof mixed);
  }
}

static void tetrahedral_cells(const Lut3d::Table& lut, const LutCells& cells, int n,
                              float* __restrict to) {
  const std::int32_t row = lut.size[2], slice = row * lut.size[1];
  alignas(64) float w[4][kBlock];
  alignas(64) std::int32_t second[kBlock], third[kBlock];
  for (int i = 0; i < n; ++i) {
    const pixel::LutWalk walk = pixel::tetrahedral_walk(cells.x[i], cells.y[i], cells.z[i]);
    w[0][i] = walk.w[0], w[1][i] = walk.w[1], w[2][i] = walk.w[2], w[3][i] = walk.w[3];
    second[i] = cells.node[i] + pixel::lut_offset(walk.second, slice, row);
    third[i] = cells.node[i] + pixel::lut_offset(walk.third, slice, row);
  }
  const float* const nodes = lut.nodes.data();
  const std::int64_t last = 4 * (std::int64_t{slice} + row + 1);
  for (int i = 0; i < n; ++i) {
    const float* const at = nodes + std::int64_t{cells.node[i]} * 4;
    Four node[4];
    std::memcpy(&node[0], at, sizeof(Four));
    std::memcpy(&node[1], nodes + std::int64_t{second[i]} * 4, sizeof(Four));
    std::memcpy(&node[2], nodes + std::int64_t{third[i]} * 4, sizeof(Four));
    std::memcpy(&node[3], at + last, sizeof(Four));
    const Four mixed =
        w[0][i] * node[0] + w[1][i] * node[1] + w[2][i] * node[2] + w[3][i] * node[3];
    std::memcpy(to + 4 * i, &mixed, sizeof mixed);
  }
}

static void split_four(const float* __restrict from, int n, Block& __restrict to) {
  for (int i = 0; i < n; ++i) {
    to.x[i] = from[4 * i];
    to.y[i] = from[4 * i + 1];
    to.z[i] = from[4 * i + 2];
  }
}

struct LutMap {
  static constexpr bool kHeld = false, kChecks = true;
  const Lut3d::Table& lut;
  Interpolation interpolation;
  bool clamped;

  void enter(std::int64_t) {}

  void operator()(std::int64_t, std::int64_t, int n, const Block& old, Block& fresh) const {
    LutCells cells;
    alignas(64) float mixed[4 * kBlock];  // R G B 0
    find_cells(lut, clamped, old, padded(n), fresh, cells);
    if (interpolation == Interpolation::trilinear) {
      trilinear_cells(lut, cells, padded(n), mixed);
    } else {
      tetrahedral_cells(lut, cells, padded(n), mixed);
    }
    split_four(mixed, padded(n), fresh);
  }
};

static void lut3d_rows(const ImageView& image, const MaskView& mask, float strength,
                       const Lut3d::Table& lut, Interpolation interpolation,
                       OutOfRange out_of_range, const MutableImageView& out, std::int64_t begin,
                       std::int64_t end) {
  LutMap map{lut, interpolation, out_of_range == OutOfRange::clamp};
  masked_rows(image, mask, strength, map, out, begin, end);
}
