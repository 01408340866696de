// Which pixels of an axis make a pixel of the new one, and with which weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace harmonia {

template <class Weight>
struct Tap {
  int index;
  Weight weight;
};

// The taps of every place of the new axis.
template <class Weight>
using TapLists = std::vector<std::vector<Tap<Weight>>>;

// The same as tables, `count` taps a place; short places end in taps of weight 0. Only what is used
// of the old axis is ever read: `index` counts within `used`.
template <class Weight>
struct Taps {
  int count = 0;
  std::vector<int> used, index;
  std::vector<Weight> weights;
};

template <class Weight>
Taps<Weight> tabulate(const TapLists<Weight>& lists, int old_size) {
  Taps<Weight> taps;
  std::vector<int> position(static_cast<std::size_t>(old_size), -1);
  for (const auto& list : lists) {
    if (static_cast<int>(list.size()) > taps.count) taps.count = static_cast<int>(list.size());
    for (const auto& tap : list) position[static_cast<std::size_t>(tap.index)] = 0;
  }
  for (int i = 0; i < old_size; ++i) {
    if (position[static_cast<std::size_t>(i)] < 0) continue;
    position[static_cast<std::size_t>(i)] = static_cast<int>(taps.used.size());
    taps.used.push_back(i);
  }
  for (const auto& list : lists) {
    for (int k = 0; k < taps.count; ++k) {
      const bool some = k < static_cast<int>(list.size());
      const auto tap = some ? list[static_cast<std::size_t>(k)] : Tap<Weight>{list[0].index, 0};
      taps.index.push_back(position[static_cast<std::size_t>(tap.index)]);
      taps.weights.push_back(tap.weight);
    }
  }
  return taps;
}

// Every pixel is its own: an axis that keeps its size.
template <class Weight>
TapLists<Weight> same_taps(int size, Weight one) {
  TapLists<Weight> lists(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) lists[static_cast<std::size_t>(i)] = {{i, one}};
  return lists;
}

}  // namespace harmonia
