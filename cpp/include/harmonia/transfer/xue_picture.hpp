// The regions that the published code of Xue et al. 2012 measures.
#pragma once

#include <vector>

#include "harmonia/image.hpp"
#include "harmonia/transfer/xue_region.hpp"

namespace harmonia {

// As xue_regions(), but the box is that of the mask's first connected part only, the mask is cut at
// a half, and the blur ignores it. The adjustments go on in the whole picture, in float64.
class XuePicture {
 public:
  XuePicture(const ImageView& image, const MaskView& mask);

  // Of the mask, inside the crop.
  std::int64_t pixels() const { return pixels_; }
  double inside_luminance() const;
  XueRegions regions() const;
  // Greys of the luminance of the crop, neither blurred nor eroded: what the published code tries
  // its curves on.
  XueRegion luminance_region() const;

  // Replaces every colour under the mask by change(r, g, b).
  template <class Change>
  void each(Change change) {
    for (std::size_t i = 0; i < mask_.size(); ++i) {
      if (mask_[i]) change(r_[i], g_[i], b_[i]);
    }
  }

 private:
  std::vector<double> cropped(const std::vector<double>& plane) const;
  std::vector<double> blurred(const std::vector<double>& plane) const;

  std::int64_t height_, width_, top_ = 0, left_ = 0, rows_ = 0, columns_ = 0, pixels_ = 0;
  std::vector<double> r_, g_, b_;
  std::vector<std::uint8_t> mask_;
  std::vector<double> inside_, outside_;  // 0 or 1, of the crop
};

}  // namespace harmonia
