// Waiting for another thread without burning a core: a short spin, since what is awaited is usually near; then giving the core away,
// for the awaited thread may need it; then sleep.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace tidegate {

inline void pause_core() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

// How long one thread spins before it gives its core away: less each time that was in vain, more each time it was not. So where
// cores are missing hardly anything is spun away, and where they are not nobody leaves a core for a short wait.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  std::chrono::nanoseconds spin() const { return spin_; }
  // How long it has waited since this was 0, but for waits of a few polls.
  std::chrono::nanoseconds waited{0};
  void paid() { spin_ = std::min(kMost, spin_ * 2); }
  void in_vain() { spin_ = std::max(kLeast, spin_ / 2); }

 private:
  static constexpr std::chrono::nanoseconds kLeast{500}, kMost{20000};
  std::chrono::nanoseconds spin_ = kMost;
};

// A yield takes 0.3 us where there is nobody to yield to. A thread without a job sleeps soon; one whose job is under way waits for
// about as long as it takes to wake another, rather than sleep and be woken as well.
constexpr int kYieldsWhenIdle = 64, kYieldsAtWork = 512;

// Where threads wait for a condition on atomic variables that other threads change.
class Wakeup {
 public:
  // Returns once ready() is true. yields: how often it gives its core away before it sleeps.
  template <class Ready>
  void wait(const Ready& ready, Patience& patience, int yields) {
    if (polled(ready)) return;
    const auto begin = Clock::now();
    if (!spun(ready, patience, begin) && !yielded(ready, yields)) {
      std::unique_lock<std::mutex> lock(mutex_);
      sleepers_.fetch_add(1);
      changed_.wait(lock, ready);
      sleepers_.fetch_sub(1);
    }
    patience.waited += Clock::now() - begin;
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
  using Clock = Patience::Clock;
  static constexpr int kPolls = 32;

  // A pause takes 10 ... 140 cycles: a few polls need no clock, more of them do.
  template <class Ready>
  static bool polled(const Ready& ready) {
    for (int i = 0; i < kPolls; ++i) {
      if (ready()) return true;
      pause_core();
    }
    return false;
  }
  template <class Ready>
  static bool spun(const Ready& ready, Patience& patience, Clock::time_point begin) {
    for (const auto end = begin + patience.spin(); Clock::now() < end;) {
      if (!polled(ready)) continue;
      patience.paid();
      return true;
    }
    patience.in_vain();
    return false;
  }
  template <class Ready>
  static bool yielded(const Ready& ready, int yields) {
    for (int i = 0; i < yields; ++i) {
      if (ready()) return true;
      std::this_thread::yield();
    }
    return false;
  }

  std::atomic<int> sleepers_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace tidegate
