// RGB -> space -> a map of colours -> RGB -> blend, a block at a time. Blocks the mask leaves out
// are copied. A map changes the first n pixels of a block, n a multiple of kLanes:
//   void operator()(Block& block, int n) const
template <class Map>
static void transfer_rows(const ImageView& image, const MaskView& mask, float strength,
                          SpacePair spaces, const Map& map, const MutableImageView& out,
                          std::int64_t begin, std::int64_t end) {
  Block old, fresh;
  Weights weights;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      if (load_mask(mask, y, x, n, strength, weights) == Cover::none) {
        copy(image, out, y, x, n);
        continue;
      }
      load(image, y, x, n, old);
      fresh = old;
      from_rgb(spaces.enter, fresh, padded(n));
      map(fresh, padded(n));
      to_rgb(spaces.leave, fresh, padded(n));
      store_blend(fresh, old, weights, out, y, x, n);
      copy_alpha(image, out, y, x, n);
    }
  }
}
