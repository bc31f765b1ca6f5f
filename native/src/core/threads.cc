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

void do_part(Job& job, int part) {
  const FlushDenormals guard;
  Barrier barrier(job.leader, job.stride, job.parts, part, job.broken);
  try {
    job.call(job.work, part, barrier);
  } catch (const Barrier::Broken&) {  // the part that failed has said why
  } catch (...) {
    if (!job.broken.exchange(true)) job.failure = std::current_exception();
    job.leader->wakeup.notify();
  }
}

void give(Member& member, Job& job) {
  member.job.store(&job);
  if (!member.wakeup.has_sleepers()) return;
  wake_elsewhere(*member.thread, [&] { member.wakeup.notify(); });
}

// The life of a member's thread.
void serve(Member& self, const std::atomic<bool>& stop) {
  for (;;) {
    self.wakeup.wait([&] { return self.job.load() != nullptr || stop.load(); }, self.patience, kYieldsWhenIdle);
    if (stop.load()) return;
    Job& job = *self.job.load();
    Member& leader = *job.leader;
    do_part(job, static_cast<int>(&self - &leader) / job.stride);
    self.job.store(nullptr);
    if (job.unfinished.fetch_sub(1) == 1) leader.wakeup.notify();  // the job may be gone now; its leader is not
  }
}

}  // namespace

struct Threads::Pool {
  explicit Pool(int count) : members(new Member[static_cast<std::size_t>(count)]) {
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
  std::vector<std::thread> threads;  // of the members 1 ...
};

Threads::Threads(int count) {
  if (count <= 1) return;
  pool_ = std::make_unique<Pool>(count);
  members_ = pool_->members.get();
  count_ = count;
}

Threads::Call::Call(Threads& threads)
    : threads_(threads), all_(threads.count_), begin_(all_ > 1 ? Worth::Clock::now() : Worth::Clock::time_point()) {
  if (all_ == 1) return;
  threads.members_->patience.waited = std::chrono::nanoseconds(0);
  if (!threads.worth_.all()) threads.count_ = 1;
}

Threads::Call::~Call() {
  if (all_ == 1) return;
  if (threads_.count_ == 1) {
    threads_.worth_.called_alone();
  } else {
    threads_.worth_.called(all_, Worth::Clock::now() - begin_, threads_.members_->patience.waited);
  }
  threads_.count_ = all_;
}

Threads::Threads(Member* members, int count) : members_(members), count_(count) {}

Threads::~Threads() = default;

void Threads::start(void (*call)(const void*, int, Barrier&), const void* work, int parts, int stride) {
  if (parts > count_) throw Error(Status::internal, text("a run of ", parts, " parts on ", count_, " threads"));
  if (parts < 1) return;
  Job job{call, work, parts, stride, members_};
  if (parts == 1) {
    Barrier alone(members_, 1, 1, 0, job.broken);
    return call(work, 0, alone);
  }
  for (int p = 1; p < parts; ++p) {
    if (members_[p * stride].job.load() != nullptr) {
      throw Error(Status::internal, "work was given to threads that are at work; use the threads that both() passes on");
    }
  }
  for (int p = 0; p < parts; ++p) members_[p * stride].step.store(0);
  for (int p = 1; p < parts; ++p) {
    give(members_[p * stride], job);
  }
  do_part(job, 0);
  members_->wakeup.wait([&] { return job.unfinished.load() == 0; }, members_->patience, kYieldsAtWork);
  if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace tidegate
