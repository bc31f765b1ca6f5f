#include "core/threads.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "core/denormals.h"
#include "core/error.h"

namespace tidegate {

struct Threads::Pool {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable wake, done;
  const std::function<void(index, index)>* work = nullptr;
  index n = 0, piece = 0;
  std::uint64_t round = 0;
  int running = 0;
  bool stop = false;
  std::exception_ptr failure;

  void run_piece(int number) {
    const index begin = std::min(n, piece * number), end = std::min(n, begin + piece);
    if (begin >= end) return;
    const FlushDenormals guard;
    try {
      (*work)(begin, end);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  }

  void end() {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      stop = true;
    }
    wake.notify_all();
    for (auto& thread : threads) thread.join();
  }

  void serve(int number) {
    std::uint64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return stop || round != seen; });
      if (stop) return;
      seen = round;
      lock.unlock();
      run_piece(number);
      lock.lock();
      if (--running == 0) done.notify_one();
    }
  }
};

Threads::Threads(int count) {
  if (count <= 1) return;
  pool_ = std::make_unique<Pool>();
  Pool* pool = pool_.get();
  pool->threads.reserve(static_cast<std::size_t>(count));
  try {
    for (int i = 1; i < count; ++i) pool->threads.emplace_back([pool, i] { pool->serve(i); });
  } catch (const std::system_error& error) {
    const std::size_t started = pool->threads.size() + 1;
    pool->end();  // a thread that is not joined would end the process
    throw Error(Status::out_of_memory, text("threads=", count, ": the system gave only ", started, " (", error.what(), ")"));
  }
}

Threads::~Threads() {
  if (pool_) pool_->end();
}

int Threads::count() const { return pool_ ? static_cast<int>(pool_->threads.size()) + 1 : 1; }

void Threads::run_split(index n, index grain, const std::function<void(index, index)>& work) {
  Pool& pool = *pool_;
  const index grains = (n + grain - 1) / grain;
  {
    const std::lock_guard<std::mutex> lock(pool.mutex);
    pool.work = &work;
    pool.n = n;
    pool.piece = (grains + count() - 1) / count() * grain;
    pool.running = static_cast<int>(pool.threads.size());
    pool.failure = nullptr;
    ++pool.round;
  }
  pool.wake.notify_all();
  pool.run_piece(0);
  std::unique_lock<std::mutex> lock(pool.mutex);
  pool.done.wait(lock, [&] { return pool.running == 0; });
  if (pool.failure) std::rethrow_exception(pool.failure);
}

}  // namespace tidegate
