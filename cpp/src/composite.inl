static void composite_rows(const ImageView& fresh_image, const ImageView& old_image,
                           const MaskView& mask, float strength, const MutableImageView& out,
                           std::int64_t begin, std::int64_t end) {
  Block old, fresh;
  Weights weights;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < old_image.width; x += kBlock) {
      const int n = static_cast<int>(old_image.width - x < kBlock ? old_image.width - x : kBlock);
      if (load_mask(mask, y, x, n, strength, weights) == Cover::none) {
        copy(old_image, out, y, x, n);
        continue;
      }
      load(old_image, y, x, n, old);
      load(fresh_image, y, x, n, fresh);
      store_blend(fresh, old, weights, out, y, x, n);
      copy_alpha(old_image, out, y, x, n);
    }
  }
}
