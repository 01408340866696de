// Blocks between RGB and the other colour spaces, one plain loop a space. The sRGB curve has a loop
// of its own: shorter chains of dependent operations overlap better (measured for CIELAB: a quarter
// less time).

template <pixel::Color (*convert)(pixel::Color)>
static void each_pixel(Block& __restrict block, int n) {
  for (int i = 0; i < (n & ~(kLanes - 1)); ++i) {
    const pixel::Color to = convert({block.x[i], block.y[i], block.z[i]});
    block.x[i] = to.x;
    block.y[i] = to.y;
    block.z[i] = to.z;
  }
}

template <pixel::Color (*from_linear)(pixel::Color)>
static void decode_and(Block& block, int n) {
  each_pixel<pixel::rgb_to_linear>(block, n);
  each_pixel<from_linear>(block, n);
}

template <pixel::Color (*to_linear)(pixel::Color)>
static void encode_after(Block& block, int n) {
  each_pixel<to_linear>(block, n);
  each_pixel<pixel::linear_to_rgb>(block, n);
}

void from_rgb(Space space, Block& block, int n) {
  switch (space) {
    case Space::rgb: return;
    case Space::linear: return each_pixel<pixel::rgb_to_linear>(block, n);
    case Space::xyz: return decode_and<pixel::linear_to_xyz>(block, n);
    case Space::xyy: return decode_and<pixel::linear_to_xyy>(block, n);
    case Space::lab: return decode_and<pixel::linear_to_lab>(block, n);
    case Space::lab_d50: return decode_and<pixel::linear_to_lab_d50>(block, n);
    case Space::log_lms: return each_pixel<pixel::rgb_to_log_lms>(block, n);
    case Space::lalphabeta: return each_pixel<pixel::rgb_to_lalphabeta>(block, n);
    case Space::ycbcr: return each_pixel<pixel::rgb_to_ycbcr>(block, n);
    case Space::hsv: return each_pixel<pixel::rgb_to_hsv>(block, n);
  }
}

void to_rgb(Space space, Block& block, int n) {
  switch (space) {
    case Space::rgb: return;
    case Space::linear: return each_pixel<pixel::linear_to_rgb>(block, n);
    case Space::xyz: return encode_after<pixel::xyz_to_linear>(block, n);
    case Space::xyy: return encode_after<pixel::xyy_to_linear>(block, n);
    case Space::lab: return encode_after<pixel::lab_to_linear>(block, n);
    case Space::lab_d50: return encode_after<pixel::lab_d50_to_linear>(block, n);
    case Space::log_lms: return each_pixel<pixel::log_lms_to_rgb>(block, n);
    case Space::lalphabeta: return each_pixel<pixel::lalphabeta_to_rgb>(block, n);
    case Space::ycbcr: return each_pixel<pixel::ycbcr_to_rgb>(block, n);
    case Space::hsv: return each_pixel<pixel::hsv_to_rgb>(block, n);
  }
}
