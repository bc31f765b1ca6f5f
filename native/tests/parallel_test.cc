// Threads by themselves: split, run with its barrier, both; what happens when a part fails, when cores are missing, when there is
// nothing to do.
#include <dirent.h>
#include <sched.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

#include "check.h"
#include "core/error.h"
#include "core/threads.h"

namespace {

std::atomic<long> allocations{0};

}  // namespace

// All of the program's memory comes through here, so that a test can count.
void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tidegate {
namespace {

int threads_of_this_process() {
  DIR* const folder = opendir("/proc/self/task");
  if (folder == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = readdir(folder)) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

double processor_seconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// This thread, and all that it starts, on one core as long as this lives.
class OnOneCore {
 public:
  OnOneCore() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) throw std::runtime_error("this system does not let a thread choose its core");
  }
  ~OnOneCore() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

// All parts write, meet, and read what the others have written, again and again. False where one read an old number.
bool meets_in_steps(Threads& threads, int steps) {
  const int parts = threads.count();
  std::vector<int> written(static_cast<std::size_t>(parts), -1);
  std::atomic<bool> good{true};
  threads.run(parts, [&](int part, Barrier& barrier) {
    for (int step = 0; step < steps; ++step) {
      written[static_cast<std::size_t>(part)] = step;
      barrier.wait();
      for (const int number : written) {
        if (number != step) good = false;
      }
      barrier.wait();
    }
  });
  for (const int number : written) good = good && number == steps - 1;
  return good;
}

// What run throws, "" if nothing.
template <class Work>
std::string failure_of(Threads& threads, int parts, const Work& work) {
  try {
    threads.run(parts, work);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST("split covers every number once, in pieces of whole grains") {
  for (const int count : {1, 2, 3, 7}) {
    Threads threads(count);
    for (const index n : {0, 1, 2, 15, 16, 17, 100}) {
      for (const index grain : {1, 4, 16}) {
        check::About about(text(n, " numbers, grain ", grain, ", ", count, " threads"));
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(n));
        std::atomic<int> pieces{0}, torn{0};
        threads.split(n, grain, [&](index begin, index end) {
          ++pieces;
          if (begin % grain != 0 || begin >= end || (end % grain != 0 && end != n)) ++torn;
          for (index i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
        });
        CHECK(pieces <= count);
        CHECK_EQUAL(torn.load(), 0);
        for (const auto& times : seen) CHECK_EQUAL(times.load(), 1);
      }
    }
  }
}

TEST("run gives every part a thread of its own, the caller's to the first") {
  Threads threads(4);
  for (int parts = 0; parts <= 4; ++parts) {
    std::vector<std::thread::id> ids(4);
    threads.run(parts, [&](int part, Barrier& barrier) {
      ids[static_cast<std::size_t>(part)] = std::this_thread::get_id();
      barrier.wait();  // returns only if all parts run at once
    });
    for (int a = 0; a < 4; ++a) {
      const std::thread::id id = ids[static_cast<std::size_t>(a)];
      CHECK_EQUAL(id != std::thread::id(), a < parts);
      for (int b = 0; b < a && a < parts; ++b) CHECK(id != ids[static_cast<std::size_t>(b)]);
    }
    if (parts > 0) CHECK(ids[0] == std::this_thread::get_id());
  }
}

TEST("nobody leaves the barrier before all have come") {
  for (const int count : {1, 2, 3, 6}) {
    check::About about(text(count, " threads"));
    Threads threads(count);
    for (int round = 0; round < 3; ++round) CHECK(meets_in_steps(threads, 300));
  }
}

TEST("a part that keeps the others waiting for long finds them at the barrier") {
  Threads threads(3);
  for (int late = 0; late < 3; ++late) {
    int number = 0, read[3] = {};
    threads.run(3, [&](int part, Barrier& barrier) {
      if (part == late) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the others sleep by now
        number = 7;
      }
      barrier.wait();
      read[part] = number;
    });
    for (const int n : read) CHECK_EQUAL(n, 7);
  }
}

TEST("both works side by side, each with half of the threads") {
  for (const int count : {2, 3, 4, 7}) {
    check::About about(text(count, " threads"));
    Threads threads(count);
    for (int round = 0; round < 3; ++round) {
      std::atomic<int> here{0};
      int counts[2] = {};
      bool good[2] = {};
      const auto side = [&](int number) {
        return [&, number](Threads& half) {
          ++here;
          while (here < 2) std::this_thread::yield();  // ends only if the other side runs too
          counts[number] = half.count();
          good[number] = meets_in_steps(half, 50);
          half.split(10, 1, [&](index, index) { ++here; });
        };
      };
      threads.both(side(0), side(1));
      CHECK_EQUAL(counts[0], (count + 1) / 2);
      CHECK_EQUAL(counts[1], count / 2);
      CHECK(good[0] && good[1]);
      CHECK_EQUAL(here.load(), 2 + count);
    }
    CHECK(meets_in_steps(threads, 50));
  }
}

TEST("both within both uses every thread once") {
  Threads threads(5);
  std::atomic<int> parts{0};
  const auto count = [&](Threads& some) { some.run(some.count(), [&](int, Barrier&) { ++parts; }); };
  const auto halve = [&](Threads& half) { half.both(count, count); };
  threads.both(halve, halve);
  CHECK_EQUAL(parts.load(), 5);
}

TEST("both with one thread does the one, then the other, each with all there is") {
  Threads one(1);
  std::vector<std::string> done;
  one.both([&](Threads& threads) { done.push_back(text("a", threads.count())); },
           [&](Threads& threads) { done.push_back(text("b", threads.count())); });
  CHECK(done == (std::vector<std::string>{"a1", "b1"}));
}

TEST("one thread starts none, and several end with their Threads") {
  const int before = threads_of_this_process();
  REQUIRE(before > 0);
  {
    Threads one(1);
    one.split(1000, 1, [](index, index) {});
    one.run(1, [](int, Barrier& barrier) { barrier.wait(); });
    CHECK_EQUAL(threads_of_this_process(), before);
    Threads four(4);
    CHECK_EQUAL(threads_of_this_process(), before + 3);
  }
  CHECK_EQUAL(threads_of_this_process(), before);
}

TEST("what a part throws reaches the caller, and those that wait for it at the barrier end") {
  Threads threads(3);
  for (int failing = 0; failing < 3; ++failing) {
    for (const int after : {0, 1, 50}) {
      check::About about(text("part ", failing, " fails after ", after, " steps"));
      std::atomic<int> beyond{0};
      const std::string failure = failure_of(threads, 3, [&](int part, Barrier& barrier) {
        for (int step = 0; step < after; ++step) barrier.wait();
        if (part == failing) {
          std::this_thread::sleep_for(std::chrono::milliseconds(after == 1 ? 3 : 0));  // once the others sleep
          throw std::runtime_error(text("part ", part));
        }
        barrier.wait();
        ++beyond;
      });
      CHECK_EQUAL(failure, text("part ", failing));
      CHECK_EQUAL(beyond.load(), 0);
      CHECK(meets_in_steps(threads, 20));
    }
  }
}

TEST("when several parts fail the caller gets one of their exceptions") {
  Threads threads(4);
  for (int round = 0; round < 50; ++round) {
    const std::string failure = failure_of(threads, 4, [&](int part, Barrier&) { throw std::runtime_error(text("part ", part)); });
    CHECK(failure == "part 0" || failure == "part 1" || failure == "part 2" || failure == "part 3");
  }
}

TEST("what one side of both throws is thrown when the other has ended") {
  for (const int count : {2, 4}) {
    Threads threads(count);
    for (int failing = 0; failing < 2; ++failing) {
      std::atomic<bool> ended{false};
      std::string failure;
      const auto fail = [](Threads& half) {
        half.run(half.count(), [](int, Barrier& barrier) {
          barrier.wait();
          throw std::runtime_error("one side");
        });
      };
      const auto work = [&](Threads&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        ended = true;
      };
      try {
        if (failing == 0) {
          threads.both(fail, work);
        } else {
          threads.both(work, fail);
        }
      } catch (const std::runtime_error& error) {
        failure = error.what();
        CHECK(ended);
      }
      CHECK_EQUAL(failure, std::string("one side"));
    }
  }
}

TEST("work that cannot be given to threads is refused") {
  Threads threads(2);
  const auto nothing = [](int, Barrier&) {};
  CHECK(failure_of(threads, 3, nothing).find("3 parts on 2 threads") != std::string::npos);
  const std::string failure = failure_of(threads, 2, [&](int part, Barrier& barrier) {
    barrier.wait();
    if (part == 1) threads.run(2, nothing);
    barrier.wait();
  });
  CHECK(failure.find("at work") != std::string::npos);
  CHECK(meets_in_steps(threads, 20));
}

TEST("more threads than cores come to an end") {
  const OnOneCore scope;
  Threads threads(8);
  CHECK(meets_in_steps(threads, 100));
  std::atomic<int> pieces{0};
  for (int i = 0; i < 100; ++i) threads.split(8, 1, [&](index, index) { ++pieces; });
  CHECK_EQUAL(pieces.load(), 800);
}

TEST("threads that were woken may run on every core that the caller may use") {
  Threads threads(3);
  std::this_thread::sleep_for(std::chrono::milliseconds(10));  // they sleep by now
  int cores[3] = {};
  threads.run(3, [&](int part, Barrier& barrier) {
    barrier.wait();
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) cores[part] = CPU_COUNT(&allowed);
  });
  CHECK(cores[0] > 0);
  CHECK_EQUAL(cores[1], cores[0]);
  CHECK_EQUAL(cores[2], cores[0]);
}

TEST("threads without work take no processor time") {
  Threads threads(4);
  CHECK(meets_in_steps(threads, 10));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double before = processor_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(processor_seconds() - before < 0.02);  // one that spins takes 0.2
}

TEST("calls whose threads wait for each other too long are followed by calls on one thread, twice as many each time") {
  Threads threads(2);
  // Calls on all threads are late where the other thread sleeps, and in time where the leader does.
  const auto call = [&](bool late) {
    const Threads::Call now(threads);
    const int used = threads.count();
    threads.run(used, [&](int part, Barrier&) {
      if (used == 2 && part == (late ? 1 : 0)) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    });
    return used;
  };
  for (const int expected : {2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1}) CHECK_EQUAL(call(true), expected);
  CHECK_EQUAL(call(false), 2);
  CHECK_EQUAL(call(true), 2);
  for (const int expected : {1, 2, 1, 1, 2}) CHECK_EQUAL(call(true), expected);
  CHECK_EQUAL(threads.count(), 2);
}

TEST("a run allocates nothing") {
  Threads threads(3);
  const auto work = [&] {
    threads.run(3, [](int, Barrier& barrier) { barrier.wait(); });
    threads.split(100, 1, [](index, index) {});
    threads.both([](Threads& half) { half.split(10, 1, [](index, index) {}); }, [](Threads&) {});
  };
  work();
  const long before = allocations;
  for (int i = 0; i < 20; ++i) work();
  CHECK_EQUAL(allocations.load() - before, 0L);
}

#if defined(__x86_64__)
TEST("numbers too small for a normal exponent count as zero in every part") {
  Threads threads(3);
  volatile float small = std::numeric_limits<float>::denorm_min();
  float doubled[3] = {1, 1, 1};
  threads.run(3, [&](int part, Barrier&) { doubled[part] = small + small; });
  for (const float x : doubled) CHECK_EQUAL(x, 0.0f);
  CHECK(small + small > 0);
}
#endif

}  // namespace tidegate
