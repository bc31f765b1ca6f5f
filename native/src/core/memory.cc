#include "core/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "core/cgroup.h"
#include "core/error.h"

namespace tidegate {

namespace {

std::atomic<index> used{0};
std::atomic<index> limit{0};  // 0: not set

index find_available() noexcept {
  const index machine = static_cast<index>(sysconf(_SC_PHYS_PAGES)) * static_cast<index>(sysconf(_SC_PAGESIZE));
  try {
    return std::min(machine, cgroup_memory_limit(""));
  } catch (...) {
    return machine;
  }
}

const index available = find_available();  // as the library is loaded, so that no later call reads files

index mebibytes(index bytes) { return (bytes + (1 << 20) - 1) >> 20; }

[[noreturn]] void fail(index bytes, index in_use) {
  const index most = memory_limit();
  // Rounded numbers could look as if the block had room.
  const bool rounded = mebibytes(bytes) + mebibytes(in_use) > mebibytes(most) + 1;
  const auto size = [rounded](index value) {
    return rounded ? text(mebibytes(value), " MiB") : text(value, " bytes");
  };
  throw Error(Status::out_of_memory, text("a block of ", size(bytes), "; ", size(in_use), " are in use, and the limit is ", size(most),
                                          "; close what is no longer used, or raise the limit"));
}

}  // namespace

index available_memory() { return available; }

index memory_used() { return used.load(std::memory_order_relaxed); }

index memory_limit() {
  const index set = limit.load(std::memory_order_relaxed);
  return set > 0 ? set : available_memory();
}

void set_memory_limit(index bytes) { limit.store(bytes, std::memory_order_relaxed); }

void check_memory(index bytes) {
  if (bytes > memory_limit()) fail(bytes, memory_used());
}

void count_memory(index bytes) {
  const index before = used.fetch_add(bytes, std::memory_order_relaxed), most = memory_limit();
  if (bytes <= most && before <= most - bytes) return;
  used.fetch_sub(bytes, std::memory_order_relaxed);
  fail(bytes, before);
}

void uncount_memory(index bytes) noexcept { used.fetch_sub(bytes, std::memory_order_relaxed); }

void prefer_large_pages(void* block, index bytes) noexcept {
#ifdef MADV_HUGEPAGE
  const std::size_t whole = static_cast<std::size_t>(bytes) / kLargePage * kLargePage;  // what is left over stays on small ones
  madvise(block, whole, MADV_HUGEPAGE);                                                 // it may be refused
#else
  static_cast<void>(block), static_cast<void>(bytes);
#endif
}

}  // namespace tidegate
