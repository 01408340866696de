#include "seam_jump.hpp"

#include <cmath>
#include <optional>

#include "harmonia/parallel.hpp"
#include "harmonia/push_pull.hpp"

namespace harmonia::seam {
namespace {

// Rows of the image that are read together: windows overlap from one band to the next.
constexpr Index kBandRows = 64;
// The widest disc that a feather asks for; a mask that is translucent all over has no end.
constexpr Index kWidestFeather = 48;
// Cells to a radius, at most and at least. Means over cells obey the same model as pixels do.
constexpr Index kFinestRadius = 12, kCoarsestRadius = 3;
// Cells visited for all discs together: masks with more seam than this get coarser cells.
constexpr double kMostVisits = 268435456.0;
// A gradient costs as if it were seen over a pixel: small discs know little of it, and what they
// take for one would be noise. The jump keeps what a gradient gains over a pixel or two.
constexpr double kGradientCost = 1.0;
// Discs in which the mask varies less than this say little of the jump, and others nearby have
// their say instead: the stray grey values that JPEG leaves around a mask. Hard seams have 0.02 and
// more.
constexpr double kSure = 0.01, kLeastSure = 1.0 / 1024.0;
// Pixels to a side of the squares in which the sure ones are gathered.
constexpr Index kNeighbourhood = 8;

// The reference at the composite's size, row by row.
class Plate {
 public:
  Plate(const Reader& reader, const PoissonReference& reference, const ImageView& image)
      : reader_(reader),
        reference_(reference.image),
        scale_y_(static_cast<double>(reference_.height) / static_cast<double>(image.height)),
        scale_x_(static_cast<double>(reference_.width) / static_cast<double>(image.width)) {
    if (reference.mask.data == nullptr) return;
    const RowGroups groups(reference_.height, reference_.width);
    filled_ = WeightedPlanes(reference_.height, reference_.width);
    parallel_for(groups.count, [&](Index group) {
      for (Index y = groups.begin(group); y < groups.end(group); ++y) {
        const auto at = static_cast<std::size_t>(y * reference_.width);
        reader.colours(reference_, y, 0, reference_.width, &filled_.x[at], &filled_.y[at],
                       &filled_.z[at]);
        reader.alpha(reference.mask, y, 0, reference_.width, &filled_.weights[at]);
      }
    });
    push_pull(filled_);
  }

  // Two rows of the reference that stay from one call to the next.
  struct Rows {
    Index at[2] = {-1, -1};
    std::vector<float> colours[2];
  };

  void row(Index y, Index x, Index n, Rows& rows, float* r, float* g, float* b) const {
    const Place down = place(y, scale_y_, reference_.height);
    const float* const top = fetch(down.first, rows);
    const float* const bottom = fetch(down.second, rows);
    const Index step = reference_.width;
    for (Index i = 0; i < n; ++i) {
      const Place across = place(x + i, scale_x_, step);
      const auto at = [&](const float* line, Index plane) {
        const float a = line[plane * step + across.first], c = line[plane * step + across.second];
        return a + across.toward * (c - a);
      };
      const auto sample = [&](Index plane) {
        const float a = at(top, plane);
        return a + down.toward * (at(bottom, plane) - a);
      };
      r[i] = sample(0);
      g[i] = sample(1);
      b[i] = sample(2);
    }
  }

 private:
  struct Place {
    Index first, second;
    float toward;
  };

  static Place place(Index i, double scale, Index size) {
    const double at = std::clamp((static_cast<double>(i) + 0.5) * scale - 0.5, 0.0,
                                 static_cast<double>(size - 1));
    const auto first = static_cast<Index>(at);
    return {first, std::min(first + 1, size - 1),
            static_cast<float>(at - static_cast<double>(first))};
  }

  const float* fetch(Index y, Rows& rows) const {
    auto& to = rows.colours[y & 1];
    if (rows.at[y & 1] != y) {
      const auto n = static_cast<std::size_t>(reference_.width);
      to.resize(3 * n);
      if (filled_.height == 0) {
        reader_.colours(reference_, y, 0, reference_.width, &to[0], &to[n], &to[2 * n]);
      } else {
        const auto from = static_cast<std::ptrdiff_t>(y * reference_.width);
        const auto count = static_cast<std::ptrdiff_t>(n);
        std::copy_n(filled_.x.begin() + from, count, &to[0]);
        std::copy_n(filled_.y.begin() + from, count, &to[n]);
        std::copy_n(filled_.z.begin() + from, count, &to[2 * n]);
      }
      rows.at[y & 1] = y;
    }
    return to.data();
  }

  const Reader& reader_;
  ImageView reference_;
  double scale_y_, scale_x_;
  WeightedPlanes filled_;
};

// The part of the image that discs of some rows of the seam reach: planes of means over square
// cells.
struct Band {
  Index cell = 1;
  Index top = 0, left = 0, height = 0, width = 0;  // in cells
  std::vector<float> r, g, b, a;

  std::size_t at(Index y, Index x) const {
    return static_cast<std::size_t>((y - top) * width + (x - left));
  }
  // A place among pixels as one among cells.
  double place(double pixel) const { return (pixel + 0.5) / static_cast<double>(cell) - 0.5; }
};

// In cells.
struct Disc {
  double y, x, radius;

  // Calls visit(index in the band, dy, dx, weight); dy and dx are shares of the radius.
  template <class Visit>
  void each(const Band& band, Visit visit) const {
    const Index first = std::max(static_cast<Index>(std::ceil(y - radius)), band.top);
    const Index last =
        std::min(static_cast<Index>(std::floor(y + radius)), band.top + band.height - 1);
    for (Index v = first; v <= last; ++v) {
      const double dy = (static_cast<double>(v) - y) / radius;
      const double reach = radius * std::sqrt(std::max(1.0 - dy * dy, 0.0));
      const Index begin = std::max(static_cast<Index>(std::ceil(x - reach)), band.left);
      const Index end =
          std::min(static_cast<Index>(std::floor(x + reach)), band.left + band.width - 1);
      for (Index u = begin; u <= end; ++u) {
        const double dx = (static_cast<double>(u) - x) / radius;
        const double weight = 1.0 - dy * dy - dx * dx;
        if (weight > 0.0) visit(band.at(v, u), dy, dx, weight);
      }
    }
  }
};

float limited(double value) { return static_cast<float>(std::clamp(value, -1.0, 1.0)); }

float sureness(double variance) {
  return static_cast<float>(std::clamp(variance / kSure, kLeastSure, 1.0));
}

// The jump by least squares: unknowns 1, dy, dx, mask; the last one wanted.
Hold fitted(const Band& band, const Disc& disc) {
  const double pixels = disc.radius * static_cast<double>(band.cell);
  double m[4][7] = {};  // upper triangle of the normal equations, then the three colours
  disc.each(band, [&](std::size_t i, double dy, double dx, double weight) {
    const double row[7] = {1.0,
                           dy,
                           dx,
                           static_cast<double>(band.a[i]),
                           static_cast<double>(band.r[i]),
                           static_cast<double>(band.g[i]),
                           static_cast<double>(band.b[i])};
    for (int j = 0; j < 4; ++j) {
      const double scaled = weight * row[j];
      for (int k = j; k < 7; ++k) m[j][k] += scaled * row[k];
    }
  });
  const double total = m[0][0], plain = m[3][3];
  const double ridge = kGradientCost / (pixels * pixels);
  m[1][1] += ridge * total;
  m[2][2] += ridge * total;
  for (int pivot = 0; pivot < 3; ++pivot) {
    for (int j = pivot + 1; j < 4; ++j) {
      const double factor = m[pivot][j] / m[pivot][pivot];
      for (int k = j; k < 7; ++k) m[j][k] -= factor * m[pivot][k];
    }
  }
  Hold hold{};
  // Less than this is rounding.
  if (m[3][3] > 1e-12 * plain) {
    for (std::size_t c = 0; c < 3; ++c) hold.value[c] = limited(-m[3][4 + c] / m[3][3]);
  }
  hold.sure = sureness(m[3][3] / total);
  return hold;
}

// The mean difference to the reference: the planes hold a^2 and a^2 (reference - image).
Hold averaged(const Band& band, const Disc& disc) {
  double total = 0.0, sum = 0.0, colours[3] = {};
  disc.each(band, [&](std::size_t i, double, double, double weight) {
    total += weight;
    sum += weight * static_cast<double>(band.a[i]);
    colours[0] += weight * static_cast<double>(band.r[i]);
    colours[1] += weight * static_cast<double>(band.g[i]);
    colours[2] += weight * static_cast<double>(band.b[i]);
  });
  Hold hold{};
  if (sum > 0.0) {
    for (std::size_t c = 0; c < 3; ++c) hold.value[c] = limited(colours[c] / sum);
  }
  hold.sure = sureness(sum / total);
  return hold;
}

// The plain difference to the pixels across the edges.
Hold across(const Band& band, Index y, Index x) {
  Hold hold{};
  hold.sure = 1.0f;
  const std::size_t here = band.at(y, x);
  std::array<float, 3> sum{};
  int edges = 0;
  const Index beside[4][2] = {{y - 1, x}, {y + 1, x}, {y, x - 1}, {y, x + 1}};
  for (const auto& [v, u] : beside) {
    if (v < band.top || v >= band.top + band.height || u < band.left ||
        u >= band.left + band.width) {
      continue;
    }
    const std::size_t there = band.at(v, u);
    if (band.a[there] > 0.0f) continue;
    ++edges;
    sum[0] += band.r[there] - band.r[here];
    sum[1] += band.g[there] - band.g[here];
    sum[2] += band.b[there] - band.b[here];
  }
  for (std::size_t c = 0; c < 3; ++c) hold.value[c] = sum[c] / static_cast<float>(edges);
  return hold;
}

Band band_of(const Reader& reader, const ImageView& image, const MaskView& mask, const Plate* plate,
             const Bounds& reach, Index cell) {
  Band band;
  band.cell = cell;
  band.top = reach.top / cell;
  band.left = reach.left / cell;
  band.height = (reach.bottom - 1) / cell + 1 - band.top;
  band.width = (reach.right - 1) / cell + 1 - band.left;
  for (auto* plane : {&band.r, &band.g, &band.b, &band.a}) {
    plane->resize(static_cast<std::size_t>(band.height * band.width));
  }
  const Index left = band.left * cell;
  const Index n = std::min((band.left + band.width) * cell, image.width) - left;
  const auto room = static_cast<std::size_t>(n);
  std::vector<float> r(room), g(room), b(room), a(room), sample(3 * room);
  Plate::Rows rows;
  for (Index v = 0; v < band.height; ++v) {
    const Index begin = (band.top + v) * cell, end = std::min(begin + cell, image.height);
    for (Index y = begin; y < end; ++y) {
      reader.colours(image, y, left, n, r.data(), g.data(), b.data());
      reader.alpha(mask, y, left, n, a.data());
      if (plate != nullptr) {
        plate->row(y, left, n, rows, &sample[0], &sample[room], &sample[2 * room]);
        for (std::size_t i = 0; i < room; ++i) {
          a[i] *= a[i];
          r[i] = a[i] * (sample[i] - r[i]);
          g[i] = a[i] * (sample[room + i] - g[i]);
          b[i] = a[i] * (sample[2 * room + i] - b[i]);
        }
      }
      for (Index u = 0; u < band.width; ++u) {
        const Index first = u * cell, last = std::min(first + cell, n);
        const auto share = 1.0f / static_cast<float>((end - begin) * (last - first));
        const auto to = static_cast<std::size_t>(v * band.width + u);
        for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
          band.r[to] += share * r[i];
          band.g[to] += share * g[i];
          band.b[to] += share * b[i];
          band.a[to] += share * a[i];
        }
      }
    }
  }
  return band;
}

// Mixes the unsure ones with what the sure ones around them say.
void settle(std::vector<Hold>& holds, const std::vector<Seam>& seam, const Bounds& box) {
  const auto unsure = [](const Hold& hold) { return hold.sure < 1.0f; };
  if (std::none_of(holds.begin(), holds.end(), unsure)) return;
  const auto squares = [](Index n) { return (n + kNeighbourhood - 1) / kNeighbourhood; };
  WeightedPlanes around(squares(box.height()), squares(box.width()));
  const auto square = [&](const Seam& pixel) {
    return static_cast<std::size_t>(pixel.y / kNeighbourhood * around.width +
                                    pixel.x / kNeighbourhood);
  };
  for (std::size_t i = 0; i < holds.size(); ++i) {
    const std::size_t to = square(seam[i]);
    around.weights[to] += holds[i].sure;
    around.x[to] += holds[i].sure * holds[i].value[0];
    around.y[to] += holds[i].sure * holds[i].value[1];
    around.z[to] += holds[i].sure * holds[i].value[2];
  }
  for (std::size_t i = 0; i < around.weights.size(); ++i) {
    if (around.weights[i] == 0.0f) continue;
    for (auto* plane : {&around.x, &around.y, &around.z}) (*plane)[i] /= around.weights[i];
    around.weights[i] = std::min(around.weights[i], 1.0f);
  }
  push_pull(around);
  for (std::size_t i = 0; i < holds.size(); ++i) {
    const std::size_t from = square(seam[i]);
    const float others[3] = {around.x[from], around.y[from], around.z[from]};
    for (std::size_t c = 0; c < 3; ++c) {
      float& value = holds[i].value[c];
      value = holds[i].sure * value + (1.0f - holds[i].sure) * others[c];
    }
  }
}

}  // namespace

Discs Discs::of(int ring, const Domain& domain, std::size_t seam) {
  const double feather = std::min(std::ceil(domain.feather), static_cast<double>(kWidestFeather));
  const Index radius = ring + static_cast<Index>(feather);
  // A disc of radius R has fewer than (2 R)^2 cells.
  const double most = std::sqrt(kMostVisits / static_cast<double>(seam)) / 2.0;
  const auto across = std::clamp(static_cast<Index>(most), kCoarsestRadius, kFinestRadius);
  return {radius, std::max<Index>(radius / across, 1)};
}

std::vector<Hold> holds_of(const Reader& reader, const ImageView& image, const MaskView& mask,
                           const PoissonReference* reference, const Bounds& box,
                           const std::vector<Seam>& seam, const Discs& discs,
                           const MembraneGrid& grid) {
  std::optional<Plate> own;
  if (reference != nullptr) own.emplace(reader, *reference, image);
  const Plate* const plate = own ? &*own : nullptr;
  std::vector<Hold> holds(seam.size());
  const Index rows = std::max(kBandRows, 2 * discs.radius);
  const Index bands = (box.height() + rows - 1) / rows;
  parallel_for(bands, [&](Index number) {
    const auto above = [](const Seam& pixel, Index y) { return pixel.y < y; };
    const auto first = std::lower_bound(seam.begin(), seam.end(), number * rows, above);
    const auto last = std::lower_bound(first, seam.end(), (number + 1) * rows, above);
    if (first == last) return;
    const auto by_x = [](const Seam& a, const Seam& b) { return a.x < b.x; };
    const auto [leftmost, rightmost] = std::minmax_element(first, last, by_x);
    const Index margin = discs.radius + discs.cell;
    const Bounds reach{std::max<Index>(box.top + first->y - margin, 0),
                       std::max<Index>(box.left + leftmost->x - margin, 0),
                       std::min(box.top + (last - 1)->y + margin + 1, image.height),
                       std::min(box.left + rightmost->x + margin + 1, image.width)};
    const Band band = band_of(reader, image, mask, plate, reach, discs.cell);
    for (auto pixel = first; pixel != last; ++pixel) {
      const Index y = box.top + pixel->y, x = box.left + pixel->x;
      Hold& hold = holds[static_cast<std::size_t>(pixel - seam.begin())];
      // Discs lie on the seam, half a pixel from this one, so that both sides of it look alike.
      const Disc disc{
          band.place(static_cast<double>(y) + 0.5 * static_cast<double>(pixel->toward_y)),
          band.place(static_cast<double>(x) + 0.5 * static_cast<double>(pixel->toward_x)),
          static_cast<double>(discs.radius) / static_cast<double>(discs.cell)};
      if (plate != nullptr) {
        hold = averaged(band, disc);
      } else if (discs.radius == 1) {
        hold = across(band, y, x);
      } else {
        hold = fitted(band, disc);
      }
      hold.edges = static_cast<float>(pixel->edges);
      hold.at = grid.at(pixel->y, pixel->x);
    }
  });
  settle(holds, seam, box);
  return holds;
}

}  // namespace harmonia::seam
