// AVX-512 (F, BW, DQ, VL) without dot products.
#define TG_ISA avx512
#define TG_ISA_TEXT "avx512"

#include <immintrin.h>

#include "isa/kernels.h"

namespace tidegate {
namespace TG_ISA {
namespace {

#include "isa/vec_avx512-inl.h"

constexpr int kByteZero = 0;
inline void store_bytes(std::uint8_t* p, Vec a, int n = Vec::lanes) { store_bytes(p, a, first(n), kByteZero); }

// vpmaddubsw multiplies unsigned with signed bytes and saturates the sum of two products at 16 bits. |x| times w with x's sign stays
// within 2 * 127 * 127.
inline Ints add_byte_products(Words w, Words x, Ints sums) {
  const __m512i signed_w = _mm512_mask_sub_epi8(w.v, _mm512_movepi8_mask(x.v), _mm512_setzero_si512(), w.v);
  const __m512i pairs = _mm512_maddubs_epi16(_mm512_maskz_abs_epi8(~__mmask64{0}, x.v), signed_w);
  return {_mm512_add_epi32(sums.v, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))};
}

}  // namespace
}  // namespace TG_ISA
}  // namespace tidegate

#include "isa/stamp-inl.h"
