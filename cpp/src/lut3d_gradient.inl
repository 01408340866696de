// The gradients of a 3D table over blocks of planar floats.

// A node, or its gradient: R G B 0.
static inline Four load_node(const float* nodes, std::int64_t i) {
  Four node;
  std::memcpy(&node, nodes + 4 * i, sizeof node);
  return node;
}

static inline Four weighted(float weight, pixel::Color g) {
  const Four part = {weight * g.x, weight * g.y, weight * g.z, 0.0f};
  return part;
}

static inline void add_to(double* sums, Four part) {
#if defined(__GNUC__)
  using Doubles = double __attribute__((vector_size(32)));
  Doubles total;
  std::memcpy(&total, sums, sizeof total);
  total += __builtin_convertvector(part, Doubles);
  std::memcpy(sums, &total, sizeof total);
#else
  for (int c = 0; c < 4; ++c) sums[c] += static_cast<double>(part.v[c]);
#endif
}

// Where the colours of a block lie in the table: the cell's own node, and the way through the cell.
struct Places {
  alignas(64) std::int32_t index[3][kBlock];
  alignas(64) float fraction[3][kBlock], pace[3][kBlock];
};

static void find_places(const float* __restrict values, float low, float scale, std::int32_t size,
                        bool clamped, int n, std::int32_t* __restrict index,
                        float* __restrict fraction, float* __restrict pace) {
  const pixel::LutSpan span = pixel::lut_span(clamped);
  for (int i = 0; i < n; ++i) {
    const float t = (values[i] - low) * scale;
    const pixel::LutStep step = pixel::lut_step(pixel::held_in(span, t), size - 1);
    index[i] = step.index;
    fraction[i] = step.fraction;
    pace[i] = pixel::lut_pace(t, scale, size - 1, clamped);
  }
}

// The value and the derivatives of a block's look-ups, R G B 0 a pixel.
struct Slopes {
  alignas(64) float value[4 * kBlock], red[4 * kBlock], green[4 * kBlock], blue[4 * kBlock];

  void set(int i, const pixel::LutSlope<Four>& slope) {
    std::memcpy(value + 4 * i, &slope.value, sizeof slope.value);
    std::memcpy(red + 4 * i, &slope.red, sizeof slope.red);
    std::memcpy(green + 4 * i, &slope.green, sizeof slope.green);
    std::memcpy(blue + 4 * i, &slope.blue, sizeof slope.blue);
  }
};

static inline pixel::Color color(const float* node) { return {node[0], node[1], node[2]}; }

static void image_gradient(const float* __restrict slopes, const float* __restrict pace,
                           const Block& __restrict g, const float* own,
                           const float* __restrict weights, int n, float* __restrict to) {
  for (int i = 0; i < n; ++i) {
    to[i] = pixel::lut_image_gradient(color(slopes + 4 * i), {g.x[i], g.y[i], g.z[i]}, own[i],
                                      pace[i], weights[i]);
  }
}

static void mask_gradient(const float* __restrict values, const Block& __restrict old,
                          const Block& __restrict g, int n, float* __restrict to) {
  for (int i = 0; i < n; ++i) {
    to[i] = pixel::lut_mask_gradient(color(values + 4 * i), {old.x[i], old.y[i], old.z[i]},
                                     {g.x[i], g.y[i], g.z[i]});
  }
}

static inline std::int64_t first_node(const Lut3d::Table& lut, const Places& at, int i) {
  return (std::int64_t{at.index[0][i]} * lut.size[1] + at.index[1][i]) * lut.size[2] +
         at.index[2][i];
}

struct Offsets {
  std::int64_t of[8];  // of the nodes of a cell from its own
};

static Offsets offsets(const Lut3d::Table& lut) {
  const std::int32_t row = lut.size[2], slice = row * lut.size[1];
  Offsets offset;
  for (int j = 0; j < 8; ++j) offset.of[j] = pixel::lut_offset(j, slice, row);
  return offset;
}

// `sums` are four for each node, or there are none.
static void trilinear_block(const Lut3d::Table& lut, const Places& at, const Block& gradient,
                            const float* weights, int n, double* sums, Slopes& to) {
  const Offsets offset = offsets(lut);
  for (int i = 0; i < n; ++i) {
    const float x = at.fraction[0][i], y = at.fraction[1][i], z = at.fraction[2][i];
    const std::int64_t first = first_node(lut, at, i);
    const pixel::Color g = {gradient.x[i], gradient.y[i], gradient.z[i]};
    Four node[8];
    for (int j = 0; j < 8; ++j) node[j] = load_node(lut.nodes.data(), first + offset.of[j]);
    to.set(i, pixel::trilinear_slope(node, x, y, z));
    if (sums == nullptr) continue;
    const Four part = weighted(weights[i], g), far = z * part, near = part - far;
    const pixel::BilinearWeights bilinear = pixel::bilinear_weights(x, y);
    for (int j = 0; j < 4; ++j) {
      double* const edge = sums + 4 * (first + offset.of[2 * j]);
      add_to(edge, bilinear.w[j] * near);
      add_to(edge + 4, bilinear.w[j] * far);
    }
  }
}

// Apart from the look-ups, since a loop of arithmetic alone has no branches to mispredict.
struct Walks {
  alignas(64) std::int32_t second[kBlock], third[kBlock];
  alignas(64) float w[4][kBlock];
};

static void find_walks(const Places& at, int n, Walks& to) {
  for (int i = 0; i < n; ++i) {
    const pixel::LutWalk walk =
        pixel::tetrahedral_walk(at.fraction[0][i], at.fraction[1][i], at.fraction[2][i]);
    to.second[i] = walk.second, to.third[i] = walk.third;
    to.w[0][i] = walk.w[0], to.w[1][i] = walk.w[1], to.w[2][i] = walk.w[2], to.w[3][i] = walk.w[3];
  }
}

static void tetrahedral_block(const Lut3d::Table& lut, const Places& at, const Block& gradient,
                              const float* weights, int n, double* sums, Slopes& to) {
  const Offsets offset = offsets(lut);
  Walks walks;
  find_walks(at, padded(n), walks);
  for (int i = 0; i < n; ++i) {
    const pixel::LutWalk walk = {walks.second[i],
                                 walks.third[i],
                                 {walks.w[0][i], walks.w[1][i], walks.w[2][i], walks.w[3][i]}};
    const std::int64_t first = first_node(lut, at, i);
    const std::int64_t met[4] = {first, first + offset.of[walk.second],
                                 first + offset.of[walk.third], first + offset.of[7]};
    const pixel::Color g = {gradient.x[i], gradient.y[i], gradient.z[i]};
    Four node[4];
    for (int j = 0; j < 4; ++j) node[j] = load_node(lut.nodes.data(), met[j]);
    to.set(i, pixel::tetrahedral_slope(node, walk));
    if (sums == nullptr) continue;
    const Four part = weighted(weights[i], g);
    for (int j = 0; j < 4; ++j) add_to(sums + 4 * met[j], walk.w[j] * part);
  }
}

static void store_mask_gradient(const float* from, const Lut3dGradients& out, std::int64_t y,
                                std::int64_t x, int n) {
  std::uint8_t* to = reinterpret_cast<std::uint8_t*>(out.mask) + y * out.mask_row_stride +
                     x * out.mask_pixel_stride;
  for (int i = 0; i < n; ++i, to += out.mask_pixel_stride) {
    *reinterpret_cast<float*>(to) = from[i];
  }
}

static void lut3d_gradient_rows(const ImageView& image, const MaskView& mask,
                                const Lut3d::Table& lut, Interpolation interpolation,
                                OutOfRange out_of_range, const ImageView& gradient,
                                const Lut3dGradients& out, double* sums, std::int64_t begin,
                                std::int64_t end) {
  const bool clamped = out_of_range == OutOfRange::clamp;
  const auto through =
      interpolation == Interpolation::trilinear ? trilinear_block : tetrahedral_block;
  Block old, g, fresh;
  Weights weights;
  Places at;
  Slopes slopes;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      const Cover cover = load_mask(mask, y, x, n, 1.0f, weights);
      load(gradient, y, x, n, g);
      if (cover == Cover::none) {
        if (out.mask == nullptr) {
          if (out.image.data != nullptr) store(g, out.image, y, x, n);
          continue;
        }
        std::memset(weights.w, 0, sizeof weights.w);
      }
      load(image, y, x, n, old);
      const float* const values[3] = {old.x, old.y, old.z};
      for (int c = 0; c < 3; ++c) {
        find_places(values[c], lut.low[c], lut.scale[c], lut.size[c], clamped, padded(n),
                    at.index[c], at.fraction[c], at.pace[c]);
      }
      through(lut, at, g, weights.w, n, sums, slopes);
      if (out.image.data != nullptr) {
        image_gradient(slopes.red, at.pace[0], g, g.x, weights.w, n, fresh.x);
        image_gradient(slopes.green, at.pace[1], g, g.y, weights.w, n, fresh.y);
        image_gradient(slopes.blue, at.pace[2], g, g.z, weights.w, n, fresh.z);
        store(fresh, out.image, y, x, n);
      }
      if (out.mask != nullptr) {
        mask_gradient(slopes.value, old, g, n, fresh.x);
        store_mask_gradient(fresh.x, out, y, x, n);
      }
    }
  }
}
