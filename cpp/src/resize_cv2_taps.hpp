// The weights of OpenCV's filters. They keep their width however much an axis shrinks.
#pragma once

#include "harmonia/resize_cv2.hpp"
#include "resize_taps.hpp"

namespace harmonia {

// How many pixels of the old axis one of the new is, computed as OpenCV does.
double cv2_scale(int old_size, int new_size);

// Linear, cubic or lanczos4. Beyond the edge its pixel is repeated. Two taps across are settled at
// the edge, down they are not, and with codes their rounding tells.
TapLists<float> cv2_taps(Cv2Filter filter, int old_size, int new_size, bool across);

// Two taps for an area that grows: a new pixel mixes two old ones only where it covers both.
TapLists<float> cv2_growing_area_taps(int old_size, int new_size, bool across);

// The pixels that a place covers, by how much.
TapLists<float> cv2_area_taps(int old_size, int new_size);

}  // namespace harmonia
