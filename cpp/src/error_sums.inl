// Two images of any scalars under any mask, in double; and what all kinds of images share.

// Bytes of a mask for n pixels, where any value but 0 of a boolean is 255; null is 255 everywhere.
// They are copied where they do not lie like that.
static const std::uint8_t* mask_bytes(const MaskView& mask, std::int64_t y, std::int64_t x, int n,
                                      std::uint8_t* to) {
  if (mask.data == nullptr) return nullptr;
  const std::uint8_t* from = mask.at(y, x);
  const bool boolean = mask.scalar == MaskScalar::boolean;
  if (!boolean && mask.pixel_stride == 1) return from;
  const std::uint8_t full = boolean ? 255 : 0;
  for (int i = 0; i < n; ++i, from += mask.pixel_stride) {
    to[i] = *from != 0 ? static_cast<std::uint8_t>(*from | full) : 0;
  }
  return to;
}

static void widen_plane(const float* __restrict plane, int n, float* ends) {
  float low = ends[0], high = ends[1];
  for (int i = 0; i < n; ++i) {
    low = plane[i] < low ? plane[i] : low;
    high = plane[i] > high ? plane[i] : high;
  }
  ends[0] = low;
  ends[1] = high;
}

static void widen_block(const Block& block, int n, float* ends) {
  widen_plane(block.x, n, ends);
  widen_plane(block.y, n, ends);
  widen_plane(block.z, n, ends);
}

// Weights as they are stored, where 255 is 1 unless they are floats. Padding has none.
static void load_stored_mask(const MaskView& mask, std::int64_t y, std::int64_t x, int n,
                             Weights& weights) {
  if (mask.data != nullptr && mask.scalar == MaskScalar::f32) {
    const std::uint8_t* from = mask.at(y, x);
    for (int i = 0; i < n; ++i, from += mask.pixel_stride) {
      weights.w[i] = *reinterpret_cast<const float*>(from);
    }
  } else {
    alignas(64) std::uint8_t room[kBlock];
    const std::uint8_t* const bytes = mask_bytes(mask, y, x, n, room);
    for (int i = 0; i < n; ++i) {
      weights.w[i] = bytes == nullptr ? 255.0f : static_cast<float>(bytes[i]);
    }
  }
  for (int i = n; i < padded(n); ++i) weights.w[i] = 0.0f;
}

// Of each pixel of a block, over its channels.
struct RealErrors {
  alignas(64) double squared[kBlock], absolute[kBlock];
};

static void real_errors(const Block& __restrict a, const Block& __restrict b,
                        const ErrorUnits& units, int n, RealErrors& __restrict to) {
  const double scale_a = units.output, scale_b = units.target;
  for (int i = 0; i < n; ++i) {
    const double x = scale_a * double{a.x[i]} - scale_b * double{b.x[i]};
    const double y = scale_a * double{a.y[i]} - scale_b * double{b.y[i]};
    const double z = scale_a * double{a.z[i]} - scale_b * double{b.z[i]};
    to.squared[i] = x * x + y * y + z * z;
    to.absolute[i] = (x < 0.0 ? -x : x) + (y < 0.0 ? -y : y) + (z < 0.0 ? -z : z);
  }
}

// By their bits, which NaN cannot deceive.
static Cover cover_of_weights(const float* __restrict w, int n, float full) {
  const std::int32_t one = pixel::bits_of(full);
  std::int32_t any = 0, lacking = 0;
  for (int i = 0; i < n; ++i) {
    const std::int32_t bits = pixel::bits_of(w[i]);
    any |= bits;
    lacking |= bits ^ one;
  }
  return (any & 0x7fffffff) == 0 ? Cover::none : lacking == 0 ? Cover::all : Cover::some;
}

// Lane j of 8 holds pixels j, j + 8, ... of each block: the order of every addition is fixed.
struct ErrorLanes {
  double sums[kErrorLanes] = {};

  ErrorLanes() = default;
  ErrorLanes(const double* __restrict errors, int n) {
    constexpr int kVector = kVectorFloats / 2;
    for (int first = 0; first < kErrorLanes; first += kVector) {
      double sum[kVector] = {};
      for (int i = first; i < n; i += kErrorLanes) {
        for (int j = 0; j < kVector; ++j) sum[j] += errors[i + j];
      }
      for (int j = 0; j < kVector; ++j) sums[first + j] = sum[j];
    }
  }

  void add(const ErrorLanes& other, double times) {
    for (int j = 0; j < kErrorLanes; ++j) sums[j] += times * other.sums[j];
  }
};

struct WeightedErrors {
  alignas(64) double squared[kBlock], absolute[kBlock], weight[kBlock], background[kBlock],
      background_squared[kBlock];
};

static void weigh_errors(const RealErrors& __restrict from, const Weights& __restrict weights,
                         int n, WeightedErrors& __restrict to) {
  for (int i = 0; i < n; ++i) {
    const double m = double{weights.w[i]};
    const auto error = pixel::weighted_error(from.squared[i], from.absolute[i], m);
    to.weight[i] = m;
    to.squared[i] = error.squared;
    to.absolute[i] = error.absolute;
    to.background[i] = error.background;
    to.background_squared[i] = error.background_squared;
  }
}

// `errors` and `weights` are zero in the padding of n pixels.
static void add_reals(const RealErrors& errors, const Weights& weights, double full, int n,
                      ErrorLanes* lanes, double* sums) {
  const int whole = padded(n);
  const ErrorLanes squared(errors.squared, whole), absolute(errors.absolute, whole);
  lanes[kSquared].add(squared, 1.0);
  lanes[kAbsolute].add(absolute, 1.0);
  const Cover cover = cover_of_weights(weights.w, n, static_cast<float>(full));
  if (cover == Cover::none) {
    lanes[kBackgroundSquared].add(squared, 1.0);
    sums[kBackground] += n;
  } else if (cover == Cover::all) {
    lanes[kWeightedSquared].add(squared, full);
    lanes[kWeightedAbsolute].add(absolute, full);
    sums[kWeight] += full * n;
  } else {
    WeightedErrors w;
    weigh_errors(errors, weights, whole, w);
    lanes[kWeight].add(ErrorLanes(w.weight, whole), 1.0);
    lanes[kWeightedSquared].add(ErrorLanes(w.squared, whole), 1.0);
    lanes[kWeightedAbsolute].add(ErrorLanes(w.absolute, whole), 1.0);
    lanes[kBackground].add(ErrorLanes(w.background, whole), 1.0);
    lanes[kBackgroundSquared].add(ErrorLanes(w.background_squared, whole), 1.0);
    sums[kBackground] -= whole - n;
  }
}

static void error_reals_piece(const ImageView& output, const ImageView& target,
                              const MaskView& mask, const Piece& piece, ErrorReals& reals) {
  const ErrorUnits units = error_units(output.scalar, target.scalar, mask);
  Block a, b;
  Weights weights;
  RealErrors errors;
  ErrorLanes lanes[kSummedTerms];
  for (std::int64_t y = piece.top; y < piece.bottom; ++y) {
    for (std::int64_t x = piece.left; x < piece.right; x += kBlock) {
      const int n = static_cast<int>(piece.right - x < kBlock ? piece.right - x : kBlock);
      load_stored(output, y, x, n, a);
      load_stored(target, y, x, n, b);
      load_stored_mask(mask, y, x, n, weights);
      widen_block(a, n, reals.output);
      widen_block(b, n, reals.target);
      real_errors(a, b, units, padded(n), errors);
      add_reals(errors, weights, units.full, n, lanes, reals.sums);
    }
  }
  for (int k = 0; k < kSummedTerms; ++k) {
    for (const double lane : lanes[k].sums) reals.sums[k] += lane;
  }
  const std::int64_t pixels = (piece.bottom - piece.top) * (piece.right - piece.left);
  reals.sums[kPixels] = static_cast<double>(pixels);
}
