// A change of colour, blended through the mask a block at a time. Blocks the mask leaves out are
// copied, and so are the groups of lanes before and behind what it reaches within a block. A map
// prepares a row that the mask reaches, then changes the n pixels from (y, x) on:
//   void enter(std::int64_t y)
//   void operator()(std::int64_t y, std::int64_t x, int n, const Block& old, Block& fresh)
// It fills whole groups of lanes. What it gives of float images is held within 0..1 if kHeld.
#include "row_writer.inl"

template <class Map>
static void masked_rows(const ImageView& image, const MaskView& mask, float strength, Map& map,
                        const MutableImageView& out, std::int64_t begin, std::int64_t end) {
  Block old, fresh;
  Weights weights;
  RowWriter writer(image, out);
  for (std::int64_t y = begin; y < end; ++y) {
    bool entered = false;
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
      if (!entered) map.enter(y);
      entered = true;
      const std::int64_t from = x + span.begin;
      const int count = span.end - span.begin;
      load(image, y, from, count, old);
      fetch_ahead(image, y, from + count, kBlock);
      map(y, from, count, old, fresh);
      const MutableImageView& to = writer.open(y, from);
      if constexpr (Map::kHeld) {
        store_blend(fresh, old, weights, to, 0, 0, count);
      } else {
        store_blend_unbounded(fresh, old, weights, to, 0, 0, count);
      }
      writer.close(count);
      writer.skip(n - span.end);
    }
    writer.end_row(y);
  }
}
