static void bins_of_plane(pixel::Axis axis, const float* __restrict values, int n,
                          std::int32_t* __restrict bins) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) bins[i] = pixel::nearest_node(axis, values[i]);
}

static void load_bins(const ImageView& image, std::int64_t y, std::int64_t x, int n, Space space,
                      const pixel::Axis* axes, BlockBins& bins) {
  Block block;
  load(image, y, x, n, block);
  from_rgb(space, block, padded(n));
  bins_of_plane(axes[0], block.x, padded(n), bins.x);
  bins_of_plane(axes[1], block.y, padded(n), bins.y);
  bins_of_plane(axes[2], block.z, padded(n), bins.z);
}
