#include "harmonia/transport.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace harmonia {
namespace {

// Those with a positive amount, and their shares of the total.
struct Side {
  std::vector<std::size_t> places;
  std::vector<double> shares;

  explicit Side(const std::vector<double>& amounts) {
    double total = 0.0;
    for (const double amount : amounts) total += std::max(amount, 0.0);
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      if (amounts[i] <= 0.0) continue;
      places.push_back(i);
      shares.push_back(amounts[i] / total);
    }
  }

  std::size_t size() const { return places.size(); }
};

// A cost in two parts, of which `steps`, the number of arcs to or from the root, counts first: as
// if such an arc had an infinite price.
struct Price {
  int steps = 0;
  double cost = 0.0;

  bool operator<(const Price& other) const {
    return steps != other.steps ? steps < other.steps : cost < other.cost;
  }
};

// The basis is a tree: sources 0 .. n - 1, sinks n .. n + m - 1, and a root that at first every
// node hangs from, and that in the end carries nothing but the rounding of the totals. A node knows
// the arc between itself and its parent.
//
// Degenerate bases are the rule where shares are equal. The tree is kept strongly feasible (arcs
// without flow point to the root), which no sequence of pivots can cycle through: the arc that
// leaves is the last one that blocks, seen along the cycle from where its two branches meet
// (Cunningham 1976).
class NetworkSimplex {
 public:
  NetworkSimplex(const std::vector<double>& supply, const std::vector<double>& demand,
                 std::vector<double> cost)
      : n_(supply.size()), m_(demand.size()), cost_(std::move(cost)), nodes_(n_ + m_ + 1) {
    double largest = 0.0;
    for (const double c : cost_) largest = std::max(largest, std::abs(c));
    least_gain_ = 1e-12 * largest;
    for (std::size_t v = 0; v < root(); ++v) {
      nodes_[v].parent = root();
      nodes_[v].upward = v < n_;
      nodes_[v].flow = v < n_ ? supply[v] : demand[v - n_];
    }
    refresh();
  }

  void solve() {
    std::size_t row = 0;
    for (std::size_t idle = 0; idle < n_;) {
      const std::size_t column = best_of_row(row);
      if (column < m_) {
        pivot(row, n_ + column);
        idle = 0;
      } else {
        ++idle;
      }
      row = (row + 1) % n_;
    }
  }

  template <class Visit>
  void each_flow(Visit visit) const {
    for (std::size_t v = 0; v < root(); ++v) {
      const Node& node = nodes_[v];
      if (node.parent == root()) continue;
      visit(std::min(v, node.parent), std::max(v, node.parent) - n_, node.flow);
    }
  }

 private:
  struct Node {
    std::size_t parent = 0;
    bool upward = false;  // whether the arc leads to the parent
    double flow = 0.0;
    Price price;  // an arc of the tree costs the difference of the prices at its ends
    int depth = 0, visit = 0;
  };

  std::size_t root() const { return n_ + m_; }

  double cost(std::size_t source, std::size_t sink) const {
    return cost_[source * m_ + (sink - n_)];
  }

  // The column whose arc would save most, or m where none saves anything.
  std::size_t best_of_row(std::size_t row) const {
    std::size_t best = m_;
    Price least{0, -least_gain_};
    const Price from = nodes_[row].price;
    for (std::size_t j = 0; j < m_; ++j) {
      const Price to = nodes_[n_ + j].price;
      const Price reduced{from.steps - to.steps, cost_[row * m_ + j] + from.cost - to.cost};
      if (!(reduced < least)) continue;
      least = reduced;
      best = j;
    }
    return best;
  }

  std::size_t meeting(std::size_t a, std::size_t b) const {
    while (a != b) {
      if (nodes_[a].depth >= nodes_[b].depth) {
        a = nodes_[a].parent;
      } else {
        b = nodes_[b].parent;
      }
    }
    return a;
  }

  // Sends as much as can go round the cycle meeting -> source -> sink -> meeting.
  void pivot(std::size_t source, std::size_t sink) {
    const std::size_t top = meeting(source, sink);
    std::size_t leaving = root();
    double amount = 0.0;
    const auto block = [&](std::size_t v, bool last) {
      const double flow = nodes_[v].flow;
      if (leaving != root() && (last ? flow > amount : flow >= amount)) return;
      leaving = v;
      amount = flow;
    };
    // This branch is walked against the cycle: the first arc met is the last one along it.
    for (std::size_t v = source; v != top; v = nodes_[v].parent) {
      if (nodes_[v].upward) block(v, false);
    }
    bool below_source = true;
    for (std::size_t v = sink; v != top; v = nodes_[v].parent) {
      if (nodes_[v].upward) continue;
      block(v, true);
      below_source = below_source && leaving != v;
    }
    for (std::size_t v = source; v != top; v = nodes_[v].parent) {
      nodes_[v].flow += nodes_[v].upward ? -amount : amount;
    }
    for (std::size_t v = sink; v != top; v = nodes_[v].parent) {
      nodes_[v].flow += nodes_[v].upward ? amount : -amount;
    }
    if (below_source) {
      rehang(source, sink, true, amount, leaving);
    } else {
      rehang(sink, source, false, amount, leaving);
    }
    refresh();
  }

  // Hangs the part of the tree below `last` from `parent` by its node `v`: the arcs between turn
  // round.
  void rehang(std::size_t v, std::size_t parent, bool upward, double flow, std::size_t last) {
    for (bool done = false; !done;) {
      const Node old = nodes_[v];
      nodes_[v].parent = parent;
      nodes_[v].upward = upward;
      nodes_[v].flow = flow;
      done = v == last;
      parent = v;
      v = old.parent;
      upward = !old.upward;
      flow = old.flow;
    }
  }

  // Depths and prices from the root down. Anew each time, so that rounding does not add up.
  void refresh() {
    ++visit_;
    nodes_[root()].visit = visit_;
    for (std::size_t start = 0; start < root(); ++start) {
      path_.clear();
      for (std::size_t v = start; nodes_[v].visit != visit_; v = nodes_[v].parent) {
        path_.push_back(v);
      }
      for (; !path_.empty(); path_.pop_back()) {
        Node& node = nodes_[path_.back()];
        const Node& above = nodes_[node.parent];
        const bool real = node.parent != root();
        const double c = !real         ? 0.0
                         : node.upward ? cost(path_.back(), node.parent)
                                       : cost(node.parent, path_.back());
        const int sign = node.upward ? -1 : 1;
        node.price = {above.price.steps + (real ? 0 : sign), above.price.cost + sign * c};
        node.depth = above.depth + 1;
        node.visit = visit_;
      }
    }
  }

  std::size_t n_, m_;
  std::vector<double> cost_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> path_;
  double least_gain_ = 0.0;
  int visit_ = 0;
};

}  // namespace

std::vector<double> transport(const std::vector<double>& supply, const std::vector<double>& demand,
                              const std::vector<double>& cost) {
  if (cost.size() != supply.size() * demand.size()) {
    throw std::invalid_argument("transport: cost must have a row a supply and a column a demand");
  }
  std::vector<double> flow(cost.size());
  const Side from(supply), to(demand);
  if (from.size() == 0 || to.size() == 0) return flow;
  std::vector<double> costs;
  for (const std::size_t i : from.places) {
    for (const std::size_t j : to.places) costs.push_back(cost[i * demand.size() + j]);
  }
  NetworkSimplex simplex(from.shares, to.shares, std::move(costs));
  simplex.solve();
  simplex.each_flow([&](std::size_t i, std::size_t j, double amount) {
    flow[from.places[i] * demand.size() + to.places[j]] = amount;
  });
  return flow;
}

}  // namespace harmonia
