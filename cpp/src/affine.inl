#include "transfer_rows.inl"

struct ApplyAffine {
  const float* m;  // matrix (9, row-major), offset (3)

  void operator()(Block& __restrict block, int n) const {
    const float a = m[0], b = m[1], c = m[2], d = m[3], e = m[4], f = m[5], g = m[6], h = m[7],
                k = m[8];
    const float ox = m[9], oy = m[10], oz = m[11];
    for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
      const float x = block.x[i], y = block.y[i], z = block.z[i];
      block.x[i] = a * x + b * y + c * z + ox;
      block.y[i] = d * x + e * y + f * z + oy;
      block.z[i] = g * x + h * y + k * z + oz;
    }
  }
};

static void affine_rows(const ImageView& image, const MaskView& mask, float strength, Space space,
                        const float* map, const MutableImageView& out, std::int64_t begin,
                        std::int64_t end) {
  transfer_rows(image, mask, strength, space, ApplyAffine{map}, out, begin, end);
}
