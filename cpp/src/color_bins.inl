// Blocks of pixels as integers: the bin, the weight, and every value times the weight.

static void to_codes(const Block& __restrict block, int n, std::int32_t* __restrict codes) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    codes[i] = static_cast<std::int32_t>(block.x[i] * 65535.0f + 0.5f);
    codes[kBlock + i] = static_cast<std::int32_t>(block.y[i] * 65535.0f + 0.5f);
    codes[2 * kBlock + i] = static_cast<std::int32_t>(block.z[i] * 65535.0f + 0.5f);
  }
}

// False where no pixel has weight.
static bool load_pairs(const ImageView& before, const ImageView& after, const MaskView& mask,
                       std::int64_t y, std::int64_t x, int n, PairBlock& to) {
  Weights weights;
  if (load_mask(mask, y, x, n, 1.0f, weights) == Cover::none) return false;
  Block block;
  alignas(64) std::int32_t codes[2][3 * kBlock];
  load(before, y, x, n, block);
  to_codes(block, padded(n), codes[0]);
  load(after, y, x, n, block);
  to_codes(block, padded(n), codes[1]);
  for (int i = 0; i < padded(n); ++i) {
    to.weight[i] = static_cast<std::uint32_t>(weights.w[i] * kFullWeight + 0.5f);
    to.bin[i] =
        (((codes[0][i] >> kBinShift) << kBinBits | codes[0][kBlock + i] >> kBinShift) << kBinBits) |
        codes[0][2 * kBlock + i] >> kBinShift;
  }
  for (int side = 0; side < 2; ++side) {
    for (int c = 0; c < 3; ++c) {
      const std::int32_t* const from = codes[side] + c * kBlock;
      std::uint32_t* const value = to.value[3 * side + c];
      for (int i = 0; i < padded(n); ++i) {
        value[i] = to.weight[i] * static_cast<std::uint32_t>(from[i]);
      }
    }
  }
  return true;
}
