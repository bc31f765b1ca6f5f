// AVX-512 with dot products of bytes (VNNI) and of bfloat16 (BF16).
#define TG_ISA avx512_bf16
#define TG_ISA_TEXT "avx512_bf16"
#define TG_BFLOAT16_DOT

#include <immintrin.h>

#include "isa/kernels.h"

namespace tidegate {
namespace TG_ISA {
namespace {

#include "isa/vec_avx512-inl.h"
#include "isa/vnni_avx512-inl.h"

// Sixteen numbers, or the first n, rounded to the nearest bfloat16, halves to even.
inline void store_bfloat16(std::uint16_t* p, Vec a, int n = Vec::lanes) {
  _mm256_mask_storeu_epi16(p, first(n), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(a.v)));
}

// The instruction itself, for the reason in vnni_avx512-inl.h.
inline Vec add_bfloat16_products(Words w, Words x, Vec sums) {
  __m512 more = sums.v;
  __asm__("vdpbf16ps %2, %1, %0" : "+v"(more) : "v"(x.v), "v"(w.v));
  return {more};
}

}  // namespace
}  // namespace TG_ISA
}  // namespace tidegate

#include "isa/stamp-inl.h"
