// What the threads of a call share. A job is lanes of work, each meant for a thread of its own, and each lane is stages, one after another.
// A stage of a lane is a part: whoever claims it does it. A thread claims the parts of its own lane, so that what they read stays in its
// cache, and those of a lane whose thread has not come. So a call waits for parts that are being done, never for a thread that the system
// has not let run; and it returns while such a thread is still on its way, for without a claim a thread touches nothing but the team.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <thread>

#include "core/real.h"
#include "core/wakeup.h"

namespace tidegate {

constexpr std::size_t kLines = 128;  // a cache line and its neighbour: processors fetch them in pairs

// What is to be done.
struct Job {
  void (*call)(const void* work, int lane, index stage);
  const void* work;
  int lanes;
  int stride;    // the lane l is meant for the member l * stride, counted from the leader
  index stages;
  bool coupled;  // a stage begins when all lanes have done the one before; else a lane follows itself alone
};

// Where a lane is. Stages are counted over all jobs of the team: who has slept through the end of one can claim nothing of the next.
struct Lane {
  alignas(kLines) std::atomic<std::uint64_t> claimed{0};  // by its own thread as a rule, so that the line stays in that one's cache
  alignas(kLines) std::atomic<std::uint64_t> done{0};     // the others watch this one
  std::atomic<std::uint64_t> attended{0};                 // the first stage of the job that its own thread has come to
};

// A member's place among those of one level of nesting (Threads::both); it lives as long as the threads. The one of the leader holds the
// job, and with those that follow in the array the lanes.
class alignas(kLines) Team {
 public:
  // Whether a job is open.
  bool busy() const { return open_.load() != 0; }
  // The leader: opens the job, works until all is done and closes it. Rethrows what a part has thrown. Returns whether a thread was late:
  // it held up the others, with a part that it had claimed. give(member, place) asks a member for help; the lanes from `asked` on do without.
  template <class Give>
  bool lead(const Job& job, int asked, const Give& give) {
    const View view = open(job);
    for (int l = 1; l < asked; ++l) give(l * job.stride, this[l * job.stride]);
    take_part(view, 0);
    return close();
  }
  // The member whose place this is: works on the open job of its leader, if there is one.
  void help();

 private:
  // An open job as a member sees it.
  struct View {
    std::uint64_t begin, end;  // stages
    int lanes, stride;
    bool coupled, leads;
  };

  View open(const Job& job);
  bool look(View& view) const;
  bool close();

  Lane& lane(const View& view, int l) { return this[l * view.stride].lane_; }
  void take_part(const View& view, int own_lane);
  void take_coupled(const View& view, int own_lane);
  std::uint64_t reached(const View& view);
  void take_free(const View& view, int own_lane);
  bool try_part(const View& view, int l, std::uint64_t stage);
  void await(const View& view, int l, std::uint64_t stage);

  Lane lane_;
  std::atomic<Team*> leader_{nullptr};
  // Written by the leader while no job is open. Members read the atomic ones without a claim (look), the others with one.
  alignas(kLines) std::atomic<std::uint64_t> open_{0};  // the end of the open job, or 0
  std::atomic<std::uint64_t> begin_{0};
  std::atomic<int> lanes_{0}, stride_{0};
  std::atomic<bool> coupled_{false};
  void (*call_)(const void*, int, index) = nullptr;
  const void* work_ = nullptr;
  std::uint64_t next_ = 1;  // the first stage of the next job

  std::atomic<bool> failed_{false}, late_{false};
  std::exception_ptr failure_{};  // of the first part that failed; written by the one that sets failed_
  alignas(kLines) Wakeup wakeup_;  // where those wait that need a claimed part done
};

// A thread of a pool as the others see it.
struct Member {
  alignas(kLines) std::atomic<Team*> given{nullptr};  // the team that it is to help
  std::atomic<int> distance{0};                       // from that team's leader
  alignas(kLines) Wakeup wakeup;                      // where it waits to be given one
  std::thread* thread = nullptr;                      // null for the first, which is the caller's
};

}  // namespace tidegate
