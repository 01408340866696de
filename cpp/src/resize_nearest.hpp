// Pixels as they are, from places that the caller has found.
#pragma once

#include <vector>

#include "harmonia/image.hpp"

namespace harmonia {

void resize_nearest(const ImageView& image, const std::vector<int>& rows,
                    const std::vector<int>& columns, const MutableImageView& out);

}  // namespace harmonia
