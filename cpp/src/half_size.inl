// means[i] from pixels 2 i and 2 i + 1 of two rows.
static void halve(const float* __restrict upper, const float* __restrict lower, int n,
                  float* __restrict means) {
  for (int i = 0; i < n; ++i) {
    means[i] = ((upper[2 * i] + upper[2 * i + 1]) + (lower[2 * i] + lower[2 * i + 1])) * 0.25f;
  }
}

// Up to kBlock pixels of a row from column x on, zero outside the image.
static void load_or_zero(const ImageView& image, std::int64_t y, std::int64_t x, Block& block) {
  for (int i = 0; i < kBlock; ++i) block.x[i] = block.y[i] = block.z[i] = 0.0f;
  if (y < 0 || y >= image.height) return;
  const std::int64_t begin = x < 0 ? 0 : x;
  const std::int64_t end = x + kBlock < image.width ? x + kBlock : image.width;
  const int n = static_cast<int>(end - begin), skipped = static_cast<int>(begin - x);
  if (n > 0) load(image, y, begin, n, block);
  if (skipped == 0) return;
  float* const planes[3] = {block.x, block.y, block.z};
  for (float* const plane : planes) {  // one pixel stands before an odd row
    for (int i = kBlock - 1; i > 0; --i) plane[i] = i <= n ? plane[i - 1] : 0.0f;
    plane[0] = 0.0f;
  }
}

static void half_rows(const ImageView& image, const MutableImageView& out, std::int64_t begin,
                      std::int64_t end) {
  const std::int64_t top = image.height % 2, left = image.width % 2;
  Block upper, lower, means;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < out.width; x += kBlock / 2) {
      const int n = static_cast<int>(out.width - x < kBlock / 2 ? out.width - x : kBlock / 2);
      load_or_zero(image, 2 * y - top, 2 * x - left, upper);
      load_or_zero(image, 2 * y - top + 1, 2 * x - left, lower);
      halve(upper.x, lower.x, n, means.x);
      halve(upper.y, lower.y, n, means.y);
      halve(upper.z, lower.z, n, means.z);
      store(means, out, y, x, n);
    }
  }
}
