// Loops over rows of planes. Rows have one readable column before the first and one behind the
// last.

static void regrain_load(const ImageView& image, const ImageView& changed, const MaskView& mask,
                         bool whole, std::int64_t y, std::int64_t x, int n, const LoadedRow& to) {
  Block old, fresh;
  Weights weights;
  const bool none = load_mask(mask, y, x, n, 1.0f, weights) == Cover::none;
  if (none) {
    for (int i = 0; i < n; ++i) weights.w[i] = 0.0f;
    for (int i = 0; i < n; ++i) fresh.x[i] = fresh.y[i] = fresh.z[i] = 0.0f;
  } else {
    load(changed, y, x, n, fresh);
  }
  load(image, y, x, n, old);
  for (int i = 0; i < n; ++i) {
    const bool in = weights.w[i] > 0.0f;
    to.cover[i] = in || whole ? 1.0f : 0.0f;
    to.old[0][i] = in ? old.x[i] : 0.0f;
    to.old[1][i] = in ? old.y[i] : 0.0f;
    to.old[2][i] = in ? old.z[i] : 0.0f;
    to.wanted[0][i] = in ? fresh.x[i] - old.x[i] : 0.0f;
    to.wanted[1][i] = in ? fresh.y[i] - old.y[i] : 0.0f;
    to.wanted[2][i] = in ? fresh.z[i] - old.z[i] : 0.0f;
  }
}

static void regrain_store(const ImageView& image, const MaskView& mask, float strength,
                          const MutableImageView& out, std::int64_t y, std::int64_t x, int n,
                          const float* const change[3]) {
  Block old, fresh;
  Weights weights;
  if (load_mask(mask, y, x, n, strength, weights) == Cover::none) {
    copy(image, out, y, x, n);
    return;
  }
  load(image, y, x, n, old);
  for (int i = 0; i < n; ++i) {
    fresh.x[i] = old.x[i] + change[0][i];
    fresh.y[i] = old.y[i] + change[1][i];
    fresh.z[i] = old.z[i] + change[2][i];
  }
  for (int i = n; i < padded(n); ++i) fresh.x[i] = fresh.y[i] = fresh.z[i] = 0.0f;
  store_blend(fresh, old, weights, out, y, x, n);
  copy_alpha(image, out, y, x, n);
}

// sum += weight * cover * values
static void add_covered(const float* __restrict values, const float* __restrict cover, float weight,
                        std::int64_t n, float* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += weight * (cover[i] * values[i]);
}

static void add_scaled(const float* __restrict values, float weight, std::int64_t n,
                       float* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += weight * values[i];
}

// Squared central differences; where a neighbour is left out the pixel stands in for it.
static void add_gradients(const float* above, const float* here, const float* below,
                          const float* cover_above, const float* cover_here,
                          const float* cover_below, std::int64_t n, float* __restrict squares) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float v = here[i];
    const float gx =
        (cover_here[i + 1] > 0.0f ? here[i + 1] : v) - (cover_here[i - 1] > 0.0f ? here[i - 1] : v);
    const float gy =
        (cover_below[i] > 0.0f ? below[i] : v) - (cover_above[i] > 0.0f ? above[i] : v);
    squares[i] += gx * gx + gy * gy;
  }
}

// phi holds the squared gradient before.
static void psi_and_phi(std::int64_t n, float flat, float falloff, float* __restrict psi,
                        float* __restrict phi) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float gradient = __builtin_sqrtf(phi[i]);
    const float detail = gradient * (256.0f / 5.0f);
    psi[i] = detail < 1.0f ? detail : 1.0f;
    phi[i] = flat / (1.0f + falloff * gradient);
  }
}

// The weight between each pixel and its right and lower neighbour.
static void edges(const float* phi, const float* phi_below, const float* cover,
                  const float* cover_below, std::int64_t n, float* __restrict right,
                  float* __restrict down) {
  for (std::int64_t i = 0; i < n; ++i) {
    const bool in = cover[i] > 0.0f;
    const float to_right = 0.5f * (phi[i] + phi[i + 1]), to_below = 0.5f * (phi[i] + phi_below[i]);
    right[i] = in && cover[i + 1] > 0.0f ? to_right : 0.0f;
    down[i] = in && cover_below[i] > 0.0f ? to_below : 0.0f;
  }
}

// The share of a pixel's neighbours in its relaxation; psi becomes that of the wanted change, and
// phi that of the pixel itself.
static void relaxation(const float* cover, const float* cover_above, const float* cover_below,
                       const float* right, const float* down, const float* down_above,
                       std::int64_t n, float* __restrict psi, float* __restrict phi,
                       float* __restrict scale) {
  constexpr float kRelax = 0.8f;
  for (std::int64_t i = 0; i < n; ++i) {
    // A neighbour that is left out pulls towards the pixel itself.
    const float missing =
        (cover[i - 1] > 0.0f ? 0.0f : 1.0f) + (cover[i + 1] > 0.0f ? 0.0f : 1.0f) +
        (cover_above[i] > 0.0f ? 0.0f : 1.0f) + (cover_below[i] > 0.0f ? 0.0f : 1.0f);
    const float self = missing * phi[i];
    const float total = psi[i] + (right[i] + right[i - 1]) + (down[i] + down_above[i]) + self;
    const float share = kRelax / total;
    const bool in = cover[i] > 0.0f;
    scale[i] = in ? share : 0.0f;
    psi[i] = in ? share * psi[i] : 0.0f;
    phi[i] = in ? (1.0f - kRelax) + share * self : 0.0f;
  }
}

static void relax_row(const RelaxRow& r, std::int64_t n) {
  const float* __restrict const right = r.right;
  const float* __restrict const down = r.down;
  const float* __restrict const up = r.down_above;
  const float* __restrict const scale = r.scale;
  const float* __restrict const keep = r.keep;
  const float* __restrict const wish = r.wish;
  for (int c = 0; c < 3; ++c) {
    const float* const above = r.above[c];
    const float* const here = r.here[c];
    const float* const below = r.below[c];
    const float* __restrict const wanted = r.wanted[c];
    float* __restrict const to = r.to[c];
    for (std::int64_t i = 0; i < n; ++i) {
      const float pull = (right[i] * here[i + 1] + right[i - 1] * here[i - 1]) +
                         (down[i] * below[i] + up[i] * above[i]);
      to[i] = wish[i] * wanted[i] + scale[i] * pull + keep[i] * here[i];
    }
  }
}
