// The compositing rule of the whole library.
#pragma once

#include "harmonia/image.hpp"

namespace harmonia {

// out = m * fresh + (1 - m) * old with m = strength * mask; old itself, bit by bit, where m = 0.
// Channels beyond the third are old's own. All three images have the same size, scalar and
// channels.
void composite(const ImageView& fresh, const ImageView& old, const MaskView& mask, float strength,
               const MutableImageView& out);

}  // namespace harmonia
