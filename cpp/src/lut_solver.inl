// Loops over slabs of nodes, three channels a slab. Rows are short, so each is an array of its own
// that stays in the first-level cache; nothing is summed across nodes but in lanes of fixed order.

constexpr int kDotLanes = 8;

// The first node of a row.
static std::int64_t node_at(const FitLatticeView& grid, std::int64_t r, std::int64_t g) {
  return (r + 2) * grid.slab + (g + 2) * grid.row + 2;
}

// out = A u for one row of nodes; u and out point to its first node.
static void apply_row(const FitLatticeView& grid, std::int64_t r, std::int64_t g, std::int64_t at,
                      const double* __restrict u, double* __restrict out) {
  const std::int64_t n = grid.nodes, row = grid.row, slab = grid.slab;
  const double* const kr = grid.second + 5 * r + 2;
  const double* const kg = grid.second + 5 * g + 2;
  const double* const lr = grid.first + 3 * r + 1;
  const double* const lg = grid.first + 3 * g + 1;
  const double* const zero = u;
  double slopes[kMostLutNodes + 2];  // (Lr + Lg) u, for the products with Lb
  const double twice = 2.0 * grid.bending;
  {
    const double c0 = twice * (lr[0] + lg[0]) + grid.stretch;
    const double rm = twice * lr[-1], rp = twice * lr[1], gm = twice * lg[-1], gp = twice * lg[1];
    for (std::int64_t i = -1; i <= n; ++i) {
      slopes[i + 1] = (c0 * zero[i] + (rm * zero[i - slab] + rp * zero[i + slab])) +
                      (gm * zero[i - row] + gp * zero[i + row]);
    }
  }
  const double b = grid.bending, s = grid.stretch;
  const double here = b * (kr[0] + kg[0]) + twice * lr[0] * lg[0] + s * (lr[0] + lg[0]);
  const double r1 = b * kr[-1] + twice * lr[-1] * lg[0] + s * lr[-1];
  const double r2 = b * kr[1] + twice * lr[1] * lg[0] + s * lr[1];
  const double g1 = b * kg[-1] + twice * lg[-1] * lr[0] + s * lg[-1];
  const double g2 = b * kg[1] + twice * lg[1] * lr[0] + s * lg[1];
  const double rr1 = b * kr[-2], rr2 = b * kr[2], gg1 = b * kg[-2], gg2 = b * kg[2];
  const double d1 = twice * lr[-1] * lg[-1], d2 = twice * lr[-1] * lg[1];
  const double d3 = twice * lr[1] * lg[-1], d4 = twice * lr[1] * lg[1];
  const double* const k0 = grid.second_along[0];
  const double* const k1 = grid.second_along[1];
  const double* const k2 = grid.second_along[2];
  const double* const k3 = grid.second_along[3];
  const double* const k4 = grid.second_along[4];
  const double* const l0 = grid.first_along[0];
  const double* const l1 = grid.first_along[1];
  const double* const l2 = grid.first_along[2];
  for (std::int64_t i = 0; i < n; ++i) {
    const double across = (here * zero[i] + (r1 * zero[i - slab] + r2 * zero[i + slab])) +
                          (g1 * zero[i - row] + g2 * zero[i + row]);
    const double far = (rr1 * zero[i - 2 * slab] + rr2 * zero[i + 2 * slab]) +
                       (gg1 * zero[i - 2 * row] + gg2 * zero[i + 2 * row]);
    const double diagonal = (d1 * zero[i - slab - row] + d2 * zero[i - slab + row]) +
                            (d3 * zero[i + slab - row] + d4 * zero[i + slab + row]);
    const double along = k2[i] * zero[i] + (k1[i] * zero[i - 1] + k3[i] * zero[i + 1]) +
                         (k0[i] * zero[i - 2] + k4[i] * zero[i + 2]);
    const double mixed = l1[i] * slopes[i + 1] + (l0[i] * slopes[i] + l2[i] * slopes[i + 2]);
    out[i] = ((across + diagonal) + (far + b * along)) + mixed;
  }
  const std::int64_t begin = grid.data_begin[r * n + g], end = grid.data_end[r * n + g];
  for (int k = 0; k < kForward; ++k) {
    const double* const entries = grid.data[k] + at;
    const std::int64_t to = grid.offset[k];
    if (k == 0) {
      for (std::int64_t i = begin; i < end; ++i) out[i] += entries[i] * zero[i];
    } else {
      for (std::int64_t i = begin; i < end; ++i) {
        out[i] += entries[i] * zero[i + to] + entries[i - to] * zero[i - to];
      }
    }
  }
}

template <class Row>
static void for_rows(const FitLatticeView& grid, std::int64_t begin, std::int64_t end, Row row) {
  for (int c = 0; c < 3; ++c) {
    for (std::int64_t r = begin; r < end; ++r) {
      for (std::int64_t g = 0; g < grid.nodes; ++g) {
        const std::int64_t at = node_at(grid, r, g);
        row(r, g, at, c * grid.plane + at);
      }
    }
  }
}

static void apply_slabs(const FitLatticeView& grid, const double* u, double* out,
                        std::int64_t begin, std::int64_t end) {
  for_rows(grid, begin, end, [&](std::int64_t r, std::int64_t g, std::int64_t at, std::int64_t f) {
    apply_row(grid, r, g, at, u + f, out + f);
  });
}

// d = scale * inverse * r, the first step of a polynomial.
static void begin_slabs(const FitLatticeView& grid, double scale, const double* r, double* d,
                        std::int64_t begin, std::int64_t end) {
  const double* const inverse = grid.inverse;
  for_rows(grid, begin, end, [&](std::int64_t, std::int64_t, std::int64_t at, std::int64_t f) {
    for (std::int64_t i = 0; i < grid.nodes; ++i) d[f + i] = scale * inverse[at + i] * r[f + i];
  });
}

// x += d; r -= A d; next = keep * d + scale * inverse * r. Without `next` only the first two.
static void step_slabs(const FitLatticeView& grid, double keep, double scale, const double* d,
                       double* x, double* r, double* next, std::int64_t begin, std::int64_t end) {
  const double* const inverse = grid.inverse;
  double change[kMostLutNodes];
  for_rows(grid, begin, end, [&](std::int64_t y, std::int64_t g, std::int64_t at, std::int64_t f) {
    apply_row(grid, y, g, at, d + f, change);
    for (std::int64_t i = 0; i < grid.nodes; ++i) {
      x[f + i] += d[f + i];
      r[f + i] -= change[i];
    }
    if (next == nullptr) return;
    for (std::int64_t i = 0; i < grid.nodes; ++i) {
      next[f + i] = keep * d[f + i] + scale * inverse[at + i] * r[f + i];
    }
  });
}

// y = x + factor * y
static void turn_slabs(const FitLatticeView& grid, const double* x, double factor, double* y,
                       std::int64_t begin, std::int64_t end) {
  for_rows(grid, begin, end, [&](std::int64_t, std::int64_t, std::int64_t, std::int64_t f) {
    for (std::int64_t i = 0; i < grid.nodes; ++i) y[f + i] = x[f + i] + factor * y[f + i];
  });
}

// y += factor * x
static void add_slabs(const FitLatticeView& grid, const double* x, double factor, double* y,
                      std::int64_t begin, std::int64_t end) {
  for_rows(grid, begin, end, [&](std::int64_t, std::int64_t, std::int64_t, std::int64_t f) {
    for (std::int64_t i = 0; i < grid.nodes; ++i) y[f + i] += factor * x[f + i];
  });
}

// Rows are whole groups of lanes, zeros behind the last node included.
static double dot_slabs(const FitLatticeView& grid, const double* x, const double* y,
                        std::int64_t begin, std::int64_t end) {
  double lanes[kDotLanes] = {};
  for_rows(grid, begin, end, [&](std::int64_t, std::int64_t, std::int64_t, std::int64_t f) {
    for (std::int64_t i = -2; i < grid.row - 2; i += kDotLanes) {
      for (int j = 0; j < kDotLanes; ++j) lanes[j] += x[f + i + j] * y[f + i + j];
    }
  });
  double sum = 0.0;
  for (int j = 0; j < kDotLanes; ++j) sum += lanes[j];
  return sum;
}

// What the coarse nodes `begin` to `end` along red get: every node's value, shared as it would be
// interpolated from them. from_node[j] .. from_node[j + 1] have a share in coarse node j.
static void restrict_slabs(const FitLatticeView& fine, const FitLatticeView& coarse,
                           const std::int32_t* below, const double* share,
                           const std::int32_t* first, const std::int32_t* last, const double* r,
                           double* to, std::int64_t begin, std::int64_t end) {
  double sum[kMostLutNodes];
  for (int c = 0; c < 3; ++c) {
    for (std::int64_t y = begin; y < end; ++y) {
      for (std::int64_t g = 0; g < coarse.nodes; ++g) {
        for (std::int64_t i = 0; i < fine.nodes; ++i) sum[i] = 0.0;
        for (std::int64_t fr = first[y]; fr < last[y]; ++fr) {
          const double wr = below[fr] == y ? 1.0 - share[fr] : share[fr];
          for (std::int64_t fg = first[g]; fg < last[g]; ++fg) {
            const double w = wr * (below[fg] == g ? 1.0 - share[fg] : share[fg]);
            const double* const from = r + c * fine.plane + node_at(fine, fr, fg);
            for (std::int64_t i = 0; i < fine.nodes; ++i) sum[i] += w * from[i];
          }
        }
        double* const out = to + c * coarse.plane + node_at(coarse, y, g);
        for (std::int64_t k = 0; k < coarse.nodes; ++k) {
          double value = 0.0;
          for (std::int64_t i = first[k]; i < last[k]; ++i) {
            value += sum[i] * (below[i] == k ? 1.0 - share[i] : share[i]);
          }
          out[k] = value;
        }
      }
    }
  }
}

static void prolong_slabs(const FitLatticeView& fine, const FitLatticeView& coarse,
                          const std::int32_t* below, const double* share, const double* from,
                          double* to, std::int64_t begin, std::int64_t end) {
  double values[kMostLutNodes];
  for_rows(fine, begin, end, [&](std::int64_t r, std::int64_t g, std::int64_t, std::int64_t f) {
    const std::int64_t channel = f / fine.plane;
    const double* const a = from + channel * coarse.plane + node_at(coarse, below[r], below[g]);
    const double wr = share[r], wg = share[g];
    const double w0 = (1.0 - wr) * (1.0 - wg), w1 = (1.0 - wr) * wg, w2 = wr * (1.0 - wg);
    const double w3 = wr * wg;
    for (std::int64_t k = 0; k < coarse.nodes; ++k) {
      values[k] = (w0 * a[k] + w1 * a[k + coarse.row]) +
                  (w2 * a[k + coarse.slab] + w3 * a[k + coarse.slab + coarse.row]);
    }
    for (std::int64_t i = 0; i < fine.nodes; ++i) {
      const double low = values[below[i]], high = values[below[i] + 1];
      to[f + i] = low + share[i] * (high - low);
    }
  });
}
