#include "transfer_rows.inl"

// Places between nodes: the pair of nodes around each pixel is one 8-byte load, which every
// instruction set does at two a cycle, where gathers of both nodes take longer.
struct ApplyProjections {
  const ProjectionTables* tables;

  void operator()(Block& __restrict block, int n) const {
    const int count = n & ~(kLanes - 1);
    const float last = tables->last;
    alignas(64) std::int32_t node[kBlock];
    alignas(64) float between[kBlock], pairs[2 * kBlock];
    Block move;
    const float* axis = tables->axes;
    const float* moves = tables->moves;
    for (std::int64_t step = 0; step < tables->steps; ++step) {
      for (int i = 0; i < count; ++i) move.x[i] = move.y[i] = move.z[i] = 0.0f;
      for (std::int64_t k = 0; k < tables->per_step; ++k) {
        const float a = axis[0], b = axis[1], c = axis[2], offset = axis[3];
        const float back_x = axis[4], back_y = axis[5], back_z = axis[6];
        for (int i = 0; i < count; ++i) {
          const float at =
              pixel::clamp(a * block.x[i] + b * block.y[i] + c * block.z[i] + offset, 0.0f, last);
          node[i] = static_cast<std::int32_t>(at);
          between[i] = at - static_cast<float>(node[i]);
        }
        for (int i = 0; i < count; ++i) std::memcpy(pairs + 2 * i, moves + node[i], 8);
        for (int i = 0; i < count; ++i) {
          const float low = pairs[2 * i], high = pairs[2 * i + 1];
          const float d = low + between[i] * (high - low);
          move.x[i] += back_x * d;
          move.y[i] += back_y * d;
          move.z[i] += back_z * d;
        }
        axis += kAxisFloats;
        moves += tables->stride;
      }
      for (int i = 0; i < count; ++i) {
        block.x[i] += move.x[i];
        block.y[i] += move.y[i];
        block.z[i] += move.z[i];
      }
    }
  }
};

static void projections_rows(const ImageView& image, const MaskView& mask, float strength,
                             const ProjectionTables& tables, const MutableImageView& out,
                             std::int64_t begin, std::int64_t end) {
  transfer_rows(image, mask, strength, Space::rgb, ApplyProjections{&tables}, out, begin, end);
}

static void projected_rows(const ImageView& image, const MaskView& mask,
                           const ProjectionTables& tables, const MutableImageView& out,
                           std::int64_t begin, std::int64_t end) {
  Block block;
  Weights weights;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      if (load_mask(mask, y, x, n, 1.0f, weights) == Cover::none) continue;
      load(image, y, x, n, block);
      ApplyProjections{&tables}(block, padded(n));
      store(block, out, y, x, n);
    }
  }
}
