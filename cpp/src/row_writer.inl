// Asks for the memory of the pixels to come, a few at a time, so that it is read while others are
// computed: large scalars leave the processor's own foresight behind, and more lines at once than
// it can wait for would stop it.
class FetchAhead {
 public:
  FetchAhead(const ImageView& image, std::int64_t y, std::int64_t x, std::int64_t n)
      : stride_(image.pixel_stride) {
    if (x == image.width && y + 1 < image.height) x = 0, ++y;
    left_ = image.width - x < n ? image.width - x : n;
    at_ = line_ = image.at(y, x);
  }

  void next(std::int64_t pixels) {
#if defined(__GNUC__)
    constexpr std::int64_t kLine = 64;
    if (left_ <= 0) return;
    left_ -= pixels;
    at_ += pixels * stride_;
    for (; line_ < at_; line_ += kLine) __builtin_prefetch(line_);
#else
    static_cast<void>(pixels);
#endif
  }

 private:
  std::int64_t stride_, left_;
  const std::uint8_t *at_, *line_;
};

// Writes the rows of a picture: pixels that the mask leaves out wait for each other and are copied
// in long runs; blocks of others are written in place, or, where the picture outgrows the cache, in
// a buffer whose whole lines then go past it.
class RowWriter {
 public:
  RowWriter(const ImageView& image, const MutableImageView& out)
      : image_(image), out_(out), from_(image), block_(out), past_cache_(outgrows_cache(image)) {
    const std::int64_t size = scalar_size(out.scalar);
    streamed_ = past_cache_ && packed(out, size, out.channels);
  }

  ~RowWriter() { end_streams(); }

  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  void skip(std::int64_t pixels) { skipped_ += pixels; }

  // Where to write the colours of the pixels from (y, x) on, as a picture of them alone. Those
  // skipped come first.
  const MutableImageView& open(std::int64_t y, std::int64_t x) {
    copy_skipped(y, x);
    from_.data = image_.at(y, x);
    block_.data = streamed_ ? buffer_ : out_.at(y, x);
    at_ = out_.at(y, x);
    return block_;
  }

  // The rest of these pixels follows.
  void close(int pixels) {
    copy_alpha(from_, block_, 0, 0, pixels);
    const auto bytes = static_cast<std::size_t>(pixels * out_.pixel_stride);
    if (streamed_) stream_bytes(buffer_, bytes, at_);
  }

  void end_row(std::int64_t y) { copy_skipped(y, out_.width); }

 private:
  void copy_skipped(std::int64_t y, std::int64_t x) {
    if (skipped_ > 0) copy_run(image_, out_, y, x - skipped_, skipped_, past_cache_);
    skipped_ = 0;
  }

  const ImageView& image_;
  const MutableImageView& out_;
  ImageView from_;
  MutableImageView block_;
  bool past_cache_, streamed_;
  std::int64_t skipped_ = 0;
  std::uint8_t* at_ = nullptr;
  alignas(64) std::uint8_t buffer_[kBlock * 4 * sizeof(float)];
};
