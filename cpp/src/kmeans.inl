// Squared distances of colours to centres. Points are planar and come in whole groups of kLanes.

static inline float squared(float x, float y, float z) { return x * x + y * y + z * z; }

// The nearest centre of each point, the first of equally near ones, and the distance to it. Gives
// whether a label changed. centres: [count][3], count a multiple of four: a pass over the points
// compares with four of them, since to load and store costs more than to compare with one.
static bool nearest(const float* __restrict x, const float* __restrict y, const float* __restrict z,
                    int n, const float* __restrict centres, int count,
                    std::int32_t* __restrict labels, float* __restrict distances) {
  alignas(64) float best[kPointsAtOnce];
  alignas(64) std::int32_t winner[kPointsAtOnce];
  std::int32_t changed = 0;
  for (int first = 0; first < n; first += kPointsAtOnce) {
    const int size = (n - first < kPointsAtOnce ? n - first : kPointsAtOnce) & ~(kLanes - 1);
    const float* const px = x + first;
    const float* const py = y + first;
    const float* const pz = z + first;
    for (int i = 0; i < size; ++i) best[i] = kFar;
    for (int i = 0; i < size; ++i) winner[i] = 0;
    for (int c = 0; c < count; c += 4) {
      const float* const m = centres + 3 * c;
      const float ax = m[0], ay = m[1], az = m[2], bx = m[3], by = m[4], bz = m[5];
      const float cx = m[6], cy = m[7], cz = m[8], dx = m[9], dy = m[10], dz = m[11];
      for (int i = 0; i < size; ++i) {
        const float a = squared(px[i] - ax, py[i] - ay, pz[i] - az);
        const float b = squared(px[i] - bx, py[i] - by, pz[i] - bz);
        const float e = squared(px[i] - cx, py[i] - cy, pz[i] - cz);
        const float f = squared(px[i] - dx, py[i] - dy, pz[i] - dz);
        const float ab = b < a ? b : a, ef = f < e ? f : e;
        const std::int32_t of_ab = b < a ? c + 1 : c, of_ef = f < e ? c + 3 : c + 2;
        const float four = ef < ab ? ef : ab;
        const std::int32_t of_four = ef < ab ? of_ef : of_ab;
        winner[i] = four < best[i] ? of_four : winner[i];
        best[i] = four < best[i] ? four : best[i];
      }
    }
    for (int i = 0; i < size; ++i) {
      changed |= winner[i] ^ labels[first + i];
      labels[first + i] = winner[i];
      distances[first + i] = best[i];
    }
  }
  return changed != 0;
}

// Lowers the distances to those to one more centre.
static void add_centre(const float* __restrict x, const float* __restrict y,
                       const float* __restrict z, int n, const float* __restrict centre,
                       float* __restrict distances) {
  const float cx = centre[0], cy = centre[1], cz = centre[2];
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const float d = squared(x[i] - cx, y[i] - cy, z[i] - cz);
    distances[i] = d < distances[i] ? d : distances[i];
  }
}
