// A foreground and what it shall match, measured and adjusted in turn: each step of Xue et al. 2012
// looks at what the steps before made of the foreground.
#pragma once

#include <optional>

#include "harmonia/transfer/xue_picture.hpp"

namespace harmonia {

class XueSides {
 public:
  // The target is the background, or the inside of a reference.
  XueSides(const ImageView& image, const MaskView& mask, bool compat);
  XueSides(const ImageView& image, const MaskView& mask, const ImageView& reference,
           const MaskView& reference_mask, bool compat);

  std::int64_t pixels() const;  // of the foreground; averaged squares of them unless `compat`
  double luminance() const;     // the foreground's mean
  XueStatistics foreground(XueProperty property) const;
  XueStatistics target(XueProperty property) const;

  // How much the top of the foreground's contrast would rise by each of the curves.
  std::vector<double> contrast_changes(const std::vector<double>& alphas, double threshold) const;

  void change_contrast(double alpha, double threshold);
  void change_luminance(double stops);
  void change_temperature(double mired);
  void change_saturation(double stops);

 private:
  template <class Change>
  void each(Change change);

  bool compat_;
  std::optional<XuePicture> picture_;
  XueRegions regions_;
  std::optional<XueRegion> reference_;
};

}  // namespace harmonia
