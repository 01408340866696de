#include "harmonia/resize_antialiased.hpp"

#include "resize_passes.hpp"
#include "resize_pil_taps.hpp"

namespace harmonia {

static Taps<double> bicubic(std::int64_t old_size, std::int64_t new_size) {
  const int from = static_cast<int>(old_size), to = static_cast<int>(new_size);
  return tabulate(pil_taps(PilFilter::bicubic, from, to, 0.0f, static_cast<float>(from)), from);
}

void antialiased_resize(const ImageView& image, const MutableImageView& out) {
  resize_passes<PilFloats>(image, bicubic(image.width, out.width),
                           bicubic(image.height, out.height), out);
}

}  // namespace harmonia
