#include "core/threads.h"

#include <functional>
#include <system_error>
#include <thread>
#include <vector>

#include "core/cores.h"
#include "core/denormals.h"
#include "core/error.h"

namespace tidegate {

namespace {

// How long a thread without work stays awake for more: what one thread does alone between two pieces of a call is rarely longer.
constexpr std::chrono::microseconds kAwake{200};
constexpr std::chrono::milliseconds kLook{100};  // how old what is known of the cores may be

// The life of a member's thread.
void serve(Member& self, const std::atomic<bool>& stop) {
  const FlushDenormals guard;
  Patience patience(kAwake);
  while (true) {
    self.wakeup.wait([&] { return self.given.load() != nullptr || stop.load(); }, patience);
    if (stop.load()) return;
    self.given.exchange(nullptr)->help();
  }
}

// How many levels of nesting there are until nothing is left to be halved.
std::size_t levels(int count) {
  std::size_t levels = 0;
  for (; count > 1; count -= count / 2) ++levels;
  return levels;
}

}  // namespace

void Worth::called(int threads, Clock::time_point begin, Clock::time_point end, std::chrono::nanoseconds waited, bool late) {
  if (!late && end - begin <= (end - begin - waited) * threads) return;
  times_ = begin - together_since_ > kRare * waited ? 1 : std::min(times_ * kStep, kMost);
  together_since_ = alone_until_ = end + times_ * waited;
}

struct Threads::Pool {
  explicit Pool(int count)
      : members(new Member[static_cast<std::size_t>(count)]), places(new Team[levels(count) * static_cast<std::size_t>(count)]) {
    threads.reserve(static_cast<std::size_t>(count));
    try {
      for (int i = 1; i < count; ++i) {
        threads.emplace_back(serve, std::ref(members[i]), std::cref(stop));
        members[i].thread = &threads.back();
      }
    } catch (const std::system_error& error) {
      const std::size_t started = threads.size() + 1;
      end();  // a thread that is not joined would end the process
      throw Error(Status::out_of_memory, text("threads=", count, ": the system gave only ", started, " (", error.what(), ")"));
    }
  }
  ~Pool() { end(); }

  void end() {
    stop.store(true);
    for (std::size_t i = 0; i < threads.size(); ++i) {
      members[i + 1].wakeup.notify();
      threads[i].join();
    }
  }

  std::atomic<bool> stop{false};
  std::unique_ptr<Member[]> members;
  std::unique_ptr<Team[]> places;  // at each level of nesting one for each member
  std::vector<std::thread> threads;  // of the members 1 ...
};

Threads::Threads(int count) {
  if (count <= 1) return;
  pool_ = std::make_unique<Pool>(count);
  members_ = pool_->members.get();
  places_ = pool_->places.get();
  all_ = count_ = most_ = count;
}

Threads::Threads(const Threads& all, int first, int count)
    : members_(all.members_ + first), places_(all.places_ + all.all_ + first), all_(all.all_), count_(count), most_(count), late_(all.late_) {}

Threads::~Threads() = default;

int Threads::useful(Worth::Clock::time_point now) {
  if (now < looked_ + kLook) return useful_;
  looked_ = now;
  AllowedCores allowed;
  for (int m = 1; m < all_; ++m) allowed.add(*members_[m].thread);
  useful_ = std::min(all_, std::min(allowed.count(), paid_cores()));
  return useful_;
}

Threads::Call::Call(Threads& threads)
    : threads_(threads), asked_(threads.count_), begin_(asked_ > 1 ? Worth::Clock::now() : Worth::Clock::time_point()) {
  if (asked_ == 1) return;
  Patience::of_work().waited = std::chrono::nanoseconds(0);
  threads.late_ = false;
  threads.count_ = threads.worth_.all(begin_) ? threads.useful(begin_) : 1;
}

Threads::Call::~Call() {
  if (threads_.count_ > 1) {
    threads_.worth_.called(threads_.count_, begin_, Worth::Clock::now(), Patience::of_work().waited, threads_.late_);
  }
  threads_.count_ = asked_;
}

void Threads::give(int member, Team& place) {
  Member& to = members_[member];
  if (to.given.exchange(&place) != nullptr) return;  // it is on its way
  if (to.wakeup.has_sleepers()) wake_elsewhere(*to.thread, [&] { to.wakeup.notify(); });
}

void Threads::start(const Job& job) {
  if (job.lanes > count_) throw Error(Status::internal, text("a run of ", job.lanes, " parts on ", count_, " threads"));
  if (job.lanes < 1 || job.stages < 1) return;
  if (job.lanes == 1) {
    for (index stage = 0; stage < job.stages; ++stage) job.call(job.work, 0, stage);
    return;
  }
  const FlushDenormals guard;
  if (places_->busy()) throw Error(Status::internal, "work was given to threads that are at work; use the threads that both() passes on");
  const int given = late_ ? 1 : job.lanes;
  late_ |= places_->lead(job, given, [&](int member, Team& place) { give(member, place); });
}

}  // namespace tidegate
