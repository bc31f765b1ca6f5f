// The memory of models, sessions and optimizers, which grows with their data: counted for the whole process, and limited. Whoever takes a
// block counts it (Buffer, Counted); what a steady call does neither takes nor counts.
#pragma once

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#include "core/real.h"

namespace tidegate {

// Bytes that this process may have: the machine's memory, or less where a control group says so.
index available_memory();

index memory_used();
index memory_limit();  // available_memory() until it is set
void set_memory_limit(index bytes);

// Throws out_of_memory if so much is above the limit by itself.
void check_memory(index bytes);

// Counts a block that is about to be taken. Throws out_of_memory, and counts nothing, where the limit would be passed: the system may promise
// more memory than there is and end the process when it is touched.
void count_memory(index bytes);
void uncount_memory(index bytes) noexcept;

// Asks for large pages under a block of kLargePage bytes or more that begins at a multiple of it, where the system gives them to who asks
// (Linux's transparent huge pages). Rows of a tape and panels of a large weight lie on more small pages than a processor keeps at hand.
constexpr std::size_t kLargePage = std::size_t{2} << 20;
void prefer_large_pages(void* block, index bytes) noexcept;

// What an object counts besides its blocks, as long as it lives.
class MemoryClaim {
 public:
  MemoryClaim() = default;
  explicit MemoryClaim(index bytes) { add(bytes); }
  MemoryClaim(const MemoryClaim&) = delete;
  ~MemoryClaim() { uncount_memory(bytes_); }
  void add(index bytes) {
    count_memory(bytes);
    bytes_ += bytes;
  }

 private:
  index bytes_ = 0;
};

// The allocator of vectors that grow with the data.
template <class T>
struct CountingAllocator {
  using value_type = T;
  CountingAllocator() = default;
  template <class U>
  CountingAllocator(const CountingAllocator<U>&) {}
  T* allocate(std::size_t count) {
    const index bytes = static_cast<index>(count * sizeof(T));
    count_memory(bytes);
    try {
      return static_cast<T*>(::operator new(static_cast<std::size_t>(bytes)));
    } catch (...) {
      uncount_memory(bytes);
      throw;
    }
  }
  void deallocate(T* block, std::size_t count) noexcept {
    uncount_memory(static_cast<index>(count * sizeof(T)));
    ::operator delete(block);
  }
  template <class U>
  bool operator==(const CountingAllocator<U>&) const { return true; }
  template <class U>
  bool operator!=(const CountingAllocator<U>&) const { return false; }
};

template <class T>
using Counted = std::vector<T, CountingAllocator<T>>;

}  // namespace tidegate
