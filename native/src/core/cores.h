// Which core a thread runs on. A system may wake a thread on the core of the one that wakes it and leave both there for milliseconds,
// though others are free: as the guest of a hypervisor Linux does so as a rule, because it takes a halted core for a busy one.
#pragma once

#include <thread>
#include <vector>

#if defined(__linux__) && !defined(__ANDROID__)
#include <pthread.h>
#include <sched.h>
#define TG_PLACES_THREADS
#endif

namespace tidegate {

// -1 where the system does not say.
inline int current_core() {
#ifdef TG_PLACES_THREADS
  return sched_getcpu();
#else
  return -1;
#endif
}

// Lets the threads run wherever the calling one may, but for `core`, if that leaves each of them a core of its own. A hint: nothing
// happens where it cannot be followed.
inline void keep_core(int core, std::vector<std::thread>& threads) {
#ifdef TG_PLACES_THREADS
  cpu_set_t cores;  // holds 1024; on a larger machine the call fails
  if (core < 0 || sched_getaffinity(0, sizeof cores, &cores) != 0) return;
  CPU_CLR(static_cast<std::size_t>(core), &cores);
  if (static_cast<std::size_t>(CPU_COUNT(&cores)) < threads.size()) return;
  for (std::thread& thread : threads) pthread_setaffinity_np(thread.native_handle(), sizeof cores, &cores);
#else
  static_cast<void>(core);
  static_cast<void>(threads);
#endif
}

}  // namespace tidegate
