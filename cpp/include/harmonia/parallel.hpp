// Numbered blocks of work over a pool of threads that starts on first use and survives fork().
//
// Which thread runs which block is open, so a kernel stores what a block gives under the block's
// number and combines in order: results never depend on the number of threads.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <type_traits>

namespace harmonia {

// All usable cores (affinity and cgroup quota respected) unless HARMONIA_NUM_THREADS or
// set_num_threads() says otherwise.
int num_threads();
void set_num_threads(int count);

// Asked a few times a second on the calling thread; true means stop. The bindings install Ctrl-C
// here.
using InterruptCheck = bool (*)();
void set_interrupt_check(InterruptCheck check);

struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("interrupted") {}
};

namespace detail {
void run_blocks(std::int64_t count, void (*block)(void*, std::int64_t), void* context);
}

// Calls block(0) ... block(count - 1), each once, and returns when all are done. An exception from
// a block or an interrupt stops the rest and is thrown here. A call from several threads at once is
// welcome: one has the pool, the others run their blocks themselves.
template <class Block>
void parallel_for(std::int64_t count, Block&& block) {
  using B = std::remove_reference_t<Block>;
  detail::run_blocks(
      count, [](void* context, std::int64_t i) { (*static_cast<B*>(context))(i); }, &block);
}

// Rows in groups of about 16 Ki pixels: the unit of work of every kernel, and the same for any
// number of threads.
struct RowGroups {
  std::int64_t height, rows, count;

  RowGroups(std::int64_t image_height, std::int64_t width)
      : height(image_height),
        rows(width > 0 && width < kPixels ? kPixels / width : 1),
        count((image_height + rows - 1) / rows) {}

  std::int64_t begin(std::int64_t group) const { return group * rows; }
  std::int64_t end(std::int64_t group) const {
    return begin(group) + rows < height ? begin(group) + rows : height;
  }

  static constexpr std::int64_t kPixels = 16384;
};

}  // namespace harmonia
