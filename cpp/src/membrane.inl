// The loops of the membrane. A step of the multigrid cycle never stores what it can recompute:
// smoothing from zero is s = kDamping r / diagonal, so
//   restrict:  r -> coarse right side   P' (r - A s)
//   prolong:   r, coarse answer c -> z = z1 + kDamping (r - A z1) / diagonal,  z1 = s + P c
// with three rows of s or z1 in flight.

static const float* row_of(const float* plane, const MembraneGrid& grid, std::int64_t y) {
  return plane + (y + 1) * grid.pitch;
}

// A x for one row; x has a readable value before and behind the row.
static void apply_row(const MembraneGrid& grid, bool finest, std::int64_t y, const float* up,
                      const float* x, const float* below, float* __restrict out) {
  const std::int64_t n = grid.width;
  const std::int64_t at = (y + 1) * grid.pitch;
  if (finest) {
    // Differences of neighbours are small, and exact where the membrane is smooth.
    const float* const inverse = grid.inverse.data() + at;
    const float* const slack = grid.slack.data() + at;
    for (std::int64_t i = 0; i < n; ++i) {
      const float sum = ((x[i] - x[i - 1]) + (x[i] - x[i + 1])) +
                        ((x[i] - up[i]) + (x[i] - below[i])) - slack[i] * x[i];
      out[i] = inverse[i] > 0.0f ? sum : 0.0f;
    }
    return;
  }
  const float* const hold = grid.hold.data() + at;
  const float* const across = grid.across.data() + at;
  const float* const down = grid.down.data() + at;
  const float* const above = down - grid.pitch;
  for (std::int64_t i = 0; i < n; ++i) {
    out[i] = (across[i] * (x[i] - x[i + 1]) + across[i - 1] * (x[i] - x[i - 1])) +
             (down[i] * (x[i] - below[i]) + above[i] * (x[i] - up[i])) + hold[i] * x[i];
  }
}

constexpr float kDamping = 0.8f;

static void smooth_row(const MembraneGrid& grid, const float* r, std::int64_t y,
                       float* __restrict s) {
  if (y < 0 || y >= grid.height) {
    for (std::int64_t i = 0; i < grid.width; ++i) s[i] = 0.0f;
    return;
  }
  const float* const from = row_of(r, grid, y);
  const float* const inverse = row_of(grid.inverse.data(), grid, y);
  for (std::int64_t i = 0; i < grid.width; ++i) s[i] = kDamping * inverse[i] * from[i];
}

// The transpose of the interpolation along a row: weights 1/4 3/4 3/4 1/4. `t` has room for a value
// before and two behind.
static void halve_row(float* t, std::int64_t n, const FreeSides& free, std::int64_t coarse_n,
                      float* __restrict out) {
  t[-1] = free.left ? t[0] : 0.0f;
  t[n] = n % 2 == 0 && free.right ? t[n - 1] : 0.0f;
  t[n + 1] = 0.0f;
  for (std::int64_t k = 0; k < coarse_n; ++k) {
    out[k] = 0.75f * (t[2 * k] + t[2 * k + 1]) + 0.25f * (t[2 * k - 1] + t[2 * k + 2]);
  }
}

// Row 2k and 2k + 1 lie in coarse row k, at a quarter of its height above and below its middle.
static void restrict_rows(const MembraneGrid& fine, bool finest, const FreeSides& free,
                          const float* r, const MembraneGrid& coarse, float* right,
                          float* __restrict scratch, std::int64_t begin, std::int64_t end) {
  const std::int64_t room = fine.pitch + 16;
  float* s[3];
  for (int i = 0; i < 3; ++i) s[i] = scratch + i * room + 8;
  float* const t = scratch + 3 * room + 8;
  float* halves[4];
  for (int i = 0; i < 4; ++i) halves[i] = scratch + 4 * room + i * (coarse.pitch + 16);
  for (int i = 0; i < 3; ++i) s[i][-1] = s[i][fine.width] = 0.0f;

  const std::int64_t first = 2 * begin - 1, last = 2 * end;
  smooth_row(fine, r, first - 1, s[0]);
  smooth_row(fine, r, first, s[1]);
  for (std::int64_t y = first; y <= last; ++y) {
    smooth_row(fine, r, y + 1, s[2]);
    float* const half = halves[(y + 1) & 3];
    if (y >= 0 && y < fine.height) {
      apply_row(fine, finest, y, s[0], s[1], s[2], t);
      const float* const from = row_of(r, fine, y);
      for (std::int64_t i = 0; i < fine.width; ++i) t[i] = from[i] - t[i];
      halve_row(t, fine.width, free, coarse.width, half);
    } else {
      for (std::int64_t k = 0; k < coarse.width; ++k) half[k] = 0.0f;
    }
    float* const oldest = s[0];
    s[0] = s[1];
    s[1] = s[2];
    s[2] = oldest;

    if (y < first + 3 || (y & 1) != 0) continue;
    const std::int64_t row = (y - 2) / 2;
    const float* const a = halves[(y - 2) & 3];  // rows y - 3 .. y
    const float* const b = halves[(y - 1) & 3];
    const float* const c = halves[y & 3];
    const float* const d = halves[(y + 1) & 3];
    const float* const before = row == 0 && free.top ? b : a;
    const float* const behind = y == fine.height && free.bottom ? c : d;
    float* __restrict const to = right + (row + 1) * coarse.pitch;
    for (std::int64_t k = 0; k < coarse.width; ++k) {
      to[k] = 0.75f * (b[k] + c[k]) + 0.25f * (before[k] + behind[k]);
    }
  }
}

// s + P c for one row.
static void lift_row(const MembraneGrid& fine, const FreeSides& free, const float* r,
                     const MembraneGrid& coarse, const float* answer, std::int64_t y,
                     float* __restrict v, float* __restrict z) {
  const std::int64_t n = fine.width, coarse_n = coarse.width;
  if (y < 0 || y >= fine.height) {
    for (std::int64_t i = 0; i < n; ++i) z[i] = 0.0f;
    return;
  }
  const std::int64_t near = y / 2;
  std::int64_t far = (y & 1) != 0 ? near + 1 : near - 1;
  if ((far < 0 && free.top) || (far >= coarse.height && free.bottom)) far = near;
  const float* const a = row_of(answer, coarse, near);
  const float* const b = row_of(answer, coarse, far);  // zeros beyond a side that is not free
  for (std::int64_t k = 0; k < coarse_n; ++k) v[k] = 0.75f * a[k] + 0.25f * b[k];
  v[-1] = free.left ? v[0] : 0.0f;
  v[coarse_n] = free.right ? v[coarse_n - 1] : 0.0f;
  for (std::int64_t k = 0; k < n / 2; ++k) {
    z[2 * k] = 0.75f * v[k] + 0.25f * v[k - 1];
    z[2 * k + 1] = 0.75f * v[k] + 0.25f * v[k + 1];
  }
  if (n % 2 != 0) z[n - 1] = 0.75f * v[n / 2] + 0.25f * v[n / 2 - 1];
  const float* const from = row_of(r, fine, y);
  const float* const inverse = row_of(fine.inverse.data(), fine, y);
  for (std::int64_t i = 0; i < n; ++i) {
    const float sum = z[i] + kDamping * inverse[i] * from[i];
    z[i] = inverse[i] > 0.0f ? sum : 0.0f;
  }
}

struct Lanes {
  double sum[16] = {};

  void add(const float* a, const float* b, std::int64_t n) {
    std::int64_t i = 0;
    for (; i + 16 <= n; i += 16) {
      for (int lane = 0; lane < 16; ++lane) {
        sum[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
      }
    }
    for (int lane = 0; i < n; ++i, ++lane) {
      sum[lane] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
  }

  double total() const {
    double all = 0.0;
    for (int lane = 0; lane < 16; ++lane) all += sum[lane];
    return all;
  }
};

// Writes z and returns r . z of these rows.
static double prolong_rows(const MembraneGrid& fine, bool finest, const FreeSides& free,
                           const float* r, const MembraneGrid& coarse, const float* answer,
                           float* z, float* __restrict scratch, std::int64_t begin,
                           std::int64_t end) {
  const std::int64_t room = fine.pitch + 16;
  float* rows[3];
  for (int i = 0; i < 3; ++i) rows[i] = scratch + i * room + 8;
  float* const v = scratch + 3 * room + 8;
  for (int i = 0; i < 3; ++i) rows[i][-1] = rows[i][fine.width] = 0.0f;
  Lanes dot;
  lift_row(fine, free, r, coarse, answer, begin - 1, v, rows[0]);
  lift_row(fine, free, r, coarse, answer, begin, v, rows[1]);
  for (std::int64_t y = begin; y < end; ++y) {
    lift_row(fine, free, r, coarse, answer, y + 1, v, rows[2]);
    const float* const from = row_of(r, fine, y);
    const float* const inverse = row_of(fine.inverse.data(), fine, y);
    float* const to = z + (y + 1) * fine.pitch;
    apply_row(fine, finest, y, rows[0], rows[1], rows[2], to);
    const float* const x = rows[1];
    for (std::int64_t i = 0; i < fine.width; ++i) {
      to[i] = x[i] + kDamping * inverse[i] * (from[i] - to[i]);
    }
    dot.add(from, to, fine.width);
    float* const oldest = rows[0];
    rows[0] = rows[1];
    rows[1] = rows[2];
    rows[2] = oldest;
  }
  return dot.total();
}

// p = z + factor p
static void turn_rows(const MembraneGrid& grid, const float* z, float factor, float* p,
                      std::int64_t begin, std::int64_t end) {
  for (std::int64_t y = begin; y < end; ++y) {
    const float* __restrict const from = row_of(z, grid, y);
    float* __restrict const to = p + (y + 1) * grid.pitch;
    for (std::int64_t i = 0; i < grid.width; ++i) to[i] = from[i] + factor * to[i];
  }
}

// p . A p
static double energy_rows(const MembraneGrid& grid, const float* p, float* scratch,
                          std::int64_t begin, std::int64_t end) {
  Lanes dot;
  for (std::int64_t y = begin; y < end; ++y) {
    const float* const at = row_of(p, grid, y);
    apply_row(grid, true, y, at - grid.pitch, at, at + grid.pitch, scratch);
    dot.add(at, scratch, grid.width);
  }
  return dot.total();
}

// e += length p, r -= length A p
static void step_rows(const MembraneGrid& grid, const float* p, float length, float* e, float* r,
                      float* __restrict scratch, std::int64_t begin, std::int64_t end) {
  for (std::int64_t y = begin; y < end; ++y) {
    const float* const at = row_of(p, grid, y);
    apply_row(grid, true, y, at - grid.pitch, at, at + grid.pitch, scratch);
    float* __restrict const to = e + (y + 1) * grid.pitch;
    float* __restrict const left = r + (y + 1) * grid.pitch;
    for (std::int64_t i = 0; i < grid.width; ++i) {
      to[i] += length * at[i];
      left[i] -= length * scratch[i];
    }
  }
}
