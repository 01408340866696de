#include "harmonia/transfer/projections.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "harmonia/pixel/pixel.hpp"

namespace harmonia {

// An axis scaled so that its dot product with a colour, plus the offset, counts nodes; and the axis
// to move along: a, b, c, offset, back (3), unused.
constexpr std::int64_t kAxisFloats = 8;

struct ProjectionTables {
  std::int64_t steps, per_step, stride;
  float last;          // the last node
  const float* axes;   // [steps][per_step][kAxisFloats]
  const float* moves;  // [steps][per_step][stride]; stride is nodes + 1: pairs end beyond the last
};

}  // namespace harmonia

#define HARMONIA_INL "projections.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

struct Tables {
  std::vector<float> axes, moves;
  ProjectionTables view;

  explicit Tables(const Projections& from) {
    const std::int64_t all = from.steps * from.axes;
    axes.resize(static_cast<std::size_t>(all * kAxisFloats));
    const double share = 3.0 / static_cast<double>(from.axes);
    for (std::int64_t k = 0; k < all; ++k) {
      const double* const direction = from.directions.data() + 3 * k;
      const double* const range = from.ranges.data() + 2 * k;
      const double scale = static_cast<double>(from.nodes - 1) / (range[1] - range[0]);
      float* const to = axes.data() + kAxisFloats * k;
      for (int c = 0; c < 3; ++c) {
        to[c] = static_cast<float>(direction[c] * scale);
        to[4 + c] = static_cast<float>(direction[c] * share);
      }
      to[3] = static_cast<float>(-range[0] * scale);
      const float* const first = from.moves.data() + k * from.nodes;
      moves.insert(moves.end(), first, first + from.nodes);
      moves.push_back(first[from.nodes - 1]);
    }
    view = {from.steps,  from.axes,   from.nodes + 1, static_cast<float>(from.nodes - 1),
            axes.data(), moves.data()};
  }
};

// Uniform numbers by SplitMix64 (Steele, Lea, Flood 2014), the same on every machine.
struct Random {
  std::uint64_t state;

  double uniform(double low, double high) {
    state += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return low + (high - low) * std::ldexp(static_cast<double>(z >> 11), -53);
  }
};

using Matrix = std::array<double, 9>;

// Uniform over all rotations: a point of the four-dimensional ball gives the direction of a
// quaternion. Only + - * / and the square root, so that libraries cannot differ.
Matrix random_rotation(Random& random) {
  double q[4], squares;
  do {
    squares = 0.0;
    for (double& v : q) {
      v = random.uniform(-1.0, 1.0);
      squares += v * v;
    }
  } while (squares > 1.0 || squares < 0.01);
  const double length = std::sqrt(squares);
  const double w = q[0] / length, x = q[1] / length, y = q[2] / length, z = q[3] / length;
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

// The two bases of the paper: R, G, B, and one as far from it as possible.
constexpr double kBases[6][3] = {{1, 0, 0},
                                 {0, 1, 0},
                                 {0, 0, 1},
                                 {2.0 / 3, 2.0 / 3, -1.0 / 3},
                                 {2.0 / 3, -1.0 / 3, 2.0 / 3},
                                 {-1.0 / 3, 2.0 / 3, 2.0 / 3}};

struct Colors {
  std::vector<double> x, y, z, weights;  // weights sum to one

  explicit Colors(const Sample& sample)
      : x(sample.x.begin(), sample.x.end()),
        y(sample.y.begin(), sample.y.end()),
        z(sample.z.begin(), sample.z.end()),
        weights(sample.weights.begin(), sample.weights.end()) {
    double total = 0.0;
    for (const double w : weights) total += w;
    for (double& w : weights) w /= total;
  }

  std::size_t size() const { return x.size(); }

  std::vector<double> along(const double* direction) const {
    std::vector<double> places(size());
    for (std::size_t i = 0; i < size(); ++i) {
      places[i] = direction[0] * x[i] + direction[1] * y[i] + direction[2] * z[i];
    }
    return places;
  }
};

// `count` nodes evenly from low to high.
struct Nodes {
  double low, high;
  std::int64_t count;

  double place(std::int64_t i) const {
    return low + (high - low) * static_cast<double>(i) / static_cast<double>(count - 1);
  }

  // Calls visit(node, share) for the two nodes around a place.
  template <class Visit>
  void around(double place, Visit visit) const {
    const double at =
        std::clamp((place - low) / (high - low), 0.0, 1.0) * static_cast<double>(count - 1);
    const auto node = std::min(static_cast<std::int64_t>(at), count - 2);
    const double between = at - static_cast<double>(node);
    visit(static_cast<std::size_t>(node), 1.0 - between);
    visit(static_cast<std::size_t>(node + 1), between);
  }
};

// Weighted places in ascending order.
struct Atoms {
  std::vector<double> places, weights;
};

// Where each atom of `from` goes: to the mean of its share of `to`, both in order. NaN-free: atoms
// without weight stay.
std::vector<double> transport(const Atoms& from, const Atoms& to) {
  std::vector<double> result = from.places;
  const std::size_t last = to.places.size() - 1;
  std::size_t j = 0;
  double left = to.weights[0];
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double wanted = from.weights[i];
    if (wanted <= 0.0) continue;
    double missing = wanted, sum = 0.0;
    while (left < missing && j < last) {
      sum += left * to.places[j];
      missing -= left;
      left = to.weights[++j];
    }
    sum += missing * to.places[j];
    left -= missing;
    result[i] = sum / wanted;
  }
  return result;
}

// Sums over a node and, half as much, over its neighbours.
std::vector<double> spread(const std::vector<double>& values) {
  std::vector<double> sums(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[i] = 2.0 * values[i];
    if (i > 0) sums[i] += values[i - 1];
    if (i + 1 < values.size()) sums[i] += values[i + 1];
  }
  return sums;
}

// The mean move at each node, from sums of moves and of weights. Where one faint colour would
// decide alone its neighbours have a say, or rounding could send it across a gap of the target;
// what that does to the mean of all is taken off again. Nodes that nothing has reached move as
// those around them.
std::vector<float> curve_of(const std::vector<double>& sums, const std::vector<double>& weights) {
  const std::vector<double> moves = spread(sums), total = spread(weights);
  std::vector<double> curve(moves.size(), 0.0);
  double missing = 0.0, whole = 0.0;
  const auto has_weight = [](double w) { return w > 0.0; };
  const auto first_reached = std::find_if(weights.begin(), weights.end(), has_weight);
  const auto behind_last = std::find_if(weights.rbegin(), weights.rend(), has_weight).base();
  if (behind_last - first_reached <= 2) {
    const double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
    const double weight = std::accumulate(weights.begin(), weights.end(), 0.0);
    return std::vector<float>(moves.size(), static_cast<float>(sum / weight));
  }
  std::ptrdiff_t before = -1;
  for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(curve.size()); ++i) {
    if (total[i] <= 0.0) continue;
    curve[i] = moves[i] / total[i];
    missing += sums[i] - weights[i] * curve[i];
    whole += weights[i];
    const double first = before < 0 ? curve[i] : curve[before];
    for (std::ptrdiff_t j = before + 1; j < i; ++j) {
      const double t = static_cast<double>(j - before) / static_cast<double>(i - before);
      curve[j] = first + t * (curve[i] - first);
    }
    before = i;
  }
  for (std::size_t j = static_cast<std::size_t>(before + 1); j < curve.size(); ++j) {
    curve[j] = curve[before];
  }
  std::vector<float> shifted(curve.size());
  for (std::size_t i = 0; i < curve.size(); ++i) {
    shifted[i] = static_cast<float>(curve[i] + missing / whole);
  }
  return shifted;
}

Atoms binned(const Nodes& nodes, const std::vector<double>& places,
             const std::vector<double>& weights) {
  const auto count = static_cast<std::size_t>(nodes.count);
  Atoms atoms{std::vector<double>(count), std::vector<double>(count, 0.0)};
  for (std::size_t i = 0; i < count; ++i) {
    atoms.places[i] = nodes.place(static_cast<std::int64_t>(i));
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    nodes.around(places[i], [&](std::size_t node, double share) {
      atoms.weights[node] += share * weights[i];
    });
  }
  return atoms;
}

std::vector<float> match_binned(const Nodes& nodes, const std::vector<double>& x,
                                const std::vector<double>& x_weights, const std::vector<double>& y,
                                const std::vector<double>& y_weights) {
  const Atoms from = binned(nodes, x, x_weights);
  std::vector<double> moves = transport(from, binned(nodes, y, y_weights));
  for (std::size_t i = 0; i < moves.size(); ++i) {
    moves[i] = from.weights[i] * (moves[i] - from.places[i]);
  }
  return curve_of(moves, from.weights);
}

// Positions in ascending order of their places, equal places in the order they have. Three passes
// of 11 bits over the bits of the floats, turned so that they order as unsigned numbers.
std::vector<std::uint32_t> ascending(const std::vector<double>& places) {
  constexpr int kBits = 11;
  constexpr std::size_t kBuckets = std::size_t{1} << kBits;
  struct Entry {
    std::uint32_t key, position;
  };
  const std::size_t n = places.size();
  std::vector<Entry> entries(n), sorted(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits =
        static_cast<std::uint32_t>(pixel::bits_of(static_cast<float>(places[i]) + 0.0f));
    const std::uint32_t key = bits ^ (bits >> 31 ? ~std::uint32_t{0} : std::uint32_t{1} << 31);
    entries[i] = {key, static_cast<std::uint32_t>(i)};
  }
  for (int shift = 0; shift < 32; shift += kBits) {
    std::array<std::size_t, kBuckets> starts{};
    const auto bucket = [&](const Entry& e) { return (e.key >> shift) & (kBuckets - 1); };
    for (const Entry& entry : entries) ++starts[bucket(entry)];
    std::size_t sum = 0;
    for (std::size_t& start : starts) {
      const std::size_t count = start;
      start = sum;
      sum += count;
    }
    for (const Entry& entry : entries) sorted[starts[bucket(entry)]++] = entry;
    entries.swap(sorted);
  }
  std::vector<std::uint32_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = entries[i].position;
  return order;
}

// Equal places become one atom: a colour can only go to one place.
Atoms sorted(const std::vector<double>& places, const std::vector<double>& weights) {
  Atoms atoms;
  atoms.places.reserve(places.size());
  atoms.weights.reserve(places.size());
  for (const std::uint32_t i : ascending(places)) {
    if (!atoms.places.empty() && atoms.places.back() == places[i]) {
      atoms.weights.back() += weights[i];
    } else {
      atoms.places.push_back(places[i]);
      atoms.weights.push_back(weights[i]);
    }
  }
  return atoms;
}

std::vector<float> match_sorted(const Nodes& nodes, const std::vector<double>& x,
                                const std::vector<double>& x_weights, const std::vector<double>& y,
                                const std::vector<double>& y_weights) {
  const Atoms from = sorted(x, x_weights);
  const std::vector<double> to = transport(from, sorted(y, y_weights));
  const auto count = static_cast<std::size_t>(nodes.count);
  std::vector<double> moves(count, 0.0), total(count, 0.0);
  for (std::size_t i = 0; i < to.size(); ++i) {
    nodes.around(from.places[i], [&](std::size_t node, double share) {
      const double weight = share * from.weights[i];
      moves[node] += weight * (to[i] - from.places[i]);
      total[node] += weight;
    });
  }
  return curve_of(moves, total);
}

// Counts in bins around the nodes, cumulated; a place on an edge belongs to the lower bin.
std::vector<double> cumulative(const Nodes& nodes, const std::vector<double>& places,
                               const std::vector<double>& weights) {
  std::vector<double> counts(static_cast<std::size_t>(nodes.count), 1e-6);
  const double bin = (nodes.high - nodes.low) / static_cast<double>(nodes.count - 1);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double node = std::ceil((places[i] - nodes.low) / bin - 0.5);
    const double held = std::clamp(node, 0.0, static_cast<double>(nodes.count - 1));
    // The weights sum to one; the 1e-6 is meant beside counts of pixels.
    counts[static_cast<std::size_t>(held)] += weights[i] * static_cast<double>(places.size());
  }
  for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
  const double total = counts.back();
  for (double& count : counts) count /= total;
  return counts;
}

std::vector<float> match_reference(const Nodes& nodes, const std::vector<double>& x,
                                   const std::vector<double>& x_weights,
                                   const std::vector<double>& y,
                                   const std::vector<double>& y_weights) {
  const std::vector<double> px = cumulative(nodes, x, x_weights);
  const std::vector<double> py = cumulative(nodes, y, y_weights);
  const double last = static_cast<double>(nodes.count - 1);
  std::vector<float> curve(px.size());
  std::size_t j = 0;
  for (std::size_t i = 0; i < px.size(); ++i) {
    while (j + 2 < py.size() && py[j + 1] <= px[i]) ++j;
    double at = static_cast<double>(j) + (px[i] - py[j]) / (py[j + 1] - py[j]);
    if (px[i] <= py.front()) at = 0.0;
    if (px[i] >= py.back()) at = last;
    const double to = nodes.low + (at - 1.0) / last * (nodes.high - nodes.low);
    curve[i] = static_cast<float>(to - nodes.place(static_cast<std::int64_t>(i)));
  }
  return curve;
}

// Both sides fit between the nodes. Nodes closer together than float32 can tell colours apart would
// only amplify rounding.
Nodes nodes_over(const std::vector<double>& x, const std::vector<double>& y, std::int64_t count) {
  constexpr double kLeastRange = 1e-4;
  const auto [x_low, x_high] = std::minmax_element(x.begin(), x.end());
  const auto [y_low, y_high] = std::minmax_element(y.begin(), y.end());
  const double low = std::min(*x_low, *y_low), high = std::max(*x_high, *y_high);
  const double missing = std::max(kLeastRange - (high - low), 0.0);
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  return {low - missing / 2 - kEpsilon, high + missing / 2 + kEpsilon, count};
}

constexpr std::size_t kColorsAtOnce = 8192;

}  // namespace

std::vector<double> projection_directions(std::int64_t steps, std::int64_t axes,
                                          std::uint64_t seed) {
  Random random{seed};
  std::vector<double> directions;
  directions.reserve(static_cast<std::size_t>(3 * steps * axes));
  Matrix turn{1, 0, 0, 0, 1, 0, 0, 0, 1};
  for (std::int64_t step = 0; step < steps; ++step) {
    if (step > 0) turn = random_rotation(random);
    for (std::int64_t k = 0; k < axes; ++k) {
      const double* const base = kBases[k % 6];
      for (std::size_t c = 0; c < 3; ++c) {
        directions.push_back(base[0] * turn[c] + base[1] * turn[3 + c] + base[2] * turn[6 + c]);
      }
    }
  }
  return directions;
}

Projections fit_projections(const Sample& source, const Sample& target, std::int64_t steps,
                            std::int64_t axes, std::int64_t nodes,
                            const std::vector<double>& directions, const std::vector<double>& paces,
                            Matching matching) {
  Projections fitted{steps, axes, nodes, directions, {}, {}};
  fitted.ranges.resize(static_cast<std::size_t>(2 * steps * axes));
  fitted.moves.resize(static_cast<std::size_t>(steps * axes * nodes));
  const auto match = matching == Matching::binned   ? match_binned
                     : matching == Matching::sorted ? match_sorted
                                                    : match_reference;
  Colors from(source);
  const Colors to(target);
  const double share = 3.0 / static_cast<double>(axes);
  const auto blocks = static_cast<std::int64_t>((from.size() + kColorsAtOnce - 1) / kColorsAtOnce);
  for (std::int64_t step = 0; step < steps; ++step) {
    const double* const first = fitted.directions.data() + 3 * axes * step;
    double* const ranges = fitted.ranges.data() + 2 * axes * step;
    float* const curves = fitted.moves.data() + nodes * axes * step;
    parallel_for(axes, [&](std::int64_t k) {
      const std::vector<double> x = from.along(first + 3 * k), y = to.along(first + 3 * k);
      const Nodes over = nodes_over(x, y, nodes);
      const std::vector<float> curve = match(over, x, from.weights, y, to.weights);
      ranges[2 * k] = over.low;
      ranges[2 * k + 1] = over.high;
      const auto pace = static_cast<float>(paces[static_cast<std::size_t>(step)]);
      std::transform(curve.begin(), curve.end(), curves + nodes * k,
                     [pace](float move) { return pace * move; });
    });
    parallel_for(blocks, [&](std::int64_t block) {
      const std::size_t begin = static_cast<std::size_t>(block) * kColorsAtOnce;
      const std::size_t end = std::min(begin + kColorsAtOnce, from.size());
      for (std::size_t i = begin; i < end; ++i) {
        double move[3] = {0, 0, 0};
        for (std::int64_t k = 0; k < axes; ++k) {
          const double* const d = first + 3 * k;
          const Nodes over{ranges[2 * k], ranges[2 * k + 1], nodes};
          const double place = d[0] * from.x[i] + d[1] * from.y[i] + d[2] * from.z[i];
          double along = 0.0;
          over.around(place, [&](std::size_t node, double part) {
            along +=
                part * static_cast<double>(curves[nodes * k + static_cast<std::int64_t>(node)]);
          });
          for (int c = 0; c < 3; ++c) move[c] += share * along * d[c];
        }
        from.x[i] += move[0];
        from.y[i] += move[1];
        from.z[i] += move[2];
      }
    });
  }
  return fitted;
}

void projections_transfer(const ImageView& image, const MaskView& mask, float strength,
                          const Projections& projections, const MutableImageView& out) {
  const Tables tables(projections);
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(projections_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, strength, tables.view, out, groups.begin(group), groups.end(group));
  });
}

void projected_colors(const ImageView& image, const MaskView& mask, const Projections& projections,
                      const MutableImageView& out) {
  const Tables tables(projections);
  const RowGroups groups(image.height, image.width);
  const auto rows = HARMONIA_PICK(projected_rows);
  parallel_for(groups.count, [&](std::int64_t group) {
    rows(image, mask, tables.view, out, groups.begin(group), groups.end(group));
  });
}

}  // namespace harmonia
