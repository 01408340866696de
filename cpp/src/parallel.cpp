#include "harmonia/parallel.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sched.h>

#include <cstdio>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#define HARMONIA_HAS_FORK 1
#endif

namespace harmonia {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kInterruptPeriod = std::chrono::milliseconds(50);

// One call of parallel_for. Threads draw block numbers until none is left or somebody failed.
struct Job {
  std::int64_t count;
  void (*block)(void*, std::int64_t);
  void* context;
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> stopped{false};
  std::mutex failure_mutex;
  std::exception_ptr failure;

  Job(std::int64_t n, void (*f)(void*, std::int64_t), void* c) : count(n), block(f), context(c) {}

  void fail(std::exception_ptr error) {
    const std::lock_guard<std::mutex> lock(failure_mutex);
    if (!failure) failure = error;
    stopped = true;
  }

  void work(InterruptCheck interrupted) {
    auto asked = Clock::now();
    try {
      for (std::int64_t i; !stopped && (i = next.fetch_add(1)) < count;) {
        block(context, i);
        if (interrupted && Clock::now() - asked > kInterruptPeriod) {
          if (interrupted()) throw Interrupted();
          asked = Clock::now();
        }
      }
    } catch (...) {
      fail(std::current_exception());
    }
  }
};

// The workers sleep between jobs and are never joined: the pool lives until the process ends.
class Pool {
 public:
  // False where another thread has the pool: the caller then does its job alone.
  bool run(Job& job, int workers, InterruptCheck interrupted) {
    const std::unique_lock<std::mutex> busy(busy_, std::try_to_lock);
    if (!busy) return false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      while (started_ < workers) {
        std::thread(&Pool::worker, this, started_, generation_).detach();
        ++started_;
      }
      job_ = &job;
      wanted_ = workers;
      ++generation_;
    }
    wake_.notify_all();
    job.work(interrupted);
    std::unique_lock<std::mutex> lock(mutex_);
    job_ = nullptr;  // who has slept through the job is not waited for
    done_.wait(lock, [this] { return running_ == 0; });
    return true;
  }

 private:
  void worker(int index, std::uint64_t seen) {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return generation_ != seen; });
      seen = generation_;
      if (job_ == nullptr || index >= wanted_) continue;
      Job& job = *job_;
      ++running_;
      lock.unlock();
      job.work(nullptr);
      lock.lock();
      if (--running_ == 0) done_.notify_one();
    }
  }

  std::mutex busy_, mutex_;
  std::condition_variable wake_, done_;
  Job* job_ = nullptr;
  std::uint64_t generation_ = 0;
  int started_ = 0, wanted_ = 0, running_ = 0;
};

std::atomic<Pool*> the_pool{nullptr};
std::atomic<int> thread_setting{0};
std::atomic<InterruptCheck> interrupt_check{nullptr};

// A forked child has the memory of the pool but none of its threads, and its locks in any state:
// it forgets the pool and starts its own when it first needs one.
Pool& pool() {
#ifdef HARMONIA_HAS_FORK
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { the_pool.store(nullptr, std::memory_order_relaxed); });
  static_cast<void>(registered);
#endif
  Pool* current = the_pool.load(std::memory_order_acquire);
  if (current == nullptr) {
    Pool* fresh = new Pool;
    if (the_pool.compare_exchange_strong(current, fresh, std::memory_order_acq_rel)) return *fresh;
    delete fresh;
  }
  return *current;
}

int usable_cores() {
  int cores = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) cores = CPU_COUNT(&allowed);
  // cgroup v2: "quota period" in microseconds, or "max period" where there is no limit.
  if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    long long quota = 0, period = 0;
    if (std::fscanf(file, "%lld %lld", &quota, &period) == 2 && quota > 0 && period > 0) {
      const int granted = static_cast<int>((quota + period - 1) / period);
      if (granted < cores) cores = granted;
    }
    std::fclose(file);
  }
#endif
  return cores > 0 ? cores : 1;
}

int initial_threads() {
  const char* text = std::getenv("HARMONIA_NUM_THREADS");
  if (!text || !*text) return usable_cores();
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (*end != '\0' || value < 1 || value > 1024) {
    throw std::invalid_argument(
        std::string("HARMONIA_NUM_THREADS must be a whole number from 1 to 1024, got '") + text +
        "'");
  }
  return static_cast<int>(value);
}

}  // namespace

int num_threads() {
  const int chosen = thread_setting.load(std::memory_order_relaxed);
  if (chosen > 0) return chosen;
  static const int initial = initial_threads();
  return initial;
}

void set_num_threads(int count) {
  if (count < 1 || count > 1024) {
    throw std::invalid_argument("set_num_threads: count must be from 1 to 1024, got " +
                                std::to_string(count));
  }
  thread_setting.store(count, std::memory_order_relaxed);
}

void set_interrupt_check(InterruptCheck check) { interrupt_check = check; }

void detail::run_blocks(std::int64_t count, void (*block)(void*, std::int64_t), void* context) {
  Job job(count, block, context);
  const InterruptCheck interrupted = interrupt_check;
  const std::int64_t helpers = (count < num_threads() ? count : num_threads()) - 1;
  if (helpers < 1 || !pool().run(job, static_cast<int>(helpers), interrupted)) {
    job.work(interrupted);
  }
  if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace harmonia
