// Which core a thread wakes on. Linux may wake it on the core of the one that wakes it and leave both there for milliseconds, though
// others are free: as the guest of a hypervisor it does so as a rule, because it takes a halted core for one that is busy elsewhere.
#pragma once

#include <thread>

#if defined(__linux__) && !defined(__ANDROID__)
#include <pthread.h>
#include <sched.h>
#endif

namespace tidegate {

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
