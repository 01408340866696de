// A 3D table over 8-bit images in integers, by pixel/lut3d_codes.hpp: plain loops find the places,
// rows of lanes weigh and sum the nodes.

// Where the pixels of a block lie in a table. The nodes of many tables have 16-bit numbers.
template <class Number>
struct CodePlaces {
  alignas(64) std::uint16_t x[kBlock], y[kBlock], z[kBlock];  // fractions
  alignas(64) Number cell[kBlock];
};

// Sums of eight weighted nodes: channel c of pixel i, 2^15 times a node's unit.
struct CodeSums {
  alignas(64) std::int32_t x[kBlock], y[kBlock], z[kBlock];
};

// R G B, or R G B and nothing, a pixel; and room for what a store of sixteen bytes has too much.
struct PixelCodes {
  alignas(64) std::uint8_t bytes[4 * kBlock + 16];
};

template <class Number>
static void even_places(const LutCodes& lut, const Bytes& __restrict from, int n,
                        CodePlaces<Number>& __restrict to) {
  const auto red = static_cast<std::uint16_t>(lut.size[0] - 1),
             green = static_cast<std::uint16_t>(lut.size[1] - 1),
             blue = static_cast<std::uint16_t>(lut.size[2] - 1);
  const auto row = static_cast<Number>(lut.size[2]),
             slice = static_cast<Number>(lut.size[2] * lut.size[1]);
  for (int i = 0; i < n; ++i) {
    const pixel::LutCodeStep x = pixel::lut_code_step(from.x[i], red),
                             y = pixel::lut_code_step(from.y[i], green),
                             z = pixel::lut_code_step(from.z[i], blue);
    to.x[i] = x.fraction;
    to.y[i] = y.fraction;
    to.z[i] = z.fraction;
    const auto along_red = static_cast<Number>(x.index * slice);
    const auto along_green = static_cast<Number>(y.index * row);
    to.cell[i] = static_cast<Number>(static_cast<Number>(along_red + along_green) + z.index);
  }
}

template <class Number>
static void uneven_places(const LutCodes& lut, const Bytes& from, int n, CodePlaces<Number>& to) {
  const std::int32_t row = lut.size[2], slice = row * lut.size[1];
  for (int i = 0; i < n; ++i) {
    const int x = from.x[i], y = from.y[i], z = from.z[i];
    to.x[i] = lut.fraction[0][x];
    to.y[i] = lut.fraction[1][y];
    to.z[i] = lut.fraction[2][z];
    to.cell[i] =
        static_cast<Number>(lut.index[0][x] * slice + lut.index[1][y] * row + lut.index[2][z]);
  }
}

static HARMONIA_HD void trilinear_lanes(Lanes x, Lanes y, Lanes z, Lanes* w) {
  const Lanes zero = every16(0);
  const Lanes both = rounded_product(sub16(zero, x), y);
  const Lanes only_x = sub16(sub16(zero, x), both), only_y = sub16(sub16(zero, y), both);
  const Lanes neither = sub16(add16(every16(-32768), x), only_y);
  const Lanes halves[4] = {neither, only_y, only_x, both};
  for (int j = 0; j < 4; ++j) {
    w[2 * j + 1] = rounded_product(halves[j], z);
    w[2 * j] = sub16(halves[j], w[2 * j + 1]);
  }
}

static HARMONIA_HD void tetrahedral_lanes(Lanes x, Lanes y, Lanes z, Lanes* w) {
  const Lanes zero = every16(0);
  const Lanes least_xy = min16(x, y), most_xy = max16(x, y);
  w[0] = add16(max16(most_xy, z), every16(-32768));
  w[1] = min16(sub16(most_xy, z), zero);
  w[2] = min16(sub16(max16(x, z), y), zero);
  w[3] = min16(sub16(x, min16(y, z)), zero);
  w[4] = min16(sub16(max16(y, z), x), zero);
  w[5] = min16(sub16(y, min16(x, z)), zero);
  w[6] = min16(sub16(z, least_xy), zero);
  w[7] = sub16(zero, min16(least_xy, z));
}

constexpr int kTurn = 8 * kLaneCount;  // pixels in a register of weights

// Four weights a pixel, those of pixels 8 l + 2 k and 8 l + 2 k + 1 of kTurn in lane l of register
// k.
static HARMONIA_HD void turn_weights(const Lanes* w, std::int16_t* to) {
  const Lanes low01 = low16(w[0], w[1]), low23 = low16(w[2], w[3]);
  const Lanes high01 = high16(w[0], w[1]), high23 = high16(w[2], w[3]);
  store(low32(low01, low23), to);
  store(high32(low01, low23), to + kTurn);
  store(low32(high01, high23), to + 2 * kTurn);
  store(high32(high01, high23), to + 3 * kTurn);
}

// Eight pixels at a time: the sums of two in a register, R G R G in its first lane, B 0 B 0 in the
// second one; on the baseline, which has but one, in the registers behind.
constexpr int kLutPack = 8, kLutParts = 2 / kLaneCount;
struct LutSums {
  Lanes of[kLutParts][4];
};

// A pixel's sums, each in two halves, from the face of its cell and from the one a step along red.
// Four of the weights are at `w`, the others 4 * kTurn behind.
static HARMONIA_HD void weigh(const std::int16_t* face, const std::int16_t* next,
                              const std::int16_t* w, Lanes* halves) {
  const Lanes first = repeat64(w), others = repeat64(w + 4 * kTurn);
  for (int part = 0; part < kLutParts; ++part, face += 8 * kLaneCount, next += 8 * kLaneCount) {
    halves[part] = add32(add_products(first, load(face)), add_products(others, load(next)));
  }
}

// Rounded to bytes.
struct RoundLutSums {
  std::uint8_t* to;
  int bytes;  // a pixel
  RoundedPixels pixels;

  HARMONIA_HD void operator()(const LutSums& sums, int i) const { pixels(sums.of, to + bytes * i); }
};

struct KeepLutSums {
  CodeSums& to;

  HARMONIA_HD void operator()(const LutSums& sums, int i) const {
    for (int k = 0; k < 4; k += 2, i += 4) {
      Lanes red_blue[kLutParts], green[kLutParts];
      for (int part = 0; part < kLutParts; ++part) {
        red_blue[part] = even32(sums.of[part][k], sums.of[part][k + 1]);
        green[part] = odd32(sums.of[part][k], sums.of[part][k + 1]);
      }
      store_first(red_blue, to.x + i);
      store_first(green, to.y + i);
      store_second(red_blue, to.z + i);
    }
  }
};

constexpr int kLutGroup = 32;  // pixels that are left out together

// Weights are not negative: none of its bits set is none of them.
static bool any_weight(const float* __restrict w, int n) {
  std::int32_t bits = 0;
  for (int i = 0; i < n; ++i) bits |= pixel::bits_of(w[i]);
  return bits != 0;
}

// The nodes that lie around some pixels.
struct LutNodes {
  const std::int16_t* faces;
  std::int64_t step, apart;  // from one number's face to the next, and to that a step along red
};

// Both faces of every pixel of a group, from the planes of a table that has none made.
template <class Number>
static void gather_faces(const LutCodes& lut, const Number* at, std::int16_t* to) {
  const std::int64_t row = lut.size[2], slice = row * lut.size[1];
  for (int i = 0; i < kLutGroup; ++i) {
    for (int side = 0; side < 2; ++side, to += LutCodes::kFace) {
      const std::int64_t node = at[i] + side * slice;
      const std::int16_t* const from[3] = {lut.plane(0) + node, lut.plane(1) + node,
                                           lut.plane(2) + node};
      LutCodes::copy_face(from, row, to);
    }
  }
}

// Calls finish(sums, i) for every kLutPack of `count` pixels from i on.
template <class Number, class Finish>
static HARMONIA_HD void sum_run(const LutNodes& nodes, const Number* at,
                                const std::int16_t* weights, int i, int count,
                                const Finish& finish) {
  const std::int16_t *const faces = nodes.faces, *const along_red = faces + nodes.apart;
  for (int j = 0; j < count; j += kTurn, weights += 8 * kTurn) {
    for (int lane = 0; lane < kLaneCount; ++lane, at += kLutPack, i += kLutPack) {
      LutSums sums;
      for (int k = 0; k < 4; ++k) {
        Lanes even[kLutParts], odd[kLutParts];
        const std::int16_t* const w = weights + 8 * lane + k * kTurn;
        const std::int64_t a = at[2 * k] * nodes.step, b = at[2 * k + 1] * nodes.step;
        weigh(faces + a, along_red + a, w, even);
        weigh(faces + b, along_red + b, w + 4, odd);
        for (int part = 0; part < kLutParts; ++part) {
          sums.of[part][k] = add32(even32(even[part], odd[part]), odd32(even[part], odd[part]));
        }
      }
      finish(sums, i);
    }
  }
}

// Of `count` pixels from i on, as turn_weights lays them out.
template <class Number>
static HARMONIA_HD void make_weights(const CodePlaces<Number>& places, Interpolation interpolation,
                                     int i, int count, std::int16_t* to) {
  for (int j = i; j < i + count; j += kTurn, to += 8 * kTurn) {
    Lanes w[8];
    const Lanes x = load(places.x + j), y = load(places.y + j), z = load(places.z + j);
    if (interpolation == Interpolation::trilinear) {
      trilinear_lanes(x, y, z, w);
    } else {
      tetrahedral_lanes(x, y, z, w);
    }
    turn_weights(w, to);
    turn_weights(w + 4, to + 4 * kTurn);
  }
}

// Calls finish(sums, i) with the sums of kLutPack pixels from i on. Groups without weight are left
// out, where weights are given.
template <class Number, class Finish>
static void sum_block(const LutCodes& lut, const std::int16_t* faces, Interpolation interpolation,
                      const CodePlaces<Number>& places, const float* reach, int n,
                      const Finish& finish) {
  constexpr int kPair = 2 * LutCodes::kFace;
  alignas(64) std::int16_t weights[8 * kBlock], gathered[kPair * kLutGroup];
  std::uint16_t in_turn[kLutGroup];
  const LutNodes made{faces, LutCodes::kFace,
                      std::int64_t{lut.size[1]} * lut.size[2] * LutCodes::kFace};
  const LutNodes copied{gathered, kPair, LutCodes::kFace};
  if (faces == nullptr) {
    std::memset(gathered, 0, sizeof gathered);
    for (int i = 0; i < kLutGroup; ++i) in_turn[i] = static_cast<std::uint16_t>(i);
  }
  for (int i = 0; i < n;) {
    int count = 0;
    while (i + count < n && (reach == nullptr || any_weight(reach + i + count, kLutGroup))) {
      count += kLutGroup;
    }
    // Of the whole run: sums that follow a few weights at once wait for them (measured).
    make_weights(places, interpolation, i, count, weights);
    if (faces != nullptr) {
      sum_run(made, places.cell + i, weights, i, count, finish);
    }
    for (int j = 0; j < count && faces == nullptr; j += kLutGroup) {
      gather_faces(lut, places.cell + i + j, gathered);
      sum_run(copied, in_turn, weights + 8 * j, i + j, kLutGroup, finish);
    }
    i += count > 0 ? count : kLutGroup;
  }
}

static void blend_plane(const std::int32_t* __restrict sums, const std::uint8_t* __restrict old,
                        const float* __restrict weights, int bits, int n,
                        std::uint8_t* __restrict to) {
  for (int i = 0; i < n; ++i) {
    to[i] = pixel::lut_blend(pixel::lut_level(sums[i], bits), old[i], weights[i]);
  }
}

template <class Number>
static void rows_of_codes(const ImageView& image, const MaskView& mask, float strength,
                          const LutCodes& lut, const std::int16_t* faces,
                          Interpolation interpolation, const MutableImageView& out,
                          std::int64_t begin, std::int64_t end) {
  Bytes old, fresh;
  PixelCodes codes;
  CodePlaces<Number> places;
  CodeSums sums{};  // of pixels without weight anything finite will do
  Weights weights;
  const int bits = lut.bits + pixel::kLutPointBits;
  RowWriter writer(image, out);
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      const int groups = (n + kLutGroup - 1) & ~(kLutGroup - 1);
      const Cover cover = load_mask(mask, y, x, n, strength, weights);
      if (cover == Cover::none) {
        writer.skip(n);
        continue;
      }
      load_bytes(image, y, x, n, old);
      FetchAhead(image, y, x + n, kBlock).next(kBlock);
      if (lut.even) {
        even_places(lut, old, padded(n), places);
      } else {
        uneven_places(lut, old, padded(n), places);
      }
      for (int i = padded(n); i < groups; ++i) {
        places.x[i] = places.y[i] = places.z[i] = 0;
        places.cell[i] = 0;
        weights.w[i] = 0.0f;
      }
      const MutableImageView& to = writer.open(y, x);
      if (cover == Cover::all) {
        // Stores reach into the next two pixels, which must lie in this row: they are written
        // later.
        const int bytes = RoundedPixels::kThree && packed(to, 1, 3) ? 3 : 4;
        const bool direct = bytes == 3 && n == kBlock && x + n + 2 <= image.width;
        std::uint8_t* const at = direct ? to.data : codes.bytes;
        sum_block(lut, faces, interpolation, places, nullptr, groups,
                  RoundLutSums{at, bytes, RoundedPixels(bytes, bits)});
        if (bytes == 4) {
          store_quads(codes.bytes, to, n);
        } else if (!direct) {
          std::memcpy(to.data, codes.bytes, static_cast<std::size_t>(3 * n));
        }
      } else {
        sum_block(lut, faces, interpolation, places, weights.w, groups, KeepLutSums{sums});
        blend_plane(sums.x, old.x, weights.w, lut.bits, padded(n), fresh.x);
        blend_plane(sums.y, old.y, weights.w, lut.bits, padded(n), fresh.y);
        blend_plane(sums.z, old.z, weights.w, lut.bits, padded(n), fresh.z);
        store_bytes(fresh, to, 0, 0, n);
      }
      writer.close(n);
    }
    writer.end_row(y);
  }
}

static void lut3d_codes_rows(const ImageView& image, const MaskView& mask, float strength,
                             const LutCodes& lut, const std::int16_t* faces,
                             Interpolation interpolation, const MutableImageView& out,
                             std::int64_t begin, std::int64_t end) {
  const bool few = std::int64_t{lut.size[0]} * lut.size[1] * lut.size[2] <= 65536;
  const auto rows = few ? &rows_of_codes<std::uint16_t> : &rows_of_codes<std::int32_t>;
  rows(image, mask, strength, lut, faces, interpolation, out, begin, end);
}
