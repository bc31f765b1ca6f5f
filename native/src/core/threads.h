// Parallel work inside one call: a fixed set of threads that belongs to a session. One thread, the default, starts none.
#pragma once

#include <functional>
#include <memory>

#include "core/real.h"

namespace tidegate {

class Threads {
 public:
  explicit Threads(int count = 1);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  int count() const;

  // Calls work(begin, end) for pieces that cover [0, n), at most one piece a thread, each but the last a multiple of grain long;
  // returns when all are done. Pieces must not touch each other's results. An exception of a piece is rethrown here.
  template <class Work>
  void split(index n, index grain, const Work& work) {
    if (count() == 1 || n <= grain) {
      if (n > 0) work(index{0}, n);
      return;
    }
    run_split(n, grain, std::cref(work));
  }

 private:
  void run_split(index n, index grain, const std::function<void(index, index)>& work);
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace tidegate
