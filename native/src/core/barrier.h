// A barrier for the parts of a job: no part passes it before all have reached it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "core/wakeup.h"

namespace tidegate {

struct Job;

constexpr std::size_t kLines = 128;  // a cache line and its neighbour: processors fetch them in pairs

// A thread of a pool as the others see it. Each field has cache lines of its own, against false sharing.
struct Member {
  alignas(kLines) std::atomic<Job*> job{nullptr};      // what it has been given to do; null when it is free
  alignas(kLines) std::atomic<std::uint64_t> step{0};  // how often it has come to the barrier of its job
  alignas(kLines) Wakeup wakeup;                       // where it waits for a job, and where the parts of a job wait that it leads
  alignas(kLines) Patience patience;                   // touched by itself alone
  std::thread* thread = nullptr;                       // null for the first, which is the caller's
};

class Barrier {
 public:
  // Ends a part that waits for one that has failed.
  struct Broken {};

  // The barrier of a job as its part number `part` sees it. The part p is done by members[p * stride]; the first one leads.
  Barrier(Member* members, int stride, int parts, int part, const std::atomic<bool>& broken)
      : members_(members), stride_(stride), parts_(parts), part_(part), broken_(broken) {}
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  // Returns when every part of the job has called this as often as the caller has. Every part must call it equally often.
  void wait() {
    if (parts_ == 1) return;
    Member& self = members_[part_ * stride_];
    self.step.store(++step_);
    if (all_here()) {  // true for the last one to come, if not for others: it wakes those that sleep
      members_->wakeup.notify();
      return;
    }
    members_->wakeup.wait([this] { return all_here() || broken_.load(); }, self.patience, kYieldsAtWork);
    if (!all_here()) throw Broken();
  }

 private:
  bool all_here() const {
    for (int p = 0; p < parts_; ++p) {
      if (members_[p * stride_].step.load() < step_) return false;
    }
    return true;
  }

  Member* const members_;
  const int stride_, parts_, part_;
  const std::atomic<bool>& broken_;
  std::uint64_t step_ = 0;
};

}  // namespace tidegate
