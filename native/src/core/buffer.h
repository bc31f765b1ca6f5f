// Memory that reaches a high-water mark and then stays: Buffer for what lives from call to call (values, the tape, gradients),
// Scratch for what an op needs only inside one call. In steady work neither allocates.
#pragma once

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/memory.h"
#include "core/real.h"

namespace tidegate {

constexpr std::size_t kAlignment = 64;  // a cache line, and the widest vector

// One growing block of T, aligned to kAlignment. Growing does not keep the contents.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { drop(); }

  // At least count elements, whose contents are undefined.
  T* need(index count) {
    if (count > capacity_) grow(count);
    return data_;
  }
  bool holds(index count) const { return count <= capacity_; }
  // The capacity to grow to for count elements: half as much again at least, so that slowly growing work settles after a few blocks.
  index grown(index count) const {
    const index more = capacity_ + capacity_ / 2;
    return count < more ? more : count;
  }
  T* data() const { return data_; }
  index bytes() const { return capacity_ * static_cast<index>(sizeof(T)); }
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  void grow(index count) {
    count = grown(count);
    const index taken = checked_product("memory block", count, sizeof(T));
    count_memory(taken);
    const std::size_t alignment = static_cast<std::size_t>(taken) >= kLargePage ? kLargePage : kAlignment;
    const std::size_t padded = (static_cast<std::size_t>(taken) + alignment - 1) / alignment * alignment;
    T* fresh = static_cast<T*>(std::aligned_alloc(alignment, padded));
    if (fresh == nullptr) {
      uncount_memory(taken);
      throw Error(Status::out_of_memory, text("cannot allocate ", taken, " bytes"));
    }
    if (alignment == kLargePage) prefer_large_pages(fresh, taken);
    drop();
    data_ = fresh;
    capacity_ = count;
  }
  void drop() noexcept {
    std::free(data_);
    uncount_memory(bytes());
  }

  T* data_ = nullptr;
  index capacity_ = 0;
};

// A stack of blocks for the duration of one op's call. release() ends all of them; blocks that did not fit into one piece are
// joined then, so that the next call of the same size finds one.
class Scratch {
 public:
  template <class T>
  T* take(index count) {
    return reinterpret_cast<T*>(take_bytes(checked_product("scratch", count, sizeof(T))));
  }
  template <class T>
  T* take_zeroed(index count) {
    T* block = take<T>(count);
    std::memset(block, 0, static_cast<std::size_t>(count) * sizeof(T));
    return block;
  }
  // What is taken while this lives ends with it. Scopes are nested.
  class Scope {
   public:
    explicit Scope(Scratch& scratch) : scratch_(scratch), blocks_(scratch.blocks_.size()), used_(scratch.used_) {}
    ~Scope() { scratch_.used_ = scratch_.blocks_.size() == blocks_ ? used_ : 0; }  // a block that came in between has nothing else
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Scratch& scratch_;
    const std::size_t blocks_;
    const index used_;
  };

  void release() {
    if (blocks_.size() > 1) {
      index total = 0;
      for (const auto& block : blocks_) total += block.bytes();
      blocks_.clear();
      blocks_.emplace_back();
      blocks_.back().need(total);
    }
    used_ = 0;
  }
  // After a failure: ends all blocks and keeps none. Unlike release() it needs no memory.
  void drop() noexcept {
    blocks_.clear();
    used_ = 0;
  }
  index bytes() const {
    index total = 0;
    for (const auto& block : blocks_) total += block.bytes();
    return total;
  }

 private:
  static constexpr index kLeastBlock = 4096;  // little, so that ten thousand sessions of streams fit

  char* take_bytes(index bytes) {
    constexpr index unit = kAlignment;
    bytes = (bytes + unit - 1) / unit * unit;
    if (blocks_.empty() || used_ + bytes > blocks_.back().bytes()) {
      Buffer<char> block;
      block.need(bytes < kLeastBlock ? kLeastBlock : bytes);
      blocks_.push_back(std::move(block));
      used_ = 0;
    }
    char* taken = blocks_.back().data() + used_;
    used_ += bytes;
    return taken;
  }

  std::vector<Buffer<char>> blocks_;
  index used_ = 0;  // bytes of the last block
};

}  // namespace tidegate
