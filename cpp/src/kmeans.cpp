#include "harmonia/kmeans.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "block.hpp"
#include "harmonia/parallel.hpp"
#include "random.hpp"

namespace harmonia {
namespace {

constexpr int kMostRounds = 100;
constexpr int kPointsAtOnce = 256;

// The coordinates of centres that are none; they fill the last group of four. Its squares are
// finite.
constexpr float kNowhere = 1e18f;
// Above every squared distance, those to nowhere included.
constexpr float kFar = 1e37f;

}  // namespace
}  // namespace harmonia

#define HARMONIA_INL "kmeans.inl"
#include "foreach_isa.hpp"

namespace harmonia {
namespace {

// The points with weight in the order of their colours, so that the order they came in cannot show.
// Behind the last one, points without weight fill the last group of lanes.
struct Cloud {
  std::vector<float> x, y, z, weights;
  std::int64_t size = 0;

  static constexpr std::int64_t kBlockSize = 2048;

  explicit Cloud(const Sample& points) {
    std::vector<std::array<float, 4>> sorted;
    for (std::size_t i = 0; i < points.x.size(); ++i) {
      if (points.weights[i] <= 0.0f) continue;
      sorted.push_back({points.x[i], points.y[i], points.z[i], points.weights[i]});
    }
    if (sorted.empty()) return;
    size = static_cast<std::int64_t>(sorted.size());
    std::sort(sorted.begin(), sorted.end());
    while (sorted.size() % kLanes != 0) {
      sorted.push_back(sorted[0]);
      sorted.back()[3] = 0.0f;
    }
    for (const auto& point : sorted) {
      x.push_back(point[0]);
      y.push_back(point[1]);
      z.push_back(point[2]);
      weights.push_back(point[3]);
    }
  }

  std::int64_t blocks() const { return (size + kBlockSize - 1) / kBlockSize; }
  std::int64_t begin(std::int64_t block) const { return block * kBlockSize; }
  std::int64_t end(std::int64_t block) const {
    return std::min(begin(block) + kBlockSize, static_cast<std::int64_t>(x.size()));
  }
};

// What the points of one label sum to.
struct Sums {
  double x = 0.0, y = 0.0, z = 0.0, weight = 0.0;

  void add(const Sums& other) {
    x += other.x;
    y += other.y;
    z += other.z;
    weight += other.weight;
  }
};

class Lloyd {
 public:
  Lloyd(const Sample& points, std::uint64_t seed)
      : cloud_(points),
        random_(seed),
        distances_(cloud_.x.size(), kFar),
        labels_(cloud_.x.size(), -1) {}

  // k-means++: the first centre is a point drawn by weight, every other one by weight times squared
  // distance to the centres so far. Ends where no point is away from all of them. Gives whether
  // there is a centre at all.
  bool start(std::int64_t count) {
    const auto add = HARMONIA_PICK(add_centre);
    std::vector<double> masses(static_cast<std::size_t>(cloud_.blocks()));
    while (clusters() < count) {
      const bool first = centres_.empty();
      parallel_for(cloud_.blocks(), [&](std::int64_t block) {
        const std::int64_t begin = cloud_.begin(block), end = cloud_.end(block);
        if (!first) {
          add(&cloud_.x[at(begin)], &cloud_.y[at(begin)], &cloud_.z[at(begin)],
              static_cast<int>(end - begin), &centres_[centres_.size() - 3],
              &distances_[at(begin)]);
        }
        double sum = 0.0;
        for (std::int64_t i = begin; i < end; ++i) sum += mass(i, first);
        masses[at(block)] = sum;
      });
      const std::int64_t drawn = draw(masses, first);
      if (drawn < 0) break;
      centres_.resize(centres_.size() + 3);
      place(clusters() - 1, drawn);
    }
    return clusters() > 0;
  }

  void run() {
    bool changed = assign();
    for (int round = 0; changed && round < kMostRounds; ++round) {
      move_centres();
      changed = assign();
    }
  }

  Clusters result() const {
    Clusters result;
    double total = 0.0;
    for (const Sums& sum : sums_) total += sum.weight;
    for (std::int64_t k = 0; k < clusters(); ++k) {
      const double weight = sums_[at(k)].weight;
      if (weight <= 0.0) continue;
      result.centres.push_back(
          {centres_[at(3 * k)], centres_[at(3 * k + 1)], centres_[at(3 * k + 2)]});
      result.weights.push_back(weight / total);
    }
    return result;
  }

 private:
  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

  std::int64_t clusters() const { return static_cast<std::int64_t>(centres_.size()) / 3; }

  double mass(std::int64_t i, bool first) const {
    const double weight = cloud_.weights[at(i)];
    return first ? weight : weight * distances_[at(i)];
  }

  // The point where the running sum of the masses passes a random share of the whole; the last one
  // with mass where rounding keeps the sum below it.
  std::int64_t draw(const std::vector<double>& masses, bool first) {
    double left = 0.0;
    for (const double mass : masses) left += mass;
    left *= random_.uniform();
    std::int64_t found = -1;
    for (std::int64_t block = 0; block < cloud_.blocks(); ++block) {
      if (masses[at(block)] <= 0.0) continue;
      found = block;
      if (left < masses[at(block)]) break;
      left -= masses[at(block)];
    }
    if (found < 0) return -1;
    const std::int64_t begin = cloud_.begin(found), end = cloud_.end(found);
    for (std::int64_t i = begin; i < end; ++i) {
      if (mass(i, first) <= 0.0) continue;
      found = i;
      if (left < mass(i, first)) break;
      left -= mass(i, first);
    }
    return found;
  }

  void place(std::int64_t cluster, std::int64_t point) {
    centres_[at(3 * cluster)] = cloud_.x[at(point)];
    centres_[at(3 * cluster + 1)] = cloud_.y[at(point)];
    centres_[at(3 * cluster + 2)] = cloud_.z[at(point)];
  }

  // Labels every point, and sums the points of each label.
  bool assign() {
    const auto label = HARMONIA_PICK(nearest);
    std::vector<float> centres = centres_;
    while (centres.size() % 12 != 0) centres.push_back(kNowhere);
    const auto count = static_cast<int>(centres.size() / 3);
    std::vector<std::vector<Sums>> parts(at(cloud_.blocks()));
    std::vector<char> changed(at(cloud_.blocks()));
    parallel_for(cloud_.blocks(), [&](std::int64_t block) {
      const std::int64_t begin = cloud_.begin(block), end = cloud_.end(block);
      changed[at(block)] = label(&cloud_.x[at(begin)], &cloud_.y[at(begin)], &cloud_.z[at(begin)],
                                 static_cast<int>(end - begin), centres.data(), count,
                                 &labels_[at(begin)], &distances_[at(begin)]);
      std::vector<Sums>& sums = parts[at(block)];
      sums.resize(at(clusters()));
      for (std::int64_t i = begin; i < end; ++i) {
        const double w = cloud_.weights[at(i)];
        sums[at(labels_[at(i)])].add(
            {w * cloud_.x[at(i)], w * cloud_.y[at(i)], w * cloud_.z[at(i)], w});
      }
    });
    sums_.assign(at(clusters()), Sums{});
    for (const std::vector<Sums>& part : parts) {
      for (std::size_t k = 0; k < part.size(); ++k) sums_[k].add(part[k]);
    }
    return std::any_of(changed.begin(), changed.end(), [](char c) { return c != 0; });
  }

  // To the mean of its points; a cluster without points starts again at the point that is worst
  // off.
  void move_centres() {
    for (std::int64_t k = 0; k < clusters(); ++k) {
      const Sums& sum = sums_[at(k)];
      if (sum.weight > 0.0) {
        centres_[at(3 * k)] = static_cast<float>(sum.x / sum.weight);
        centres_[at(3 * k + 1)] = static_cast<float>(sum.y / sum.weight);
        centres_[at(3 * k + 2)] = static_cast<float>(sum.z / sum.weight);
        continue;
      }
      const auto worst = std::max_element(distances_.begin(), distances_.end());
      if (*worst <= 0.0f) continue;
      *worst = 0.0f;
      place(k, worst - distances_.begin());
    }
  }

  Cloud cloud_;
  Random random_;
  std::vector<float> centres_;  // [clusters][3]
  std::vector<float> distances_;
  std::vector<std::int32_t> labels_;
  std::vector<Sums> sums_;
};

}  // namespace

Clusters kmeans(const Sample& points, std::int64_t count, std::uint64_t seed) {
  if (count < 1 || count > kMostClusters) {
    throw std::invalid_argument("kmeans: count must be from 1 to 256");
  }
  Lloyd lloyd(points, seed);
  if (!lloyd.start(count)) return {};
  lloyd.run();
  return lloyd.result();
}

}  // namespace harmonia
