// Parallel work inside one call: the threads that belong to a session, or some of them. One thread, the default, starts none.
#pragma once

#include <algorithm>
#include <exception>
#include <memory>

#include "core/barrier.h"
#include "core/real.h"

namespace tidegate {

// Work in parts, each for a thread of its own. It lives on the stack of the thread that leads it.
struct Job {
  void (*const call)(const void* work, int part, Barrier& barrier);
  const void* const work;
  const int parts, stride;  // the part p is for the member p * stride, counted from the leader
  Member* const leader;
  std::atomic<int> unfinished{parts - 1};  // the leader knows of its own part
  std::atomic<bool> broken{false};         // a part has failed
  std::exception_ptr failure{};            // of the first that did; written by the one that sets broken
};

// Whether calls are worth their threads. Where other processes keep the cores busy, threads that wait for each other at every step of time
// take longer together than one would alone: the system may let one of them wait for milliseconds. Such a call is followed by some on one
// thread, twice as many each time; then all threads are tried again. The bits are the same on any number of threads.
class Worth {
 public:
  using Clock = Patience::Clock;

  // Whether the next call should use all threads.
  bool all() const { return alone_ == 0; }
  void called_alone() { --alone_; }
  // A call on so many threads took that long; its leader waited for the others for a part of it.
  void called(int threads, std::chrono::nanoseconds took, std::chrono::nanoseconds waited) {
    if (took > (took - waited) * threads) {
      alone_ = next_;
      next_ = std::min(2 * next_, kMost);
    } else {
      next_ = 1;
    }
  }

 private:
  static constexpr int kMost = 64;
  int alone_ = 0;  // how many calls are still to be made on one thread
  int next_ = 1;   // how many follow when all threads are too slow again
};

// The calling thread is one of the threads and does the first part of whatever is asked for. Work must not use the Threads that it
// is itself a part of (an Error says so); inside both() it uses those that it is given.
class Threads {
 public:
  explicit Threads(int count = 1);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  // How many a call may use.
  int count() const { return count_; }

  // One call of a session: it uses all threads, or one where they were not worth it. Ends with the object.
  class Call {
   public:
    explicit Call(Threads& threads);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Threads& threads_;
    const int all_;
    const Worth::Clock::time_point begin_;
  };

  // Calls work(part, barrier) for the parts 0 ... parts - 1 at the same time, each on a thread of its own; at most count() parts.
  // Returns when all are done. An exception of a part is rethrown here; a part that waits for it at the barrier ends there.
  template <class Work>
  void run(int parts, const Work& work) {
    start(&call<Work>, &work, parts, 1);
  }

  // Calls work(begin, end) for pieces that cover [0, n), at most one piece a thread, each but the last a multiple of grain long;
  // returns when all are done. Pieces must not touch each other's results. An exception of a piece is rethrown here.
  template <class Work>
  void split(index n, index grain, const Work& work) {
    if (count_ == 1 || n <= grain) {
      if (n > 0) work(index{0}, n);
      return;
    }
    const index grains = (n + grain - 1) / grain, piece = (grains + count_ - 1) / count_ * grain;
    run(static_cast<int>((n + piece - 1) / piece),
        [&](int part, Barrier&) { work(piece * part, std::min(n, piece * (part + 1))); });
  }

  // Calls a(Threads&) and b(Threads&) side by side, each with half of the threads (the odd one is a's). With one thread: a, then b.
  // Returns when both are done. An exception of one is rethrown here.
  template <class A, class B>
  void both(const A& a, const B& b) {
    if (count_ == 1) {
      a(*this);
      b(*this);
      return;
    }
    const int first = count_ - count_ / 2;
    const auto side = [&](int part, Barrier&) {
      Threads half(members_ + part * first, part == 0 ? first : count_ - first);
      if (part == 0) {
        a(half);
      } else {
        b(half);
      }
    };
    start(&call<decltype(side)>, &side, 2, first);
  }

 private:
  struct Pool;

  Threads(Member* members, int count);

  template <class Work>
  static void call(const void* work, int part, Barrier& barrier) {
    (*static_cast<const Work*>(work))(part, barrier);
  }
  void start(void (*call)(const void*, int, Barrier&), const void* work, int parts, int stride);

  std::unique_ptr<Pool> pool_;  // null for some of another's threads, and for a single one
  Member* members_ = nullptr;
  int count_ = 1;
  Worth worth_;
};

}  // namespace tidegate
