// Two 8-bit images under a mask of bytes, in whole numbers.
//
//   pixels  RGBRGBRGB...  192 bytes a chunk of 64 pixels, compared as the bytes lie
//   mask    mmm...        64 bytes a chunk: all 0, all 255, or each byte three times beside its RGB
//
// Chunks that follow each other and are alike under the mask are summed in one go.

constexpr int kChunk = 64, kChunkBytes = 3 * kChunk;
constexpr int kRegisterBytes = 16 * kLaneCount, kRegisters = kChunkBytes / kRegisterBytes;
constexpr std::uint32_t kEveryByte = 0xffffffffu >> (32 - kRegisterBytes);
constexpr int kByteRun = 1024;  // pixels between two sums of registers
constexpr int kSoftChunks = 4;  // the same under many weights

// Of a whole register: 32-bit integers without and with a sign, and 64-bit integers.
static std::uint64_t sum_of32(Lanes a) {
  std::uint32_t words[4 * kLaneCount];
  store(a, words);
  std::uint64_t sum = 0;
  for (int i = 0; i < 4 * kLaneCount; ++i) sum += words[i];
  return sum;
}

static std::int64_t sum_of_signed32(Lanes a) {
  std::int32_t words[4 * kLaneCount];
  store(a, words);
  std::int64_t sum = 0;
  for (int i = 0; i < 4 * kLaneCount; ++i) sum += words[i];
  return sum;
}

static std::uint64_t sum_of64(Lanes a) {
  std::uint64_t words[2 * kLaneCount];
  store(a, words);
  std::uint64_t sum = 0;
  for (int i = 0; i < 2 * kLaneCount; ++i) sum += words[i];
  return sum;
}

static HARMONIA_HD Lanes squares8(Lanes d) {
  const Lanes low = low8(d), high = high8(d);
  return add32(add_products(low, low), add_products(high, high));
}

static void widen_by_bytes(const std::uint8_t* __restrict lows,
                           const std::uint8_t* __restrict highs, int n, float* ends) {
  std::uint8_t low = 255, high = 0;
  for (int i = 0; i < n; ++i) {
    low = lows[i] < low ? lows[i] : low;
    high = highs[i] > high ? highs[i] : high;
  }
  ends[0] = static_cast<float>(low) < ends[0] ? static_cast<float>(low) : ends[0];
  ends[1] = static_cast<float>(high) > ends[1] ? static_cast<float>(high) : ends[1];
}

// Smallest and largest bytes of both images, those of each place in a register.
struct ByteEnds {
  Lanes low[2], high[2];

  HARMONIA_HD ByteEnds() {
    for (int image = 0; image < 2; ++image) {
      low[image] = every16(-1);
      high[image] = no_bits();
    }
  }

  HARMONIA_HD void widen(int image, Lanes bytes) {
    low[image] = min8(low[image], bytes);
    high[image] = max8(high[image], bytes);
  }

  void of(int image, float* ends) const {
    std::uint8_t lows[kRegisterBytes], highs[kRegisterBytes];
    store(low[image], lows);
    store(high[image], highs);
    widen_by_bytes(lows, highs, kRegisterBytes, ends);
  }
};

// The distances of a chunk, byte for byte.
struct ByteDistances {
  Lanes of[kRegisters];

  HARMONIA_HD ByteDistances(const std::uint8_t* a, const std::uint8_t* b, ByteEnds& ends) {
    for (int i = 0; i < kRegisters; ++i) {
      const Lanes x = load(a + i * kRegisterBytes), y = load(b + i * kRegisterBytes);
      ends.widen(0, x);
      ends.widen(1, y);
      of[i] = distance8(x, y);
    }
  }

  HARMONIA_HD bool any() const {
    Lanes all = of[0];
    for (int i = 1; i < kRegisters; ++i) all = or_bits(all, of[i]);
    return top_bits8(is_zero8(all)) != kEveryByte;
  }
};

struct ByteSums {
  std::uint64_t squared = 0, absolute = 0;
};

// Chunks of one weight, equal ones left out if they may be many. A 32-bit sum takes 4 * 255^2 a
// register, 192 registers at the most.
template <bool leave_out_equal>
static ByteSums sum_chunks(const std::uint8_t* a, const std::uint8_t* b, int chunks,
                           ByteEnds& all_ends) {
  ByteEnds ends = all_ends;
  Lanes squares = no_bits(), distances = no_bits();
  ByteSums sums;
  for (; chunks > 0; --chunks, a += kChunkBytes, b += kChunkBytes) {
    const ByteDistances d(a, b, ends);
    if (leave_out_equal && !d.any()) continue;
    for (const Lanes& each : d.of) {
      distances = add64(distances, sum8(each));
      squares = add32(squares, squares8(each));
    }
  }
  all_ends = ends;
  sums.squared = sum_of32(squares);
  sums.absolute = sum_of64(distances);
  return sums;
}

// Up to kSoftChunks of many weights. p = m d takes 16 bits; products of 16 bits have a sign, so
// they are taken of q = p - c:
//   sum p d = sum q d + c sum d
// A 32-bit sum of q d takes 2 c 255 at a time, 24 times a chunk at the most: 4 chunks.
static void sum_soft_chunks(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* mask,
                            int chunks, std::uint64_t* sums, ByteEnds& all_ends) {
  constexpr int kMiddle = 32767;
  ByteEnds ends = all_ends;
  const Lanes middle = every16(kMiddle);
  Lanes squares = no_bits(), distances = no_bits(), outer = no_bits();
  Lanes weighted = no_bits(), shifted = no_bits();
  alignas(64) std::uint8_t weights[kChunkBytes];
  for (; chunks > 0; --chunks, a += kChunkBytes, b += kChunkBytes, mask += kChunk) {
    triple_bytes(mask, weights);
    ByteDistances beyond(a, b, ends);
    for (int i = 0; i < kRegisters; ++i) {
      const Lanes d = beyond.of[i], m = load(weights + i * kRegisterBytes);
      beyond.of[i] = and_bits(d, is_zero8(m));
      const Lanes d0 = low8(d), d1 = high8(d), m0 = low8(m), m1 = high8(m);
      const Lanes q0 = sub16(product16(d0, m0), middle), q1 = sub16(product16(d1, m1), middle);
      distances = add64(distances, sum8(d));
      squares = add32(squares, add32(add_products(d0, d0), add_products(d1, d1)));
      weighted = add32(weighted, add32(add_products(d0, m0), add_products(d1, m1)));
      shifted = add32(shifted, add32(add_products(q0, d0), add_products(q1, d1)));
    }
    if (!beyond.any()) continue;
    for (const Lanes& each : beyond.of) outer = add32(outer, squares8(each));
  }
  all_ends = ends;
  const std::uint64_t absolute = sum_of64(distances);
  sums[kSquared] += sum_of32(squares);
  sums[kAbsolute] += absolute;
  sums[kWeightedAbsolute] += sum_of32(weighted);
  sums[kWeightedSquared] +=
      kMiddle * absolute + static_cast<std::uint64_t>(sum_of_signed32(shifted));
  sums[kBackgroundSquared] += sum_of32(outer);
}

static void add_weights(const std::uint8_t* __restrict mask, int n, std::uint64_t* sums) {
  std::uint32_t weight = 0, background = 0;
  for (int i = 0; i < n; ++i) {
    weight += mask[i];
    background += mask[i] == 0 ? 1 : 0;
  }
  sums[kWeight] += weight;
  sums[kBackground] += background;
}

static Cover cover_of_chunk(const std::uint8_t* mask) {
  Lanes any = no_bits(), lacking = no_bits();
  const Lanes full = every16(-1);
  for (int i = 0; i < kChunk; i += kRegisterBytes) {
    const Lanes m = load(mask + i);
    any = or_bits(any, m);
    lacking = or_bits(lacking, xor_bits(m, full));
  }
  if (top_bits8(is_zero8(any)) == kEveryByte) return Cover::none;
  return top_bits8(is_zero8(lacking)) == kEveryByte ? Cover::all : Cover::some;
}

// `pixels` are those of the chunks that are no padding. No mask is 255 everywhere.
static void add_chunks(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* mask,
                       int chunks, int pixels, std::uint64_t* sums, ByteEnds& ends) {
  for (int done = 0; done < chunks;) {
    const Cover cover = mask == nullptr ? Cover::all : cover_of_chunk(mask + done * kChunk);
    int end = done + 1;
    while (end < chunks && (mask == nullptr || cover_of_chunk(mask + end * kChunk) == cover)) {
      ++end;
    }
    const int rest = pixels - done * kChunk, room = (end - done) * kChunk;
    const int n = rest < room ? rest : room;
    const auto count = static_cast<std::uint64_t>(n);
    const std::uint8_t* const x = a + done * kChunkBytes;
    const std::uint8_t* const y = b + done * kChunkBytes;
    if (cover == Cover::some) {
      for (int i = 0; i < end - done; i += kSoftChunks) {
        const int some = end - done - i < kSoftChunks ? end - done - i : kSoftChunks;
        sum_soft_chunks(x + i * kChunkBytes, y + i * kChunkBytes, mask + (done + i) * kChunk, some,
                        sums, ends);
      }
      add_weights(mask + done * kChunk, n, sums);
    } else if (cover == Cover::none) {
      const ByteSums whole = sum_chunks<true>(x, y, end - done, ends);
      sums[kSquared] += whole.squared;
      sums[kAbsolute] += whole.absolute;
      sums[kBackground] += count;
      sums[kBackgroundSquared] += whole.squared;
    } else {
      const ByteSums whole = sum_chunks<false>(x, y, end - done, ends);
      sums[kSquared] += whole.squared;
      sums[kAbsolute] += whole.absolute;
      sums[kWeight] += 255 * count;
      sums[kWeightedSquared] += 255 * whole.squared;
      sums[kWeightedAbsolute] += 255 * whole.absolute;
    }
    done = end;
  }
}

// Up to kByteRun pixels. What is left of the last chunk is padded with pixels without a difference,
// whose bytes must not count as the smallest.
static void add_byte_run(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* mask,
                         int n, ErrorCounts& counts, ByteEnds& ends) {
  counts.sums[kPixels] += static_cast<std::uint64_t>(n);
  const int whole = n / kChunk, done = whole * kChunk, rest = n - done;
  add_chunks(a, b, mask, whole, done, counts.sums, ends);
  if (rest == 0) return;
  a += 3 * done;
  b += 3 * done;
  widen_by_bytes(a, a, 3 * rest, counts.output);
  widen_by_bytes(b, b, 3 * rest, counts.target);
  alignas(64) std::uint8_t last[2][kChunkBytes] = {}, weights[kChunk];
  std::memcpy(last[0], a, static_cast<std::size_t>(3 * rest));
  std::memcpy(last[1], b, static_cast<std::size_t>(3 * rest));
  if (mask != nullptr) {
    std::memset(weights, mask[n - 1], sizeof weights);
    std::memcpy(weights, mask + done, static_cast<std::size_t>(rest));
  }
  ByteEnds padded_ends;
  add_chunks(last[0], last[1], mask == nullptr ? nullptr : weights, 1, rest, counts.sums,
             padded_ends);
}

// Pixels of any layout as R G B R G B ...
static const std::uint8_t* as_packed(const ImageView& image, std::int64_t y, std::int64_t x, int n,
                                     Bytes& planes, std::uint8_t* to) {
  if (packed(image, 1, 3)) return image.at(y, x);
  load_bytes(image, y, x, n, planes);
  join_rgb(planes.x, planes.y, planes.z, n, to);
  return to;
}

static void error_bytes_piece(const ImageView& output, const ImageView& target,
                              const MaskView& mask, const Piece& piece, ErrorCounts& counts) {
  ByteEnds ends;
  Bytes planes;
  alignas(64) std::uint8_t pixels[2][3 * kBlock], weights[kByteRun];
  const int run = packed(output, 1, 3) && packed(target, 1, 3) ? kByteRun : kBlock;
  for (std::int64_t y = piece.top; y < piece.bottom; ++y) {
    for (std::int64_t x = piece.left; x < piece.right; x += run) {
      const int n = static_cast<int>(piece.right - x < run ? piece.right - x : run);
      const std::uint8_t* const a = as_packed(output, y, x, n, planes, pixels[0]);
      const std::uint8_t* const b = as_packed(target, y, x, n, planes, pixels[1]);
      add_byte_run(a, b, mask_bytes(mask, y, x, n, weights), n, counts, ends);
    }
  }
  ends.of(0, counts.output);
  ends.of(1, counts.target);
}
