// Blocks between RGB and the other colour spaces, one plain loop a space.

template <pixel::Color (*convert)(pixel::Color)>
static void each_pixel(Block& __restrict block, int n) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::Color to = convert({block.x[i], block.y[i], block.z[i]});
    block.x[i] = to.x;
    block.y[i] = to.y;
    block.z[i] = to.z;
  }
}

void from_rgb(Space space, Block& block, int n) {
  switch (space) {
    case Space::rgb: return;
    case Space::log_lms: return each_pixel<pixel::rgb_to_log_lms>(block, n);
    case Space::lalphabeta: return each_pixel<pixel::rgb_to_lalphabeta>(block, n);
    default: return;
  }
}

void to_rgb(Space space, Block& block, int n) {
  switch (space) {
    case Space::rgb: return;
    case Space::log_lms: return each_pixel<pixel::log_lms_to_rgb>(block, n);
    case Space::lalphabeta: return each_pixel<pixel::lalphabeta_to_rgb>(block, n);
    default: return;
  }
}
