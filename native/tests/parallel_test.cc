// Threads by themselves: split, run, stages, lanes, both; what happens when a part fails, when a thread is held up, when cores are missing,
// when there is nothing to do.
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <new>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "check.h"
#include "core/cores.h"
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

// In every stage all parts write, in the next they read what the others have written. False where one read an old number.
bool meets_in_stages(Threads& threads, int stages) {
  const int parts = threads.count();
  std::vector<index> written(static_cast<std::size_t>(parts), -1), kept(written);
  std::atomic<bool> good{true};
  threads.in_stages(parts, 2 * stages, [&](int part, index stage) {
    if (stage % 2 == 0) {
      written[static_cast<std::size_t>(part)] = stage;
      return;
    }
    for (const index number : written) {
      if (number != stage - 1) good = false;
    }
  });
  for (const index number : written) good = good && number == 2 * stages - 2;
  return good;
}

// Holds a thread up wherever it is, as a system does that gives its core to another process: by a signal whose handler returns only when
// it is let go, or after a second.
class Hold {
 public:
  explicit Hold(pthread_t thread) {
    let_go = false;
    held = false;
    struct sigaction action = {};
    action.sa_handler = [](int) {
      held = true;
      for (int i = 0; i < 1000 && !let_go; ++i) pause_for(1);
      held = false;
    };
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
    pthread_kill(thread, SIGUSR1);
    while (!held) pause_for(0);
  }
  ~Hold() { release(); }
  void release() {
    let_go = true;
    while (held) pause_for(0);
  }
  static bool holds() { return held; }
  static void pause_for(long milliseconds) {
    const timespec time{0, milliseconds * 1000000 + 1000};
    nanosleep(&time, nullptr);
  }

 private:
  static std::atomic<bool> let_go, held;
};
std::atomic<bool> Hold::let_go{false}, Hold::held{false};

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

TEST("run does every part once, on no more threads than there are") {
  Threads threads(4);
  for (int parts = 0; parts <= 4; ++parts) {
    for (int round = 0; round < 50; ++round) {
      std::vector<std::thread::id> ids(4);
      std::atomic<int> done{0};
      threads.run(parts, [&](int part) {
        ids[static_cast<std::size_t>(part)] = std::this_thread::get_id();
        ++done;
      });
      CHECK_EQUAL(done.load(), parts);
      for (int part = 0; part < 4; ++part) CHECK_EQUAL(ids[static_cast<std::size_t>(part)] != std::thread::id(), part < parts);
    }
  }
}

TEST("nobody begins a stage before all have done the one before") {
  for (const int count : {1, 2, 3, 6}) {
    check::About about(text(count, " threads"));
    Threads threads(count);
    for (int round = 0; round < 3; ++round) CHECK(meets_in_stages(threads, 300));
  }
}

TEST("a lane does its own stages in order, and waits for no other lane") {
  for (const int count : {1, 2, 3, 6}) {
    check::About about(text(count, " threads"));
    Threads threads(count);
    for (int round = 0; round < 20; ++round) {
      std::vector<index> next(static_cast<std::size_t>(count), 0);
      std::atomic<int> torn{0};
      threads.in_lanes(count, 100, [&](int lane, index stage) {
        if (next[static_cast<std::size_t>(lane)]++ != stage) ++torn;
      });
      CHECK_EQUAL(torn.load(), 0);
      for (const index stages : next) CHECK_EQUAL(stages, index{100});
    }
  }
}

TEST("a part that keeps the others waiting for long is done before the next stage begins") {
  Threads threads(3);
  for (int late = 0; late < 3; ++late) {
    int number = 0, read[3] = {};
    threads.in_stages(3, 2, [&](int part, index stage) {
      if (stage == 1) {
        read[part] = number;
      } else if (part == late) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the others sleep by now
        number = 7;
      }
    });
    for (const int n : read) CHECK_EQUAL(n, 7);
  }
}

TEST("a thread that is held up between its parts keeps nobody waiting, and writes nothing once the call has returned") {
  Threads threads(2);
  const pthread_t caller = pthread_self();
  bool returned_meanwhile = false;  // a busy system may have it held up within a part instead: then it is tried again
  for (int round = 0; round < 20 && !returned_meanwhile; ++round) {
    constexpr index kStages = 60, kHeldAt = 10;
    auto sums = std::make_unique<std::vector<index>>(2, 0);
    std::atomic<pthread_t> other{caller};
    std::unique_ptr<Hold> hold;
    threads.in_stages(2, kStages, [&](int part, index stage) {
      // The caller goes on once the other thread has done a part, and stops it where it waits for the next one.
      if (pthread_equal(pthread_self(), caller) && part == 0 && stage >= kHeldAt && hold == nullptr) {
        for (int i = 0; i < 200 && pthread_equal(other, caller); ++i) Hold::pause_for(1);
        Hold::pause_for(1);
        if (!pthread_equal(other, caller)) hold = std::make_unique<Hold>(other);
      }
      (*sums)[static_cast<std::size_t>(part)] += stage + 1;
      if (!pthread_equal(pthread_self(), caller)) other = pthread_self();
    });
    returned_meanwhile = hold != nullptr && Hold::holds();
    CHECK_EQUAL((*sums)[0], kStages * (kStages + 1) / 2);
    CHECK_EQUAL((*sums)[1], kStages * (kStages + 1) / 2);
    sums.reset();  // under the address sanitizer a later write is a fault
    if (hold != nullptr) hold->release();
    CHECK(meets_in_stages(threads, 20));
  }
  CHECK(returned_meanwhile);
}

TEST("what a thread does that comes late, or not at all, has been done by the caller") {
  Threads threads(2);
  std::atomic<pthread_t> other{pthread_self()};
  while (pthread_equal(other, pthread_self())) {  // until the other thread has done a part
    threads.run(2, [&](int part) {
      if (part == 1) other = pthread_self();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
  }
  Hold hold(other);
  for (int round = 0; round < 20; ++round) {
    std::vector<int> done(2, 0);
    threads.run(2, [&](int part) { ++done[static_cast<std::size_t>(part)]; });
    CHECK(done == (std::vector<int>{1, 1}));
    index in_order[2] = {};
    threads.in_lanes(2, 30, [&](int lane, index stage) { in_order[lane] += in_order[lane] == stage; });
    CHECK_EQUAL(in_order[0] + in_order[1], index{60});
    CHECK(meets_in_stages(threads, 10));
    int sides = 0;
    threads.both([&](Threads&) { ++sides; }, [&](Threads&) { ++sides; });
    CHECK_EQUAL(sides, 2);
  }
  hold.release();
  CHECK(meets_in_stages(threads, 300));
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
          good[number] = meets_in_stages(half, 50);
          half.split(10, 1, [&](index, index) { ++here; });
        };
      };
      threads.both(side(0), side(1));
      CHECK_EQUAL(counts[0], (count + 1) / 2);
      CHECK_EQUAL(counts[1], count / 2);
      CHECK(good[0] && good[1]);
      CHECK_EQUAL(here.load(), 2 + count);
    }
    CHECK(meets_in_stages(threads, 50));
  }
}

TEST("both within both uses every thread once") {
  Threads threads(5);
  std::atomic<int> parts{0};
  const auto count = [&](Threads& some) { some.run(some.count(), [&](int) { ++parts; }); };
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
    one.run(1, [](int) {});
    CHECK_EQUAL(threads_of_this_process(), before);
    Threads four(4);
    CHECK_EQUAL(threads_of_this_process(), before + 3);
  }
  CHECK_EQUAL(threads_of_this_process(), before);
}

TEST("what a part throws reaches the caller, and no stage follows it") {
  Threads threads(3);
  for (int failing = 0; failing < 3; ++failing) {
    for (const int after : {0, 1, 50}) {
      check::About about(text("part ", failing, " fails after ", after, " stages"));
      std::atomic<int> beyond{0};
      std::string failure;
      try {
        threads.in_stages(3, 100, [&](int part, index stage) {
          if (stage > after) ++beyond;
          if (part != failing || stage != after) return;
          std::this_thread::sleep_for(std::chrono::milliseconds(after == 1 ? 3 : 0));  // once the others sleep
          throw std::runtime_error(text("part ", part));
        });
      } catch (const std::runtime_error& error) {
        failure = error.what();
      }
      CHECK_EQUAL(failure, text("part ", failing));
      CHECK_EQUAL(beyond.load(), 0);
      CHECK(meets_in_stages(threads, 20));
    }
  }
}

TEST("when several parts fail the caller gets one of their exceptions") {
  Threads threads(4);
  for (int round = 0; round < 50; ++round) {
    const std::string failure = failure_of(threads, 4, [&](int part) { throw std::runtime_error(text("part ", part)); });
    CHECK(failure == "part 0" || failure == "part 1" || failure == "part 2" || failure == "part 3");
  }
}

TEST("what one side of both throws is thrown when the other has ended, if it has begun") {
  for (const int count : {2, 4}) {
    Threads threads(count);
    for (int failing = 0; failing < 2; ++failing) {
      std::atomic<bool> begun{false}, ended{false};
      std::string failure;
      const auto fail = [](Threads& half) {
        half.run(half.count(), [](int) { throw std::runtime_error("one side"); });
      };
      const auto work = [&](Threads&) {
        begun = true;
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
        CHECK_EQUAL(ended.load(), begun.load());
      }
      CHECK_EQUAL(failure, std::string("one side"));
    }
  }
}

TEST("work that cannot be given to threads is refused") {
  Threads threads(2);
  const auto nothing = [](int) {};
  CHECK(failure_of(threads, 3, nothing).find("3 parts on 2 threads") != std::string::npos);
  const std::string failure = failure_of(threads, 2, [&](int part) {
    if (part == 1) threads.run(2, nothing);
  });
  CHECK(failure.find("at work") != std::string::npos);
  CHECK(meets_in_stages(threads, 20));
}

TEST("more threads than cores come to an end") {
  const OnOneCore scope;
  Threads threads(8);
  CHECK(meets_in_stages(threads, 100));
  std::atomic<int> pieces{0};
  for (int i = 0; i < 100; ++i) threads.split(8, 1, [&](index, index) { ++pieces; });
  CHECK_EQUAL(pieces.load(), 800);
}

TEST("threads that were woken may run on every core that the caller may use") {
  Threads threads(3);
  std::this_thread::sleep_for(std::chrono::milliseconds(10));  // they sleep by now
  int cores[3] = {};
  threads.run(3, [&](int part) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // so that they come
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) cores[part] = CPU_COUNT(&allowed);
  });
  CHECK(cores[0] > 0);
  CHECK_EQUAL(cores[1], cores[0]);
  CHECK_EQUAL(cores[2], cores[0]);
}

TEST("threads without work take no processor time") {
  Threads threads(4);
  CHECK(meets_in_stages(threads, 10));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double before = processor_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(processor_seconds() - before < 0.02);  // one that spins takes 0.2
}

TEST("a call that waited for its threads is followed by calls on one thread, for longer where that happens again and again") {
  using std::chrono::milliseconds;
  const Worth::Clock::time_point start{std::chrono::hours(1)};
  Worth worth;
  Worth::Clock::time_point now = start;
  // A call of 5 ms, of which its leader waited for so long.
  const auto call = [&](int waited) {
    CHECK(worth.all(now));
    worth.called(2, now, now + milliseconds(5), milliseconds(waited), false);
    now += milliseconds(5);
  };
  const auto alone = [&] {  // for how many milliseconds now
    int time = 0;
    while (!worth.all(now + milliseconds(time))) ++time;
    return time;
  };
  call(2);
  CHECK_EQUAL(alone(), 0);  // two threads need less than one would
  call(4);
  CHECK_EQUAL(alone(), 4);
  now += milliseconds(4);
  call(4);
  CHECK_EQUAL(alone(), 64);
  now += milliseconds(64);
  for (int i = 0; i < 8; ++i) call(0);
  call(4);
  CHECK_EQUAL(alone(), 1024);
  now += milliseconds(1024);
  call(4);
  CHECK_EQUAL(alone(), 1024);
  now += milliseconds(1024);
  for (int i = 0; i < 20; ++i) call(0);
  call(4);  // once in 100 ms
  CHECK_EQUAL(alone(), 4);
}

TEST("a call uses as many threads as it has cores, and those that it was given again after it") {
  pretend_cores(2);
  Threads threads(3);
  {
    const Threads::Call call(threads);
    CHECK_EQUAL(threads.count(), 2);
    CHECK(meets_in_stages(threads, 20));
  }
  CHECK_EQUAL(threads.count(), 3);
  pretend_cores(0);
  {
    const OnOneCore scope;
    Threads bound(3);
    const Threads::Call call(bound);
    CHECK_EQUAL(bound.count(), 1);
  }
}

TEST("a run allocates nothing") {
  Threads threads(3);
  const auto work = [&] {
    threads.run(3, [](int) {});
    threads.in_stages(3, 5, [](int, index) {});
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
  threads.run(3, [&](int part) { doubled[part] = small + small; });
  for (const float x : doubled) CHECK_EQUAL(x, 0.0f);
  CHECK(small + small > 0);
}
#endif

}  // namespace tidegate
