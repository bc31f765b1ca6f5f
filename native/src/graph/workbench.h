// What a call needs and none after it: values that the session does not keep, the ops' workspace, saved memory. A model lends it to one call at
// a time, so that thousands of sessions that keep little share as many as there are calls at once.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/buffer.h"

namespace tidegate {

class Workbench {
 public:
  Scratch scratch;
  std::vector<std::vector<Buffer<real>>> saved;  // by node
  std::vector<Buffer<real>> states;              // by carried state: where a call writes its end, which then changes places with its beginning

  // The number of a block of at least count elements that nobody has: the one that the caller had last, or the smallest that is there, or
  // else the largest made larger.
  int take(index count, int last) {
    if (last >= 0 && last < static_cast<int>(blocks_.size()) && !blocks_[last].taken && blocks_[last].data.holds(count) &&
        !blocks_[last].data.holds(2 * count)) {
      blocks_[last].taken = true;
      return last;
    }
    int found = -1;
    for (int i = 0; i < static_cast<int>(blocks_.size()); ++i) {
      if (!blocks_[i].taken && (found < 0 || better(blocks_[i].data, blocks_[found].data, count))) found = i;
    }
    if (found < 0) {
      found = static_cast<int>(blocks_.size());
      blocks_.emplace_back();
    }
    need(found, count);
    blocks_[found].taken = true;
    return found;
  }
  // A block with room for count elements: exactly as many where it has to grow, and freed before.
  real* need(int number, index count) {
    Buffer<real>& data = blocks_[number].data;
    if (!data.holds(count)) Buffer<real>().swap(data);
    return data.need(count);
  }
  void put_back(int number) { blocks_[number].taken = false; }
  // After a call.
  void put_all_back() {
    for (Block& block : blocks_) block.taken = false;
  }
  // After a failure: keeps no memory.
  void drop() noexcept {
    scratch.drop();
    saved.clear();
    states.clear();
    blocks_.clear();
  }

 private:
  struct Block {
    Buffer<real> data;
    bool taken = false;
  };
  static bool better(const Buffer<real>& a, const Buffer<real>& b, index count) {
    const bool fits = a.holds(count), other_fits = b.holds(count);
    if (fits != other_fits) return fits;
    return (a.bytes() < b.bytes()) == fits;
  }

  std::vector<Block> blocks_;
};

// Those of a model, for any number of threads.
class Workbenches {
 public:
  Workbenches() { idle_.reserve(kMost); }
  std::unique_ptr<Workbench> take() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Workbench> last = std::move(idle_.back());  // still in the caches
        idle_.pop_back();
        return last;
      }
    }
    return std::make_unique<Workbench>();
  }
  void put_back(std::unique_ptr<Workbench> bench) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.size() < kMost) idle_.push_back(std::move(bench));
  }

 private:
  static constexpr std::size_t kMost = 64;  // kept for calls to come
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workbench>> idle_;
};

}  // namespace tidegate
