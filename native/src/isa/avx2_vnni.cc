// AVX2 with FMA and dot products of bytes (AVX-VNNI): unsigned inputs, signed weights.
#define TG_ISA avx2_vnni
#define TG_ISA_TEXT "avx2_vnni"

#include <immintrin.h>

#include "isa/kernels.h"

namespace tidegate {
namespace TG_ISA {
namespace {

#include "isa/vec_avx2-inl.h"

constexpr int kByteZero = 128;
inline void store_bytes(std::uint8_t* p, Vec a, int n = Vec::lanes) {
  const std::uint64_t bytes = to_bytes(a, kByteZero);
  __builtin_memcpy(p, &bytes, static_cast<std::size_t>(n));
}

// The instruction itself, for the reason in vnni_avx512-inl.h.
inline Ints add_byte_products(Words w, Words x, Ints sums) {
  __m256i more = sums.v;
  __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(more) : "x"(x.v), "x"(w.v));
  return {more};
}

}  // namespace
}  // namespace TG_ISA
}  // namespace tidegate

#include "isa/stamp-inl.h"
