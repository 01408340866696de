// Pixels that the mask leaves out wait for each other, so that a row is copied in long runs.
class Untouched {
 public:
  Untouched(const ImageView& image, const MutableImageView& out)
      : image_(image), out_(out), past_cache_(outgrows_cache(image)) {}

  void wait(std::int64_t pixels) { waiting_ += pixels; }

  // Copies those before (y, x).
  void copy_before(std::int64_t y, std::int64_t x) {
    if (waiting_ > 0) copy_run(image_, out_, y, x - waiting_, waiting_, past_cache_);
    waiting_ = 0;
  }

 private:
  const ImageView& image_;
  const MutableImageView& out_;
  bool past_cache_;
  std::int64_t waiting_ = 0;
};
