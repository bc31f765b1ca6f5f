#include "core/cores.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>

#include "core/cgroup.h"

namespace tidegate {

namespace {

std::atomic<int> pretended{0};

}  // namespace

void pretend_cores(int count) { pretended.store(count); }

#if defined(__linux__) && !defined(__ANDROID__)

AllowedCores::AllowedCores() : known_(sched_getaffinity(0, sizeof cores_, &cores_) == 0) {}

void AllowedCores::add(std::thread& thread) {
  cpu_set_t more;
  known_ = known_ && pthread_getaffinity_np(thread.native_handle(), sizeof more, &more) == 0;
  if (known_) CPU_OR(&cores_, &cores_, &more);
}

int AllowedCores::count() const {
  if (const int count = pretended.load()) return count;
  return known_ ? CPU_COUNT(&cores_) : INT_MAX;
}

#else

AllowedCores::AllowedCores() = default;
void AllowedCores::add(std::thread&) {}
int AllowedCores::count() const { return known_ ? 1 : INT_MAX; }

#endif

int paid_cores() {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kOld{10};
  static std::atomic<Clock::rep> looked{0};
  static std::atomic<int> paid{INT_MAX};
  if (const int count = pretended.load()) return count;
  const Clock::rep now = Clock::now().time_since_epoch().count(), last = looked.load();
  if (last == 0 || now - last > Clock::duration(kOld).count()) {
    paid.store(std::max(1, static_cast<int>(std::min(cgroup_cores(""), 1e6))));
    looked.store(now);
  }
  return paid.load();
}

}  // namespace tidegate
