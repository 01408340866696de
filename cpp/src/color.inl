// source -> RGB -> target, a block at a time.

static void hold(float* plane, int n) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    plane[i] = pixel::clamp(plane[i], -kLargestValue, kLargestValue);
  }
}

static void hold(Block& block, int n) {
  hold(block.x, n);
  hold(block.y, n);
  hold(block.z, n);
}

static void convert_rows(const ImageView& from, Space source, const MutableImageView& to,
                         Space target, std::int64_t begin, std::int64_t end) {
  Block block;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < from.width; x += kBlock) {
      const int n = static_cast<int>(from.width - x < kBlock ? from.width - x : kBlock);
      load(from, y, x, n, block);
      if (source != target) {
        hold(block, padded(n));
        to_rgb(source, block, padded(n));
        hold(block, padded(n));
        from_rgb(target, block, padded(n));
      }
      store(block, to, y, x, n);
    }
  }
}
