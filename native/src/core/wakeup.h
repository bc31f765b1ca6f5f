// Waiting for another thread without burning a core: a short spin, since what is awaited is usually near; then sleep. Nobody yields: beside
// a busy process that gives away a whole slice of time, and to a process that is not the awaited one.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tidegate {

inline void pause_core() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

// How long one thread spins before it sleeps: less each time that it would have been in vain, the most again when it would not. So where
// cores are missing hardly anything is spun away, and where they are not nobody sleeps, and is woken again, for a short wait.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  // most: how long at most.
  explicit Patience(std::chrono::nanoseconds most) : most_(most), spin_(most) {}

  // The calling thread's for work that is under way; to sleep and be woken takes about as long.
  static Patience& of_work() {
    static thread_local Patience patience(std::chrono::microseconds(50));
    return patience;
  }

  std::chrono::nanoseconds spin() const { return spin_; }
  // How long it has waited since this was 0, but for waits of a few polls.
  std::chrono::nanoseconds waited{0};
  void has_waited(std::chrono::nanoseconds time) { spin_ = time <= 2 * most_ ? most_ : std::max(kLeast, spin_ / 2); }

 private:
  static constexpr std::chrono::nanoseconds kLeast{500};
  const std::chrono::nanoseconds most_;
  std::chrono::nanoseconds spin_;
};

// Where threads wait for a condition on atomic variables that other threads change.
class Wakeup {
 public:
  // Returns once ready() is true.
  template <class Ready>
  void wait(const Ready& ready, Patience& patience) {
    if (polled(ready)) return;
    const auto begin = Patience::Clock::now();
    if (!spun(ready, begin + patience.spin())) {
      std::unique_lock<std::mutex> lock(mutex_);
      sleepers_.fetch_add(1);
      changed_.wait(lock, ready);
      sleepers_.fetch_sub(1);
    }
    patience.has_waited(Patience::Clock::now() - begin);
  }

  // Whether it is ready within some polls. A pause takes 10 ... 140 cycles: a few polls need no clock, more of them do.
  template <class Ready>
  static bool polled(const Ready& ready) {
    for (int i = 0; i < kPolls; ++i) {
      if (ready()) return true;
      pause_core();
    }
    return false;
  }
  // Whether it is ready until then.
  template <class Ready>
  static bool spun(const Ready& ready, Patience::Clock::time_point end) {
    while (Patience::Clock::now() < end) {
      if (polled(ready)) return true;
    }
    return false;
  }

  bool has_sleepers() const { return sleepers_.load() > 0; }

  // To be called after a change that can make a condition true. All accesses are sequentially consistent: either the waiting thread
  // sees the change, or this one sees a sleeper.
  void notify() {
    if (!has_sleepers()) return;
    { const std::lock_guard<std::mutex> lock(mutex_); }  // now it sleeps, and is no longer on the way there
    changed_.notify_all();
  }

 private:
  static constexpr int kPolls = 32;

  std::atomic<int> sleepers_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace tidegate
