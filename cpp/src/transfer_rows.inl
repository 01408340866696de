// RGB -> space -> a map of colours -> RGB -> blend, a block at a time. Blocks the mask leaves out
// are copied, and so are the groups of lanes before and behind what it reaches within a block. A
// map changes the first n pixels of a block, n a multiple of kLanes:
//   void operator()(Block& block, int n) const
#include "row_writer.inl"

template <class Map>
static void transfer_rows(const ImageView& image, const MaskView& mask, float strength,
                          SpacePair spaces, const Map& map, const MutableImageView& out,
                          std::int64_t begin, std::int64_t end) {
  Block old, fresh;
  Weights weights;
  RowWriter writer(image, out);
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      const Cover cover = load_mask(mask, y, x, n, strength, weights);
      if (cover == Cover::none) {
        writer.skip(n);
        continue;
      }
      Span span{0, n};
      if (cover == Cover::some) {
        span = reached(weights, n);
        if (span.begin > 0) {
          load_mask(mask, y, x + span.begin, span.end - span.begin, strength, weights);
        }
      }
      writer.skip(span.begin);
      const std::int64_t from = x + span.begin;
      const int count = span.end - span.begin;
      load(image, y, from, count, old);
      fresh = old;
      from_rgb(spaces.enter, fresh, padded(count));
      map(fresh, padded(count));
      to_rgb(spaces.leave, fresh, padded(count));
      store_blend(fresh, old, weights, writer.open(y, from), 0, 0, count);
      writer.close(count);
      writer.skip(n - span.end);
    }
    writer.end_row(y);
  }
}
