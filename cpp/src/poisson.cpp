#include "harmonia/transfer/poisson.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "block.hpp"
#include "harmonia/membrane.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/push_pull.hpp"

namespace harmonia {
namespace {

using Index = std::int64_t;

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

struct Box {
  Index top = 0, bottom = 0, left = 0, right = 0;  // half open

  Index height() const { return bottom - top; }
  Index width() const { return right - left; }
};

struct Reader {
  decltype(&baseline::load) load = HARMONIA_PICK(load);
  decltype(&baseline::load_mask) load_mask = HARMONIA_PICK(load_mask);

  void colours(const ImageView& image, Index y, Index x, Index n, float* r, float* g,
               float* b) const {
    Block block;
    for (Index i = 0; i < n; i += kBlock) {
      const int count = static_cast<int>(std::min<Index>(n - i, kBlock));
      load(image, y, x + i, count, block);
      std::copy_n(block.x, count, r + i);
      std::copy_n(block.y, count, g + i);
      std::copy_n(block.z, count, b + i);
    }
  }

  void alpha(const MaskView& mask, Index y, Index x, Index n, float* a) const {
    Weights weights;
    for (Index i = 0; i < n; i += kBlock) {
      const int count = static_cast<int>(std::min<Index>(n - i, kBlock));
      if (load_mask(mask, y, x + i, count, 1.0f, weights) == Cover::none) {
        std::fill_n(a + i, count, 0.0f);
      } else {
        std::copy_n(weights.w, count, a + i);
      }
    }
  }
};

Box box_around(const Reader& reader, const ImageView& image, const MaskView& mask) {
  const RowGroups groups(image.height, image.width);
  std::vector<Box> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](Index group) {
    Box box{image.height, 0, image.width, 0};
    std::vector<float> a(static_cast<std::size_t>(image.width));
    for (Index y = groups.begin(group); y < groups.end(group); ++y) {
      reader.alpha(mask, y, 0, image.width, a.data());
      const auto reached = [](float w) { return w > 0.0f; };
      const auto first = std::find_if(a.begin(), a.end(), reached);
      if (first == a.end()) continue;
      const auto last = std::find_if(a.rbegin(), a.rend(), reached);
      box.top = std::min(box.top, y);
      box.bottom = y + 1;
      box.left = std::min<Index>(box.left, first - a.begin());
      box.right = std::max<Index>(box.right, a.rend() - last);
    }
    parts[static_cast<std::size_t>(group)] = box;
  });
  Box all{image.height, 0, image.width, 0};
  for (const Box& part : parts) {
    all.top = std::min(all.top, part.top);
    all.bottom = std::max(all.bottom, part.bottom);
    all.left = std::min(all.left, part.left);
    all.right = std::max(all.right, part.right);
  }
  return all.bottom > all.top ? all : Box{};
}

// Which pixels of the box the mask reaches, and how wide its feather is: over a linear ramp
// 4 a (1 - a) sums to 2/3 of its width, and differences of a to 1.
struct Domain {
  std::vector<std::uint8_t> inside;
  double feather = 0.0;
};

Domain domain_of(const Reader& reader, const ImageView& image, const MaskView& mask,
                 const Box& box) {
  const Index width = box.width();
  Domain domain;
  domain.inside.resize(static_cast<std::size_t>(box.height() * width));
  const RowGroups groups(box.height(), width);
  std::vector<std::array<double, 2>> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](Index group) {
    auto& [soft, change] = parts[static_cast<std::size_t>(group)];
    const auto room = static_cast<std::size_t>(width + 2);
    std::vector<float> here(room), before(room);
    // One pixel more on each side, where there is one.
    const Index left = std::max<Index>(box.left - 1, 0);
    const Index n = std::min(box.right + 1, image.width) - left;
    const Index begin = groups.begin(group) + box.top, end = groups.end(group) + box.top;
    reader.alpha(mask, std::max<Index>(begin - 1, 0), left, n, before.data());
    // The rows of the last group are followed by one outside the box.
    const Index stop = end == box.bottom ? std::min(end + 1, image.height) : end;
    for (Index y = begin; y < stop; ++y) {
      reader.alpha(mask, y, left, n, here.data());
      for (Index i = 0; i < n; ++i) {
        const auto k = static_cast<std::size_t>(i);
        const double a = static_cast<double>(here[k]);
        soft += 4.0 * a * (1.0 - a);
        change += std::abs(a - static_cast<double>(before[k]));
        if (i > 0) change += std::abs(a - static_cast<double>(here[k - 1]));
      }
      if (y < end) {
        const float* const a = here.data() + (box.left - left);
        std::uint8_t* const to = domain.inside.data() + (y - box.top) * width;
        for (Index x = 0; x < width; ++x) to[x] = a[x] > 0.0f;
      }
      std::swap(here, before);
    }
  });
  double soft = 0.0, change = 0.0;
  for (const auto& part : parts) {
    soft += part[0];
    change += part[1];
  }
  if (soft > 0.0) domain.feather = change > 0.0 ? 1.5 * soft / change : 1e9;
  return domain;
}

// A pixel at the seam: where in the box, how many edges lead outside, and the mean direction.
struct Seam {
  Index y, x;
  int edges;
  float toward_y, toward_x;
};

std::vector<Seam> seam_of(const Domain& domain, const Box& box, const ImageView& image,
                          bool at_rim) {
  const Index height = box.height(), width = box.width();
  const RowGroups groups(height, width);
  std::vector<std::vector<Seam>> parts(static_cast<std::size_t>(groups.count));
  parallel_for(groups.count, [&](Index group) {
    auto& part = parts[static_cast<std::size_t>(group)];
    const auto leads_out = [&](Index y, Index x) {
      if (y >= 0 && y < height && x >= 0 && x < width) {
        return domain.inside[static_cast<std::size_t>(y * width + x)] == 0;
      }
      const Index in_y = y + box.top, in_x = x + box.left;
      const bool in_image = in_y >= 0 && in_y < image.height && in_x >= 0 && in_x < image.width;
      return in_image || at_rim;
    };
    for (Index y = groups.begin(group); y < groups.end(group); ++y) {
      for (Index x = 0; x < width; ++x) {
        if (domain.inside[static_cast<std::size_t>(y * width + x)] == 0) continue;
        const int up = leads_out(y - 1, x), down = leads_out(y + 1, x), left = leads_out(y, x - 1),
                  right = leads_out(y, x + 1);
        const int edges = up + down + left + right;
        if (edges == 0) continue;
        const auto share = 1.0f / static_cast<float>(edges);
        part.push_back({y, x, edges, static_cast<float>(down - up) * share,
                        static_cast<float>(right - left) * share});
      }
    }
  });
  std::vector<Seam> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

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
    const auto [v, below, down] = place(y, scale_y_, reference_.height);
    const float* const top = fetch(v, rows);
    const float* const bottom = fetch(below, rows);
    const Index step = reference_.width;
    for (Index i = 0; i < n; ++i) {
      const auto [u, beside, right] = place(x + i, scale_x_, step);
      const auto at = [&](const float* row, Index plane) {
        const float a = row[plane * step + u], c = row[plane * step + beside];
        return a + right * (c - a);
      };
      const auto sample = [&](Index plane) {
        const float a = at(top, plane);
        return a + down * (at(bottom, plane) - a);
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

// What holds the membrane at a pixel of the seam, and how sure that is.
struct Hold {
  std::size_t at;
  float edges, sure;
  std::array<float, 3> value;
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
             const Box& reach, Index cell) {
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

// How the discs are laid out: their radius in pixels, and the side of a cell.
struct Discs {
  Index radius, cell;

  static Discs of(int ring, const Domain& domain, std::size_t seam) {
    const double feather = std::min(std::ceil(domain.feather), static_cast<double>(kWidestFeather));
    const Index radius = ring + static_cast<Index>(feather);
    // A disc of radius R has fewer than (2 R)^2 cells.
    const double most = std::sqrt(kMostVisits / static_cast<double>(seam)) / 2.0;
    const auto across = std::clamp(static_cast<Index>(most), kCoarsestRadius, kFinestRadius);
    return {radius, std::max<Index>(radius / across, 1)};
  }
};

std::vector<Hold> holds_of(const Reader& reader, const ImageView& image, const MaskView& mask,
                           const Plate* plate, const Box& box, const std::vector<Seam>& seam,
                           const Discs& discs, const MembraneGrid& grid) {
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
    const Box reach{std::max<Index>(box.top + first->y - margin, 0),
                    std::min(box.top + (last - 1)->y + margin + 1, image.height),
                    std::max<Index>(box.left + leftmost->x - margin, 0),
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
  return holds;
}

// Mixes the unsure ones with what the sure ones around them say.
void settle(std::vector<Hold>& holds, const std::vector<Seam>& seam, const Box& box) {
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

void copy_rows(const ImageView& image, const MutableImageView& out) {
  const auto copy = HARMONIA_PICK(copy);
  const RowGroups groups(image.height, image.width);
  parallel_for(groups.count, [&](Index group) {
    for (Index y = groups.begin(group); y < groups.end(group); ++y) {
      for (Index x = 0; x < image.width; x += kBlock) {
        copy(image, out, y, x, static_cast<int>(std::min<Index>(image.width - x, kBlock)));
      }
    }
  });
}

void blend_rows(const ImageView& image, const MaskView& mask, float strength, const Box& box,
                const MembraneGrid& grid, const std::array<std::vector<float>, 3>& e,
                const MutableImageView& out) {
  const auto load = HARMONIA_PICK(load);
  const auto load_mask = HARMONIA_PICK(load_mask);
  const auto store_blend = HARMONIA_PICK(store_blend);
  const auto copy = HARMONIA_PICK(copy);
  const auto copy_alpha = HARMONIA_PICK(copy_alpha);
  const RowGroups groups(image.height, image.width);
  parallel_for(groups.count, [&](Index group) {
    Block old, fresh;
    Weights weights;
    for (Index y = groups.begin(group); y < groups.end(group); ++y) {
      for (Index x = 0; x < image.width; x += kBlock) {
        const int n = static_cast<int>(std::min<Index>(image.width - x, kBlock));
        if (load_mask(mask, y, x, n, strength, weights) == Cover::none) {
          copy(image, out, y, x, n);
          continue;
        }
        load(image, y, x, n, old);
        fresh = old;
        const Index begin = std::max(x, box.left), end = std::min(x + n, box.right);
        const std::size_t at = grid.at(y - box.top, begin - box.left);
        float* const planes[3] = {fresh.x, fresh.y, fresh.z};
        for (std::size_t c = 0; c < 3; ++c) {
          const float* const change = &e[c][at];
          float* const to = planes[c] + (begin - x);
          for (Index i = 0; i < end - begin; ++i) to[i] += change[i];
        }
        store_blend(fresh, old, weights, out, y, x, n);
        copy_alpha(image, out, y, x, n);
      }
    }
  });
}

}  // namespace

void poisson(const ImageView& image, const MaskView& mask, const PoissonReference* reference,
             int ring, float strength, const MutableImageView& out) {
  const Reader reader;
  const Box box = box_around(reader, image, mask);
  if (box.height() == 0) return copy_rows(image, out);
  const Domain domain = domain_of(reader, image, mask, box);
  std::vector<Seam> seam = seam_of(domain, box, image, false);
  const bool at_rim = seam.empty() && reference != nullptr;
  if (at_rim) seam = seam_of(domain, box, image, true);
  if (seam.empty()) return copy_rows(image, out);

  const MembraneGrid grid(box.height(), box.width());
  const Discs discs = Discs::of(ring, domain, seam.size());
  std::vector<Hold> holds;
  if (reference == nullptr) {
    holds = holds_of(reader, image, mask, nullptr, box, seam, discs, grid);
  } else {
    const Plate plate(reader, *reference, image);
    holds = holds_of(reader, image, mask, &plate, box, seam, discs, grid);
  }
  settle(holds, seam, box);
  std::vector<float> plane(grid.size());
  for (const Hold& hold : holds) plane[hold.at] = hold.edges;
  const FreeSides free{!at_rim && box.top == 0, !at_rim && box.bottom == image.height,
                       !at_rim && box.left == 0, !at_rim && box.right == image.width};
  Membrane membrane(domain.inside.data(), box.height(), box.width(), plane, free);
  std::array<std::vector<float>, 3> e;
  for (std::size_t c = 0; c < 3; ++c) {
    plane.assign(grid.size(), 0.0f);
    for (const Hold& hold : holds) plane[hold.at] = hold.edges * hold.value[c];
    membrane.solve(plane, e[c]);
  }
  blend_rows(image, mask, strength, box, grid, e, out);
}

}  // namespace harmonia
