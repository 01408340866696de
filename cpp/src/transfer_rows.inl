// RGB -> space -> a map of colours -> RGB. The map changes the first n pixels of a block, n a
// multiple of kLanes:
//   void operator()(Block& block, int n) const
#include "masked_rows.inl"

template <class Map>
struct Transfer {
  static constexpr bool kHeld = true, kChecks = false, kJoins = false;
  SpacePair spaces;
  const Map& map;

  void enter(std::int64_t) {}

  void operator()(std::int64_t, std::int64_t, int n, const Block& old, Block& fresh) const {
    fresh = old;
    from_rgb(spaces.enter, fresh, padded(n));
    map(fresh, padded(n));
    to_rgb(spaces.leave, fresh, padded(n));
  }
};

template <class Map>
static void transfer_rows(const ImageView& image, const MaskView& mask, float strength,
                          SpacePair spaces, const Map& map, const MutableImageView& out,
                          std::int64_t begin, std::int64_t end) {
  Transfer<Map> transfer{spaces, map};
  masked_rows(image, mask, strength, transfer, out, begin, end);
}
