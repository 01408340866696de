// Floats are compared through their bits, turned so that they order like the numbers; NaN and
// infinity are those whose exponent is all ones.

static void widen(const float* __restrict values, int n, OrderedRange& __restrict range) {
  std::int32_t low = range.low, high = range.high, broken = range.broken;
  for (int i = 0; i < n; ++i) {
    const std::int32_t bits = pixel::bits_of(values[i]);
    const std::int32_t order = ordered_bits(bits);
    low = order < low ? order : low;
    high = order > high ? order : high;
    broken |= (bits & 0x7f800000) == 0x7f800000 ? 1 : 0;
  }
  range.low = low;
  range.high = high;
  range.broken = broken;
}

static void image_range_rows(const ImageView& image, std::int64_t begin, std::int64_t end,
                             OrderedRange& range) {
  Block block;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      load(image, y, x, n, block);
      widen(block.x, n, range);
      widen(block.y, n, range);
      widen(block.z, n, range);
    }
  }
}

// The least and the greatest byte of a row, as floats.
static void widen_by_bytes(const std::uint8_t* __restrict from, std::int64_t n,
                           OrderedRange& __restrict range) {
  std::uint8_t low = 255, high = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    low = from[i] < low ? from[i] : low;
    high = from[i] > high ? from[i] : high;
  }
  const float ends[2] = {static_cast<float>(low), static_cast<float>(high)};
  widen(ends, 2, range);
}

static void mask_range_rows(const MaskView& mask, std::int64_t width, std::int64_t begin,
                            std::int64_t end, OrderedRange& range) {
  alignas(64) float values[kBlock];
  for (std::int64_t y = begin; y < end; ++y) {
    if (mask.scalar != MaskScalar::f32 && mask.pixel_stride == 1) {
      widen_by_bytes(mask.at(y, 0), width, range);
      continue;
    }
    for (std::int64_t x = 0; x < width; x += kBlock) {
      const int n = static_cast<int>(width - x < kBlock ? width - x : kBlock);
      const std::uint8_t* from = mask.at(y, x);
      if (mask.scalar == MaskScalar::f32) {
        for (int i = 0; i < n; ++i, from += mask.pixel_stride) {
          values[i] = *reinterpret_cast<const float*>(from);
        }
      } else {
        for (int i = 0; i < n; ++i) values[i] = static_cast<float>(from[i * mask.pixel_stride]);
      }
      widen(values, n, range);
    }
  }
}
