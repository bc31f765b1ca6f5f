// The cores that threads may use, and which of them a thread wakes on. Linux may wake it on the core of the one that wakes it and leave both
// there for milliseconds, though others are free: as the guest of a hypervisor it does so as a rule, because it takes a halted core for one
// that is busy elsewhere.
#pragma once

#include <thread>

#if defined(__linux__) && !defined(__ANDROID__)
#include <pthread.h>
#include <sched.h>
#endif

namespace tidegate {

// The cores that the calling thread and some others may use, by their affinity.
class AllowedCores {
 public:
  AllowedCores();
  void add(std::thread& thread);
  int count() const;  // INT_MAX where the system does not tell

 private:
#if defined(__linux__) && !defined(__ANDROID__)
  cpu_set_t cores_;
#endif
  bool known_ = false;
};

// How many cores can be busy all the time by the quota of this process (core/cgroup.h): at least one, INT_MAX where there is none. Two threads
// on a quota of one core and a half would stand still for a quarter of the time. A quota may change: it is looked up anew every 10 seconds.
int paid_cores();

// For tests: as if there were so many cores, whatever affinity and quota say. 0: as they are.
void pretend_cores(int count);

// Calls wake(), which wakes the thread `sleeper`, so that it begins on another core than the caller's if it may use one. Afterwards it
// may run where it might before: if that other core turns out to be busy, the system can still bring the two together.
template <class Wake>
void wake_elsewhere(std::thread& sleeper, const Wake& wake) {
#if defined(__linux__) && !defined(__ANDROID__)
  const pthread_t thread = sleeper.native_handle();
  const int core = sched_getcpu();
  cpu_set_t allowed;  // of 1024 cores; on a larger machine the call fails
  if (core >= 0 && pthread_getaffinity_np(thread, sizeof allowed, &allowed) == 0) {
    cpu_set_t others = allowed;
    CPU_CLR(static_cast<std::size_t>(core), &others);
    if (CPU_COUNT(&others) > 0 && pthread_setaffinity_np(thread, sizeof others, &others) == 0) {
      wake();
      pthread_setaffinity_np(thread, sizeof allowed, &allowed);
      return;
    }
  }
#else
  static_cast<void>(sleeper);
#endif
  wake();
}

}  // namespace tidegate
