#include "transfer_rows.inl"

static void curve_plane(pixel::Axis axis, const float* __restrict nodes, bool nearest, int n,
                        float* __restrict values) {
  const int whole = n & ~(kLanes - 1);
  if (nearest) {
    for (int i = 0; i < whole; ++i) values[i] = nodes[pixel::nearest_node(axis, values[i])];
  } else {
    for (int i = 0; i < whole; ++i) values[i] = pixel::interpolate(axis, nodes, values[i]);
  }
}

struct ApplyCurves {
  const pixel::Axis* axes;  // of three channels
  const float* nodes;       // of three channels, `stride` apart
  std::int64_t stride;
  bool nearest;

  void operator()(Block& block, int n) const {
    curve_plane(axes[0], nodes, nearest, n, block.x);
    curve_plane(axes[1], nodes + stride, nearest, n, block.y);
    curve_plane(axes[2], nodes + 2 * stride, nearest, n, block.z);
  }
};

static void curve_rows(const ImageView& image, const MaskView& mask, float strength, Space space,
                       const pixel::Axis* axes, const float* nodes, std::int64_t stride,
                       bool nearest, const MutableImageView& out, std::int64_t begin,
                       std::int64_t end) {
  transfer_rows(image, mask, strength, space, ApplyCurves{axes, nodes, stride, nearest}, out, begin,
                end);
}

// A table of codes for each channel, [3][256], for pixels that change all the way.
static void look_up(const std::uint8_t* __restrict from, std::int64_t step, std::int64_t channel,
                    int n, const std::uint8_t* __restrict codes, std::uint8_t* __restrict to,
                    std::int64_t to_step, std::int64_t to_channel) {
  for (int i = 0; i < n; ++i, from += step, to += to_step) {
    to[0] = codes[from[0]];
    to[to_channel] = codes[256 + from[channel]];
    to[2 * to_channel] = codes[512 + from[2 * channel]];
  }
}

// Bytes in RGB: as curve_rows, with blocks that the mask covers in full straight from the table.
static void code_rows(const ImageView& image, const MaskView& mask, float strength,
                      const pixel::Axis* axes, const float* nodes, std::int64_t stride,
                      const std::uint8_t* codes, const MutableImageView& out, std::int64_t begin,
                      std::int64_t end) {
  const ApplyCurves apply{axes, nodes, stride, true};
  const bool packed = image.channel_stride == 1 && image.pixel_stride == 3 &&
                      out.channel_stride == 1 && out.pixel_stride == 3;
  Block old, fresh;
  Weights weights;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      const Cover cover = load_mask(mask, y, x, n, strength, weights);
      if (cover == Cover::none) {
        copy(image, out, y, x, n);
        continue;
      }
      if (cover == Cover::all && packed) {
        look_up(image.at(y, x), 3, 1, n, codes, out.at(y, x), 3, 1);
      } else if (cover == Cover::all) {
        look_up(image.at(y, x), image.pixel_stride, image.channel_stride, n, codes, out.at(y, x),
                out.pixel_stride, out.channel_stride);
      } else {
        load(image, y, x, n, old);
        fresh = old;
        apply(fresh, padded(n));
        store_blend(fresh, old, weights, out, y, x, n);
      }
      copy_alpha(image, out, y, x, n);
    }
  }
}
