// The two passes. Values are widened to the type of their sums when they are gathered: the loops
// over lanes then need one type, and vectorize.

// Some columns at a time, so that what is written stays in the first-level cache until all rows
// have been there.
template <class S, class Sum>
static void gather_as(const ImageView& image, const int* rows, int n, Places used, Sum* tile) {
  const int channels = static_cast<int>(image.channels);
  for (int first = 0; first < used.count; first += kColumns) {
    const int last = used.count - first < kColumns ? used.count : first + kColumns;
    for (int lane = 0; lane < n * channels; ++lane) {
      const std::uint8_t* const line =
          image.at(rows[lane / channels], 0) + lane % channels * image.channel_stride;
      Sum* const to = tile + lane;
      for (int i = first; i < last; ++i) {
        const std::uint8_t* const p = line + used.at[i] * image.pixel_stride;
        to[i * kTileLanes] =
            static_cast<Sum>(S::unit(*reinterpret_cast<const typename S::Type*>(p)));
      }
    }
  }
}

template <class Sum>
static void gather(const ImageView& image, const int* rows, int n, Places used, Sum* tile,
                   std::uint8_t) {
  gather_as<Codes8>(image, rows, n, used, tile);
}

template <class Sum>
static void gather(const ImageView& image, const int* rows, int n, Places used, Sum* tile, float) {
  switch (image.scalar) {
    case Scalar::u8: return gather_as<pixel::U8>(image, rows, n, used, tile);
    case Scalar::u16: return gather_as<pixel::U16>(image, rows, n, used, tile);
    case Scalar::f16: return gather_as<pixel::F16>(image, rows, n, used, tile);
    case Scalar::f32: return gather_as<pixel::F32>(image, rows, n, used, tile);
  }
}

// Some rows of the image become rows of the middle, `line` values each.
template <class A>
static void resize_columns(const ImageView& image, const TapTable<typename A::Weight>& taps,
                           const int* rows, int n, typename A::Sum* tile,
                           typename A::Middle* middle, std::int64_t line) {
  gather(image, rows, n, taps.used, tile, typename A::Pixel());
  const int channels = static_cast<int>(image.channels);
  const int* index = taps.index;
  const typename A::Weight* weights = taps.weights;
  using Sum = typename A::Sum;
  alignas(64) Sum sums[kTileLanes];
  for (int i = 0; i < taps.places; ++i, index += taps.count, weights += taps.count) {
    for (int j = 0; j < kTileLanes; ++j) sums[j] = 0;
    for (int k = 0; k < taps.count; ++k) {
      const Sum w = static_cast<Sum>(weights[k]);
      const Sum* __restrict p = tile + index[k] * kTileLanes;
      // Two loops, or GCC jams pairs of taps into one that does not vectorize.
      for (int j = 0; j < kHalf; ++j) sums[j] += w * p[j];
      for (int j = kHalf; j < kTileLanes; ++j) sums[j] += w * p[j];
    }
    typename A::Middle* to = middle + i * channels;
    for (int r = 0; r < n; ++r, to += line) {
      for (int c = 0; c < channels; ++c) to[c] = A::middle(sums[r * channels + c]);
    }
  }
}

// One row of the result, `line` values.
template <class A>
static void resize_row(const typename A::Middle* middle, std::int64_t line, const int* index,
                       const typename A::Weight* weights, int count,
                       typename A::Result* __restrict to) {
  alignas(64) typename A::Sum sums[kRun];
  for (std::int64_t first = 0; first < line; first += kRun) {
    const int n = static_cast<int>(line - first < kRun ? line - first : kRun);
    for (int j = 0; j < n; ++j) sums[j] = 0;
    for (int k = 0; k < count; ++k) {
      const typename A::Weight w = weights[k];
      const typename A::Middle* __restrict p = middle + index[k] * line + first;
      for (int j = 0; j < n; ++j) sums[j] += A::down(w, p[j]);
    }
    for (int j = 0; j < n; ++j) to[first + j] = A::result(sums[j]);
  }
}
