// A change of colour that depends on the place, blended through the mask a block at a time. Blocks
// the mask leaves out are copied, and so are the groups of lanes before and behind what it reaches
// within a block. A map prepares a row that the mask reaches, then changes pixels (y, x) onwards:
//   void enter(std::int64_t y)
//   void operator()(std::int64_t y, std::int64_t x, int n, const Block& old, Block& fresh) const
// It fills whole groups of lanes.
#include "untouched.inl"

template <class Map>
static void grid_rows(const ImageView& image, const MaskView& mask, float strength, Map& map,
                      const MutableImageView& out, std::int64_t begin, std::int64_t end) {
  Block old, fresh;
  Weights weights;
  Untouched untouched(image, out);
  for (std::int64_t y = begin; y < end; ++y) {
    bool entered = false;
    for (std::int64_t x = 0; x < image.width; x += kBlock) {
      const int n = static_cast<int>(image.width - x < kBlock ? image.width - x : kBlock);
      const Cover cover = load_mask(mask, y, x, n, strength, weights);
      if (cover == Cover::none) {
        untouched.wait(n);
        continue;
      }
      Span span{0, n};
      if (cover == Cover::some) {
        span = reached(weights, n);
        if (span.begin > 0) {
          load_mask(mask, y, x + span.begin, span.end - span.begin, strength, weights);
        }
      }
      untouched.wait(span.begin);
      untouched.copy_before(y, x + span.begin);
      if (!entered) map.enter(y);
      entered = true;
      const std::int64_t from = x + span.begin;
      const int count = span.end - span.begin;
      load(image, y, from, count, old);
      map(y, from, count, old, fresh);
      store_blend_unbounded(fresh, old, weights, out, y, from, count);
      copy_alpha(image, out, y, from, count);
      untouched.wait(n - span.end);
    }
    untouched.copy_before(y, image.width);
  }
}
