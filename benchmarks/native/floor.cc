// The machine's floor on one core, as comma-separated values:
//
//   isa,avx512
//   fma_peak,GFLOP/s            fused multiply-adds from registers, each counted as two operations
//   read,BYTES,GB/s             reading that many bytes over and over, for footprints from 16 KiB to 256 MiB
//
// A neighbour can only make a measurement worse, so every figure is the best of many short ones. Reading is tried with and without
// software prefetch.
#include <immintrin.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::size_t kLargest = std::size_t{256} << 20;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kStride = 1024;     // bytes that one turn of a reading loop takes; footprints are multiples of it
constexpr int kChains = 10;               // independent sums
constexpr int kFmaTurns = 20000;
constexpr std::size_t kAhead = 1024;      // how far ahead the prefetching form asks

#define TG_AVX512 __attribute__((target("avx512f")))
#define TG_AVX2 __attribute__((target("avx2,fma")))

// An empty statement that the compiler believes to change x: it can neither be folded away nor leave its register.
#define TG_KEEP(x) asm volatile("" : "+v"(x))

// A load whose result is not used.
#define TG_LOAD(type, p)                                                           \
  do {                                                                             \
    type loaded;                                                                   \
    asm volatile("vmovaps %1, %0" : "=v"(loaded) : "m"(*reinterpret_cast<const type*>(p))); \
  } while (0)

// Named sums, as an array would live in memory. kChains of them: enough for two units of four cycles each.
#define TG_ONE(fmadd, s) \
  s = fmadd(s, x, y);    \
  TG_KEEP(s);
#define TG_FIVE(fmadd, a, b, c, d, e) TG_ONE(fmadd, a) TG_ONE(fmadd, b) TG_ONE(fmadd, c) TG_ONE(fmadd, d) TG_ONE(fmadd, e)
#define TG_FMA_BODY(type, set1, fmadd)                                                            \
  type x = set1(1.0001f), y = set1(0.5f);                                                         \
  type s0 = y, s1 = y, s2 = y, s3 = y, s4 = y, s5 = y, s6 = y, s7 = y, s8 = y, s9 = y;            \
  TG_KEEP(x);                                                                                     \
  TG_KEEP(y);                                                                                     \
  for (int turn = 0; turn < kFmaTurns; ++turn) {                                                  \
    TG_FIVE(fmadd, s0, s1, s2, s3, s4) TG_FIVE(fmadd, s5, s6, s7, s8, s9)                         \
  }

#define TG_READ_BODY(type)                                                         \
  for (const char* end = p + bytes; p < end; p += kStride) {                       \
    if (prefetch) {                                                                \
      _Pragma("GCC unroll 16") for (std::size_t i = 0; i < kStride; i += 64) _mm_prefetch(p + kAhead + i, _MM_HINT_T0); \
    }                                                                              \
    _Pragma("GCC unroll 32") for (std::size_t i = 0; i < kStride; i += sizeof(type)) TG_LOAD(type, p + i); \
  }

TG_AVX512 void fma_avx512() { TG_FMA_BODY(__m512, _mm512_set1_ps, _mm512_fmadd_ps) }
TG_AVX2 void fma_avx2() { TG_FMA_BODY(__m256, _mm256_set1_ps, _mm256_fmadd_ps) }

template <bool prefetch>
TG_AVX512 void read_avx512(const char* p, std::size_t bytes) { TG_READ_BODY(__m512) }
template <bool prefetch>
TG_AVX2 void read_avx2(const char* p, std::size_t bytes) { TG_READ_BODY(__m256) }

struct Isa {
  const char* name;
  int lanes;
  void (*fma)();
  void (*read)(const char*, std::size_t);
  void (*read_ahead)(const char*, std::size_t);
};

Isa best_isa() {
  if (__builtin_cpu_supports("avx512f")) return {"avx512", 16, fma_avx512, read_avx512<false>, read_avx512<true>};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {"avx2", 8, fma_avx2, read_avx2<false>, read_avx2<true>};
  std::fprintf(stderr, "floor: this processor has neither AVX-512 nor AVX2 with FMA; nothing can be measured\n");
  std::exit(1);
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// The seconds of one call: the best of the batches of calls that fit into the time.
template <class F>
double best_seconds(F&& call, double seconds) {
  call();
  double start = now();
  call();
  const int calls = std::max(1, static_cast<int>(1e-3 / std::max(now() - start, 1e-9)));
  double best = 1e9;
  const double end = now() + seconds;
  do {
    start = now();
    for (int i = 0; i < calls; ++i) call();
    best = std::min(best, (now() - start) / calls);
  } while (now() < end);
  return best;
}

// Memory on huge pages where the system gives them: the floor is the caches', not that of address translation.
char* allocate(std::size_t bytes) {
  void* memory = std::aligned_alloc(kHugePage, bytes);
  if (memory == nullptr) {
    std::fprintf(stderr, "floor: %zu bytes of memory are needed and were not given\n", bytes);
    std::exit(1);
  }
  madvise(memory, bytes, MADV_HUGEPAGE);
  std::memset(memory, 1, bytes);
  return static_cast<char*>(memory);
}

}  // namespace

int main() {
  const Isa isa = best_isa();
  std::printf("isa,%s\n", isa.name);
  const double flops = 2.0 * kFmaTurns * kChains * isa.lanes;
  std::printf("fma_peak,%.2f\n", flops / best_seconds(isa.fma, 0.4) * 1e-9);
  char* memory = allocate(kLargest + kHugePage);  // what is asked for ahead of the end is there, too
  for (std::size_t power = std::size_t{16} << 10; power <= kLargest; power *= 2) {
    for (std::size_t bytes : {power, power + power / 2}) {
      if (bytes > kLargest) break;
      const double plain = best_seconds([&] { isa.read(memory, bytes); }, 0.08);
      const double ahead = best_seconds([&] { isa.read_ahead(memory, bytes); }, 0.08);
      std::printf("read,%zu,%.2f\n", bytes, static_cast<double>(bytes) / std::min(plain, ahead) * 1e-9);
      std::fflush(stdout);
    }
  }
  std::free(memory);
  return 0;
}
