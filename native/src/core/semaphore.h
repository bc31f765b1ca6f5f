// A counting semaphore: a thread takes one of its places, or sleeps until one is given back.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace tidegate {

class Semaphore {
 public:
  explicit Semaphore(int places) : free_(places) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  // Takes a place, and gives it back at its end.
  class Place {
   public:
    explicit Place(Semaphore& semaphore) : semaphore_(semaphore) { semaphore_.take(); }
    ~Place() { semaphore_.give_back(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Semaphore& semaphore_;
  };

 private:
  // As long as places are free, taking one and giving it back are one atomic addition each. Below zero free_ counts the sleepers;
  // then each place that is given back is passed to one of them, so that nobody waits for ever.
  void take() {
    if (free_.fetch_sub(1) > 0) return;
    std::unique_lock<std::mutex> lock(mutex_);
    passed_on_.wait(lock, [this] { return passed_ > 0; });
    --passed_;
  }
  void give_back() {
    if (free_.fetch_add(1) >= 0) return;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++passed_;
    }
    passed_on_.notify_one();
  }

  std::atomic<int> free_;
  int passed_ = 0;
  std::mutex mutex_;
  std::condition_variable passed_on_;
};

}  // namespace tidegate
