// Parallel work inside one call: the threads that belong to a session, or some of them. One thread, the default, starts none.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>

#include "core/real.h"
#include "core/team.h"

namespace tidegate {

// Whether calls are worth their threads. Where other processes keep the cores busy, the system takes a thread from its core in the middle of
// a part, and the call waits for milliseconds. After such a call others follow on one thread for as long as was waited; where that happens
// again and again, for 16 and 256 times as long. The bits are the same on any number of threads.
class Worth {
 public:
  using Clock = Patience::Clock;

  // Whether a call that begins now should use all threads.
  bool all(Clock::time_point now) const { return now >= alone_until_; }
  // A call on so many threads has ended; its leader waited for the others for a part of it.
  void called(int threads, Clock::time_point begin, Clock::time_point end, std::chrono::nanoseconds waited, bool late);

 private:
  static constexpr int kStep = 16, kMost = 256;
  static constexpr int kRare = 16;  // calls with all threads for so many times as long as was waited: it may have been chance
  Clock::time_point alone_until_{}, together_since_{};
  int times_ = 1;
};

// The calling thread is one of the threads. Whatever is asked for is cut into parts, the same ones whichever threads do them: each part is
// done once, by one thread, and nobody waits for a thread that has not come (core/team.h). Work must not use the Threads that it is itself a
// part of (an Error says so); inside both() it uses those that it is given.
class Threads {
 public:
  explicit Threads(int count = 1);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  // How many this call may use.
  int count() const { return count_; }
  // How many any call may use: for so many memory is taken, or a call would find less of it than it needs.
  int most() const { return most_; }

  // One call of a session: it uses as many threads as there are cores for (core/cores.h), or one where more were not worth it. Ends with
  // the object.
  class Call {
   public:
    explicit Call(Threads& threads);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Threads& threads_;
    const int asked_;
    const Worth::Clock::time_point begin_;
  };

  // Calls work(part) for the parts 0 ... parts - 1, at most count(), side by side. Returns when all are done. An exception of a part is
  // rethrown here; parts that nobody has begun by then are left out.
  template <class Work>
  void run(int parts, const Work& work) {
    const auto whole = [&](int part, index) { work(part); };
    start({&call<decltype(whole)>, &whole, parts, 1, 1, false});
  }

  // Calls work(part, stage) for the stages 0 ... stages - 1, one after another: the parts of a stage side by side, when all parts of the one
  // before are done. A part is the same thread's in all stages as a rule.
  template <class Work>
  void in_stages(int parts, index stages, const Work& work) {
    start({&call<Work>, &work, parts, 1, stages, true});
  }

  // The same where a part needs nothing but its own stages before: parts do not wait for each other.
  template <class Work>
  void in_lanes(int parts, index stages, const Work& work) {
    start({&call<Work>, &work, parts, 1, stages, false});
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
        [&](int part) { work(piece * part, std::min(n, piece * (part + 1))); });
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
    const auto side = [&](int part, index) {
      Threads half(*this, part * first, part == 0 ? first : count_ - first);
      if (part == 0) {
        a(half);
      } else {
        b(half);
      }
    };
    start({&call<decltype(side)>, &side, 2, first, 1, false});
  }

 private:
  struct Pool;

  Threads(const Threads& all, int first, int count);

  template <class Work>
  static void call(const void* work, int part, index stage) {
    (*static_cast<const Work*>(work))(part, stage);
  }
  void start(const Job& job);
  void give(int member, Team& place);
  int useful(Worth::Clock::time_point now);

  std::unique_ptr<Pool> pool_;  // null for some of another's threads, and for a single one
  Member* members_ = nullptr;
  Team* places_ = nullptr;      // of the members, at this level of nesting
  int all_ = 1;                 // members of the pool: so far apart are the levels' places
  int count_ = 1, most_ = 1;
  bool late_ = false;           // a thread was late in this call: what is left of it is done by one
  Worth worth_;
  int useful_ = 1;
  Worth::Clock::time_point looked_{};  // when that was found
};

}  // namespace tidegate
