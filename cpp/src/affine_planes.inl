#include "masked_rows.inl"

// All pixels of an image row lie the same way between four rows of maps. So these are weighed once,
// and what is left at a pixel are four maps beside each other:
//
//   maps of the row   | border | border | 0 | 1 | 2 | ... | border | border |
//   taps of a pixel                     ^---^---^---^
struct CubicMaps {
  static constexpr bool kHeld = true, kChecks = false, kJoins = false;
  const AffineCells* cells;
  float* __restrict row;  // [width + 2 kBeside][kMapFloats]

  void enter(std::int64_t y) {
    const CubicStep& down = cells->rows[y];
    const std::int64_t floats = cells->width * kMapFloats, last = cells->height - 1;
    const float* from[kTaps];
    for (int tap = 0; tap < kTaps; ++tap) {
      const std::int64_t at = down.first - kBeside + tap;
      from[tap] = cells->maps + (at < 0 ? 0 : at > last ? last : at) * floats;
    }
    float* const to = row + kBeside * kMapFloats;
    weigh(from, down.weights, floats, to);
    for (int beside = 0; beside < kBeside; ++beside) {
      for (int k = 0; k < kMapFloats; ++k) {
        row[beside * kMapFloats + k] = to[k];
        to[floats + beside * kMapFloats + k] = to[floats - kMapFloats + k];
      }
    }
  }

  static void weigh(const float* const* from, const float* weights, std::int64_t n,
                    float* __restrict to) {
    const float *const a = from[0], *const b = from[1], *const c = from[2], *const d = from[3];
    for (std::int64_t k = 0; k < n; ++k) {
      to[k] = (weights[0] * a[k] + weights[1] * b[k]) + (weights[2] * c[k] + weights[3] * d[k]);
    }
  }

  void operator()(std::int64_t, std::int64_t x, int n, const Block& __restrict old,
                  Block& __restrict fresh) const {
    alignas(64) float mapped[4 * kBlock];
    const CubicStep* const steps = cells->columns + x;
    // Maps go through memory, where the next loop finds whole vectors of them.
    for (int begin = 0; begin < n; begin += kLanes) {
      alignas(64) float maps[kLanes * kMapFloats];
      for (int j = 0; j < kLanes; ++j) {
        const CubicStep& step = steps[begin + j];
        const float* __restrict const p = row + step.first * kMapFloats;
        const float w0 = step.weights[0], w1 = step.weights[1], w2 = step.weights[2],
                    w3 = step.weights[3];
        float* __restrict const m = maps + j * kMapFloats;
        for (int k = 0; k < kMapFloats; ++k) {
          m[k] = (w0 * p[k] + w1 * p[kMapFloats + k]) +
                 (w2 * p[2 * kMapFloats + k] + w3 * p[3 * kMapFloats + k]);
        }
      }
      for (int j = 0; j < kLanes; ++j) {
        const int i = begin + j;
        Four column[4];
        std::memcpy(column, maps + j * kMapFloats, sizeof column);
        const Four color =
            old.x[i] * column[0] + old.y[i] * column[1] + old.z[i] * column[2] + column[3];
        std::memcpy(mapped + 4 * i, &color, sizeof color);
      }
    }
    if (cells->shared) {
      mix(mapped, n, old, fresh);
    } else {
      hold(mapped, n, fresh);
    }
  }

  static void hold(const float* __restrict mapped, int n, Block& __restrict fresh) {
    for (int i = 0; i < padded(n); ++i) {
      fresh.x[i] = pixel::clamp(mapped[4 * i], 0.0f, 1.0f);
      fresh.y[i] = pixel::clamp(mapped[4 * i + 1], 0.0f, 1.0f);
      fresh.z[i] = pixel::clamp(mapped[4 * i + 2], 0.0f, 1.0f);
    }
  }

  static void mix(const float* __restrict mapped, int n, const Block& __restrict old,
                  Block& __restrict fresh) {
    hold(mapped, n, fresh);
    for (int i = 0; i < padded(n); ++i) {
      const float share = mapped[4 * i + 3], rest = 1.0f - share;
      fresh.x[i] = share * fresh.x[i] + rest * old.x[i];
      fresh.y[i] = share * fresh.y[i] + rest * old.y[i];
      fresh.z[i] = share * fresh.z[i] + rest * old.z[i];
    }
  }
};

static void affine_plane_rows(const ImageView& image, const MaskView& mask, float strength,
                              const AffineCells& cells, float* row, const MutableImageView& out,
                              std::int64_t begin, std::int64_t end) {
  CubicMaps maps{&cells, row};
  masked_rows(image, mask, strength, maps, out, begin, end);
}
