// One row by one filter, and what its bytes cost: the sum of their absolute values as -128..127.

inline std::uint32_t png_cost(std::uint8_t byte) {
  const int v = static_cast<std::int8_t>(byte);
  return static_cast<std::uint32_t>(v < 0 ? -v : v);
}

// 4096 * 128 < 2^32
constexpr std::int64_t kPngBlock = 4096;

template <int kFilter>
std::uint64_t filter_png_row(const PngRow& from, std::int64_t bytes, std::uint8_t* __restrict out) {
  const std::uint8_t *row = from.row, *left = from.left;
  const std::uint8_t *above = from.above, *corner = from.corner;
  std::uint64_t total = 0;
  for (std::int64_t start = 0; start < bytes; start += kPngBlock) {
    const std::int64_t stop = start + kPngBlock < bytes ? start + kPngBlock : bytes;
    std::uint32_t sum = 0;
    for (std::int64_t i = start; i < stop; ++i) {
      std::uint8_t guess = 0;
      if constexpr (kFilter == kPngSub) guess = left[i];
      if constexpr (kFilter == kPngUp) guess = above[i];
      if constexpr (kFilter == kPngAverage) {
        guess = static_cast<std::uint8_t>((left[i] + above[i]) >> 1);
      }
      if constexpr (kFilter == kPngPaeth) {
        guess = png_paeth(left[i], above[i], corner[i]);
      }
      out[i] = static_cast<std::uint8_t>(row[i] - guess);
      sum += png_cost(out[i]);
    }
    total += sum;
  }
  return total;
}

// Each filter into a row of its own at out[filter], the costs beside them.
void filter_png_row_by_all(const PngRow& from, std::int64_t bytes, std::uint8_t* const* out,
                           std::uint64_t* costs) {
  costs[kPngNone] = filter_png_row<kPngNone>(from, bytes, out[kPngNone]);
  costs[kPngSub] = filter_png_row<kPngSub>(from, bytes, out[kPngSub]);
  costs[kPngUp] = filter_png_row<kPngUp>(from, bytes, out[kPngUp]);
  costs[kPngAverage] = filter_png_row<kPngAverage>(from, bytes, out[kPngAverage]);
  costs[kPngPaeth] = filter_png_row<kPngPaeth>(from, bytes, out[kPngPaeth]);
}
