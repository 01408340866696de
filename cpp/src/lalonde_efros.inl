#include "transfer_rows.inl"

// Sixteen pixels have their distances to all clusters at hand; no step branches.
struct ShiftByClusters {
  const ClusterNeighbours& near;

  // One value of each of the pixels. More of them than a register of SSE2 holds, so that the loops
  // are not unrolled before they can vectorize (measured there: half the time).
  struct Lanes {
    alignas(64) float v[kLanes];
  };

  struct LaneCounts {
    alignas(64) std::int32_t v[kLanes];
  };

  void operator()(Block& __restrict block, int n) const {
    if (near.count == 0) return;
    for (int i = 0; i < n; i += kLanes) shift(block.x + i, block.y + i, block.z + i);
  }

  void shift(float* __restrict x, float* __restrict y, float* __restrict z) const {
    Lanes distances[kMostClusters], sorted[kMostClusters];
    for (int c = 0; c < near.count; ++c) {
      measure(x, y, z, near.clusters + 6 * c, distances[c].v, sorted[c].v);
    }
    for (int k = 0; k < near.comparisons; ++k) {
      sort(sorted[near.network[k].low].v, sorted[near.network[k].high].v);
    }
    const Lanes limit = sorted[near.counted - 1];
    LaneCounts left;  // how many at the limit itself still count
    for (int j = 0; j < kLanes; ++j) left.v[j] = near.counted;
    for (int c = 0; c < near.count; ++c) count_below(distances[c].v, limit.v, left.v);
    for (int c = 0; c < near.count; ++c) weigh(limit.v, near.falloff, distances[c].v, left.v);

    Lanes total = {}, dx = {}, dy = {}, dz = {};
    for (int c = 0; c < near.count; ++c) {
      add(distances[c].v, near.clusters + 6 * c + 3, total.v, dx.v, dy.v, dz.v);
    }
    for (int j = 0; j < kLanes; ++j) {
      const float weight = total.v[j] > 0.0f ? total.v[j] : 1.0f;
      x[j] += dx.v[j] / weight;
      y[j] += dy.v[j] / weight;
      z[j] += dz.v[j] / weight;
    }
  }

  static void measure(const float* __restrict x, const float* __restrict y,
                      const float* __restrict z, const float* __restrict centre,
                      float* __restrict distances, float* __restrict copy) {
    const float cx = centre[0], cy = centre[1], cz = centre[2];
    for (int j = 0; j < kLanes; ++j) {
      const float dx = x[j] - cx, dy = y[j] - cy, dz = z[j] - cz;
      distances[j] = copy[j] = dx * dx + dy * dy + dz * dz;
    }
  }

  static void sort(float* __restrict low, float* __restrict high) {
    for (int j = 0; j < kLanes; ++j) {
      const float a = low[j], b = high[j];
      low[j] = a < b ? a : b;
      high[j] = a < b ? b : a;
    }
  }

  static void count_below(const float* __restrict distances, const float* __restrict limit,
                          std::int32_t* __restrict left) {
    for (int j = 0; j < kLanes; ++j) left[j] -= distances[j] < limit[j] ? 1 : 0;
  }

  // Distances become weights.
  static void weigh(const float* __restrict limit, float falloff, float* __restrict distances,
                    std::int32_t* __restrict left) {
    for (int j = 0; j < kLanes; ++j) {
      const float d = distances[j];
      const std::int32_t below = d < limit[j] ? -1 : 0, tie = d == limit[j] ? -1 : 0;
      const std::int32_t counts = below | (tie & (left[j] > 0 ? -1 : 0));
      left[j] += tie;
      distances[j] = pixel::float_of(pixel::bits_of(pixel::exp2_approx(d * falloff)) & counts);
    }
  }

  static void add(const float* __restrict weights, const float* __restrict shift,
                  float* __restrict total, float* __restrict dx, float* __restrict dy,
                  float* __restrict dz) {
    const float sx = shift[0], sy = shift[1], sz = shift[2];
    for (int j = 0; j < kLanes; ++j) {
      const float w = weights[j];
      total[j] += w;
      dx[j] += w * sx;
      dy[j] += w * sy;
      dz[j] += w * sz;
    }
  }
};

static void lalonde_efros_rows(const ImageView& image, const MaskView& mask, float strength,
                               SpacePair spaces, const ClusterNeighbours& near,
                               const MutableImageView& out, std::int64_t begin, std::int64_t end) {
  transfer_rows(image, mask, strength, spaces, ShiftByClusters{near}, out, begin, end);
}
