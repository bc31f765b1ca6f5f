/* Guard pages around the blocks of the core, for any program that uses it: LD_PRELOAD=guard.so java …
 *
 * A block ends where a page begins that nobody may touch, and is one itself once it was freed, until some thousands later were. So whoever
 * reads or writes beyond a block or after its end, compiled by whatever compiler, is stopped at once: the address sanitizer sees the core
 * alone, and a JVM writes into its memory, too. Blocks are what comes from aligned_alloc, which nothing else in a JVM calls. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { kPage = 4096, kBlocks = 1 << 16, kFreed = 4000 };

struct mapping {
  uintptr_t block; /* 0: none */
  char* begin;
  size_t bytes;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct mapping blocks[kBlocks]; /* by the hash of the block's address */
static struct mapping freed[kFreed];   /* in a ring */
static size_t next_freed, count;
static uintptr_t lowest = UINTPTR_MAX, highest;

extern void __libc_free(void*);

static size_t place(uintptr_t block) { return (size_t)((block >> 6) * UINT64_C(0x9E3779B97F4A7C15) >> 48) % kBlocks; }

void* aligned_alloc(size_t alignment, size_t bytes) {
  const size_t pages = (bytes + kPage - 1) / kPage * kPage + (alignment > kPage ? alignment : 0);
  char* begin = mmap(NULL, pages + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (begin == MAP_FAILED) {
    errno = ENOMEM;
    return NULL;
  }
  const uintptr_t block = ((uintptr_t)begin + pages - bytes) / alignment * alignment;
  mprotect(begin + pages, kPage, PROT_NONE);
  memset((void*)block, 0xCB, bytes); /* no zeros that nobody promised */
  pthread_mutex_lock(&lock);
  if (++count == kBlocks) abort(); /* more blocks at once than this was made for */
  size_t at = place(block);
  while (blocks[at].block != 0) at = (at + 1) % kBlocks;
  blocks[at] = (struct mapping){block, begin, pages + kPage};
  if (block < lowest) lowest = block;
  if (block > highest) highest = block;
  pthread_mutex_unlock(&lock);
  return (void*)block;
}

/* Moves what would no longer be found into the gap. */
static void take_out(size_t gap) {
  --count;
  for (size_t at = (gap + 1) % kBlocks; blocks[at].block != 0; at = (at + 1) % kBlocks) {
    const size_t wanted = place(blocks[at].block);
    if (gap <= at ? gap < wanted && wanted <= at : gap < wanted || wanted <= at) continue;
    blocks[gap] = blocks[at];
    gap = at;
  }
  blocks[gap].block = 0;
}

void free(void* pointer) {
  const uintptr_t block = (uintptr_t)pointer;
  if (block < lowest || block > highest) {
    __libc_free(pointer);
    return;
  }
  pthread_mutex_lock(&lock);
  size_t at = place(block);
  while (blocks[at].block != 0 && blocks[at].block != block) at = (at + 1) % kBlocks;
  if (blocks[at].block == 0) {
    pthread_mutex_unlock(&lock);
    __libc_free(pointer);
    return;
  }
  const struct mapping mine = blocks[at], oldest = freed[next_freed];
  take_out(at);
  freed[next_freed] = mine;
  next_freed = (next_freed + 1) % kFreed;
  pthread_mutex_unlock(&lock);
  mprotect(mine.begin, mine.bytes, PROT_NONE);
  if (oldest.begin != NULL) munmap(oldest.begin, oldest.bytes);
}
