#include "harmonia/error_sums.hpp"

#include <cstring>
#include <vector>

#include "block.hpp"
#include "byte_lanes.hpp"
#include "harmonia/error_units.hpp"
#include "harmonia/parallel.hpp"
#include "rgb_bytes.hpp"

namespace harmonia {
namespace {

// A rectangle of an image: the unit of work, and where a sum begins anew.
struct Piece {
  std::int64_t top, bottom, left, right;
};

// Pieces of at most `pixels`, in an order that depends on the size of the image alone.
class Pieces {
 public:
  Pieces(std::int64_t height, std::int64_t width, std::int64_t pixels)
      : height_(height),
        width_(width),
        columns_(width < pixels ? width : pixels),
        rows_(pixels / columns_),
        across_((width + columns_ - 1) / columns_),
        count((height + rows_ - 1) / rows_ * across_) {}

  Piece operator[](std::int64_t i) const {
    const std::int64_t top = i / across_ * rows_, left = i % across_ * columns_;
    return {top, top + rows_ < height_ ? top + rows_ : height_, left,
            left + columns_ < width_ ? left + columns_ : width_};
  }

 private:
  std::int64_t height_, width_, columns_, rows_, across_;

 public:
  std::int64_t count;
};

// In a piece of 16 Ki pixels the largest sum is 2^14 * 3 * 65535^2 * 255 < 2^64. Pieces of bytes
// may be larger; a small image is done before a second thread has woken.
constexpr std::int64_t kPiece = 1 << 14, kPieceOfBytes = 1 << 17;

constexpr float kHighest = 3.4028234e38f;

// Smallest and largest numbers are in the images' own units.
template <class Number>
struct PieceSums {
  Number sums[kSummedTerms] = {};
  float output[2] = {kHighest, -kHighest}, target[2] = {kHighest, -kHighest};
};
using ErrorCounts = PieceSums<std::uint64_t>;
using ErrorReals = PieceSums<double>;

constexpr int kErrorLanes = 8;

}  // namespace
}  // namespace harmonia

#define HARMONIA_INL "error_sums.inl"
#include "foreach_isa.hpp"
#define HARMONIA_INL "error_sums_codes.inl"
#include "foreach_isa.hpp"
#define HARMONIA_INL "error_sums_bytes.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

void widen(const float* from, double scale, double* ends) {
  const double low = scale * double{from[0]}, high = scale * double{from[1]};
  ends[0] = low < ends[0] ? low : ends[0];
  ends[1] = high > ends[1] ? high : ends[1];
}

struct ExactTotal {
  ExactSum sum;
  void add(std::uint64_t value) { sum.add(value); }
  double value() const { return sum.value(); }
};

struct RealTotal {
  double sum = 0.0;
  void add(double value) { sum += value; }
  double value() const { return sum; }
};

template <class Total, class Number, class Sum>
ErrorSums sum_pieces(const ImageView& output, const ImageView& target, const MaskView& mask,
                     std::int64_t pixels, Sum sum) {
  const ErrorUnits units = error_units(output.scalar, target.scalar, mask);
  const Pieces pieces(output.height, output.width, pixels);
  std::vector<PieceSums<Number>> parts(static_cast<std::size_t>(pieces.count));
  parallel_for(pieces.count, [&](std::int64_t i) {
    sum(output, target, mask, pieces[i], parts[static_cast<std::size_t>(i)]);
  });
  Total totals[kSummedTerms];
  double all[kErrorTerms];
  for (const int end : {kOutputMin, kTargetMin}) {
    all[end] = double{kHighest} * 65535.0;
    all[end + 1] = -all[end];
  }
  for (const auto& part : parts) {
    for (int k = 0; k < kSummedTerms; ++k) totals[k].add(part.sums[k]);
    widen(part.output, units.output, all + kOutputMin);
    widen(part.target, units.target, all + kTargetMin);
  }
  for (int k = 0; k < kSummedTerms; ++k) all[k] = totals[k].value();
  return in_levels(all, units);
}

// Rows without gaps are one long row.
bool is_one_row(const ImageView& image) {
  return packed(image, 1, 3) && image.row_stride == 3 * image.width;
}
bool is_one_row(const MaskView& mask, std::int64_t width) {
  return mask.data == nullptr || mask.row_stride == width * mask.pixel_stride;
}

}  // namespace

ErrorSums error_sums(const ImageView& output, const ImageView& target, const MaskView& mask) {
  if (output.height == 0 || output.width == 0) return {};
  if (!error_units(output.scalar, target.scalar, mask).exact) {
    return sum_pieces<RealTotal, double>(output, target, mask, kPiece,
                                         HARMONIA_PICK(error_reals_piece));
  }
  if (output.scalar == Scalar::u16 || target.scalar == Scalar::u16) {
    return sum_pieces<ExactTotal, std::uint64_t>(output, target, mask, kPiece,
                                                 HARMONIA_PICK(error_codes_piece));
  }
  const auto bytes = HARMONIA_PICK(error_bytes_piece);
  const bool one_row = is_one_row(output) && is_one_row(target) && is_one_row(mask, output.width);
  if (!one_row) {
    return sum_pieces<ExactTotal, std::uint64_t>(output, target, mask, kPieceOfBytes, bytes);
  }
  ImageView a = output, b = target;
  a.width = b.width = output.width * output.height;
  a.height = b.height = 1;
  return sum_pieces<ExactTotal, std::uint64_t>(a, b, mask, kPieceOfBytes, bytes);
}

}  // namespace harmonia
