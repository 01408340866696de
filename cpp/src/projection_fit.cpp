#include "harmonia/transfer/projection_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "harmonia/parallel.hpp"
#include "random.hpp"

namespace harmonia {
namespace {

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
                            AxisMatching matching) {
  Projections fitted{steps, axes, nodes, directions, {}, {}};
  fitted.ranges.resize(static_cast<std::size_t>(2 * steps * axes));
  fitted.moves.resize(static_cast<std::size_t>(steps * axes * nodes));
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
      const AxisNodes over = nodes_over(x, y, nodes);
      const std::vector<float> curve = match_axis(matching, over, x, from.weights, y, to.weights);
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
          const AxisNodes over{ranges[2 * k], ranges[2 * k + 1], nodes};
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

}  // namespace harmonia
