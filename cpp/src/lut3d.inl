// A 3D table over blocks of planar floats: plain loops find the cells of a block and the weights of
// nodes, then rows of lanes weigh nodes that are one load each, or two.

// Where the pixels of a block lie in a table, and what their nodes weigh.
struct LutCells {
  alignas(64) std::int32_t own[kBlock];                    // where the cell's own node starts
  alignas(64) std::int32_t second[kBlock], third[kBlock];  // of a walk
  alignas(64) float w[4][kBlock], z[kBlock];
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
  std::int32_t steps, stride;
};

// What to do about colours beyond the box: nothing where none is and the box is 0..1.
enum class Beyond { none, clamped, followed };

template <Beyond beyond>
static HARMONIA_HD float lut_place(const LutAxis& axis, float value, std::int32_t& node) {
  float t = value;
  if constexpr (beyond != Beyond::none) {
    t = pixel::held_in(pixel::lut_span(beyond == Beyond::clamped), (value - axis.low) * axis.scale);
  }
  if constexpr (beyond == Beyond::followed) {
    const pixel::LutStep step = pixel::lut_step(t, axis.steps);
    node += step.index * axis.stride;
    return step.fraction;
  }
  const std::int32_t index = pixel::lut_index_inside(t, axis.steps);
  node += index * axis.stride;
  if constexpr (kFuses) {
    return HARMONIA_FUSED(t, static_cast<float>(axis.steps), -static_cast<float>(index));
  } else {
    return pixel::lut_fraction_inside(t, axis.steps, index);
  }
}

template <Beyond beyond>
static void trilinear_places(const float* __restrict x, const float* __restrict y,
                             const float* __restrict z, const LutAxis* axes, int n,
                             LutCells& __restrict cells) {
  const LutAxis red = axes[0], green = axes[1], blue = axes[2];
  for (int i = 0; i < n; ++i) {
    std::int32_t own = 0;
    const float at_x = lut_place<beyond>(red, x[i], own);
    const float at_y = lut_place<beyond>(green, y[i], own);
    cells.z[i] = lut_place<beyond>(blue, z[i], own);
    cells.own[i] = own;
    const pixel::BilinearWeights bilinear = pixel::bilinear_weights(at_x, at_y);
    for (int j = 0; j < 4; ++j) cells.w[j][i] = bilinear.w[j];
  }
}

template <Beyond beyond>
static void tetrahedral_places(const float* __restrict x, const float* __restrict y,
                               const float* __restrict z, const LutAxis* axes, int n,
                               LutCells& __restrict cells) {
  const LutAxis red = axes[0], green = axes[1], blue = axes[2];
  for (int i = 0; i < n; ++i) {
    std::int32_t own = 0;
    const float at_x = lut_place<beyond>(red, x[i], own);
    const float at_y = lut_place<beyond>(green, y[i], own);
    const float at_z = lut_place<beyond>(blue, z[i], own);
    const pixel::LutWalk walk =
        pixel::tetrahedral_walk(at_x, at_y, at_z, red.stride, green.stride, blue.stride);
    cells.own[i] = own;
    cells.second[i] = own + walk.second;
    cells.third[i] = own + walk.third;
    for (int j = 0; j < 4; ++j) cells.w[j][i] = walk.w[j];
  }
}

// `shaped` takes the colours behind a shaper, where there is one.
static void find_cells(const Lut3d::Table& lut, Interpolation interpolation, bool clamped,
                       bool within, const Block& colors, int n, Block& shaped, LutCells& cells) {
  const float* planes[3] = {colors.x, colors.y, colors.z};
  const std::int32_t strides[3] = {4 * lut.size[1] * lut.size[2], 4 * lut.size[2], 4};
  if (!lut.shaper.empty()) {
    shaped = colors;
    float* const to[3] = {shaped.x, shaped.y, shaped.z};
    for (int c = 0; c < 3; ++c) {
      lut_shape(lut.shaper.data() + c, static_cast<int>(lut.shaper_size()), lut.shaper_low[c],
                lut.shaper_scale[c], clamped, n, to[c]);
      planes[c] = to[c];
    }
  }
  LutAxis axes[3];
  for (int c = 0; c < 3; ++c) axes[c] = {lut.low[c], lut.scale[c], lut.size[c] - 1, strides[c]};
  const bool trilinear = interpolation == Interpolation::trilinear;
  const auto places =
      within && lut.unit
          ? (trilinear ? trilinear_places<Beyond::none> : tetrahedral_places<Beyond::none>)
      : clamped
          ? (trilinear ? trilinear_places<Beyond::clamped> : tetrahedral_places<Beyond::clamped>)
          : (trilinear ? trilinear_places<Beyond::followed> : tetrahedral_places<Beyond::followed>);
  places(planes[0], planes[1], planes[2], axes, n, cells);
}

// So many pixels are looked up together: 4 l + k in lane l of register k.
constexpr int kTogether = 4 * kFloatLanes;

static HARMONIA_HD void tetrahedral_group(const Lut3d::Table& lut, const LutCells& cells, int i,
                                          Floats* sums) {
  constexpr int other = kTogether - 4;
  const float* const nodes = lut.nodes.data();
  const float* const last = nodes + 4 * (std::int64_t{lut.size[1]} * lut.size[2] + lut.size[2] + 1);
  const std::int32_t *const own = cells.own + i, *const second = cells.second + i,
                            *const third = cells.third + i;
  Floats w[4];
  for (int j = 0; j < 4; ++j) w[j] = load_floats(cells.w[j] + i);
  turn_lanes(w);  // the weights of pixel k of each lane
  for (int k = 0; k < 4; ++k) {
    const std::int32_t a = own[k], b = own[k + other];
    sums[k] = spread<0>(w[k]) * load_lanes(nodes + a, nodes + b) +
              spread<1>(w[k]) * load_lanes(nodes + second[k], nodes + second[k + other]) +
              spread<2>(w[k]) * load_lanes(nodes + third[k], nodes + third[k + other]) +
              spread<3>(w[k]) * load_lanes(last + a, last + b);
  }
}

// As many floats of the four edges along blue as a register holds. Weights come from memory: they
// would have to be the same in all lanes, and loading costs less here than shuffling.
static HARMONIA_HD Floats bilinear_sum(const float* at, std::int64_t row, std::int64_t slice,
                                       const LutCells& cells, int i) {
  return cells.w[0][i] * load_floats(at) + cells.w[1][i] * load_floats(at + row) +
         cells.w[2][i] * load_floats(at + slice) + cells.w[3][i] * load_floats(at + slice + row);
}

static HARMONIA_HD void trilinear_group(const Lut3d::Table& lut, const LutCells& cells, int i,
                                        Floats* sums) {
  const std::int64_t row = 4 * lut.size[2], slice = row * lut.size[1];
  const float* const nodes = lut.nodes.data();
  const Floats shares = load_floats(cells.z + i);
  const Floats z[4] = {spread<0>(shares), spread<1>(shares), spread<2>(shares), spread<3>(shares)};
  for (int k = 0; k < 4; ++k) {
    // One lane: both ends along blue of one pixel. Two lanes: both ends each, of two pixels.
    const int first = i + k, second = first + kTogether - 4;
    const float* const to_first = nodes + cells.own[first];
    const float* const to_second = kFloatLanes == 1 ? to_first + 4 : nodes + cells.own[second];
    const Floats a = bilinear_sum(to_first, row, slice, cells, first);
    const Floats b = bilinear_sum(to_second, row, slice, cells, second);
    const Floats near = front_lanes(a, b), far = back_lanes(a, b);
    sums[k] = near + z[k] * (far - near);
  }
}

// `step` floats a pixel: three, or four whose last is nothing.
template <int step>
static HARMONIA_HD void store_group(const Floats* sums, float* to) {
  if constexpr (step == 3) return store_rgb(sums, to);
  for (int k = 0; k < 4; ++k) store_lanes(sums[k], to + 4 * k, to + 4 * k + 16);
}

template <void (*group)(const Lut3d::Table&, const LutCells&, int, Floats*), int step>
static void look_up(const Lut3d::Table& lut, const LutCells& cells, int n, FetchAhead& ahead,
                    float* to) {
  Floats sums[4];
  for (int i = 0; i < n; i += kTogether) {
    if (i % 32 == 0) ahead.next(32);
    group(lut, cells, i, sums);
    if (n - i >= kTogether) {
      store_group<step>(sums, to + step * i);
    } else {
      float rest[step * kTogether];
      store_group<step>(sums, rest);
      std::memcpy(to + step * i, rest, sizeof(float) * step * static_cast<std::size_t>(n - i));
    }
  }
}

struct LutMap {
  static constexpr bool kHeld = false, kChecks = true, kJoins = true;
  const Lut3d::Table& lut;
  Interpolation interpolation;
  bool clamped;

  void enter(std::int64_t) {}

  bool finite() const { return lut.moderate; }

  void operator()(std::int64_t, std::int64_t, int n, const Block& old, bool within,
                  FetchAhead& ahead, int step, float* to) const {
    Block shaped;
    LutCells cells;
    find_cells(lut, interpolation, clamped, within, old, padded(n), shaped, cells);
    const auto through =
        interpolation == Interpolation::trilinear
            ? (step == 3 ? look_up<trilinear_group, 3> : look_up<trilinear_group, 4>)
            : (step == 3 ? look_up<tetrahedral_group, 3> : look_up<tetrahedral_group, 4>);
    through(lut, cells, n, ahead, to);
  }
};

static void lut3d_rows(const ImageView& image, const MaskView& mask, float strength,
                       const Lut3d::Table& lut, Interpolation interpolation,
                       OutOfRange out_of_range, const MutableImageView& out, std::int64_t begin,
                       std::int64_t end) {
  LutMap map{lut, interpolation, out_of_range == OutOfRange::clamp};
  masked_rows(image, mask, strength, map, out, begin, end);
}
