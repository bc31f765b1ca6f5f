// AVX2 with FMA.
#define TG_ISA avx2
#define TG_ISA_TEXT "avx2"

#include <immintrin.h>

#include "isa/kernels.h"

namespace tidegate {
namespace TG_ISA {
namespace {

#include "isa/vec_avx2-inl.h"

constexpr int kByteZero = 0;
inline void store_bytes(std::uint8_t* p, Vec a, int n = Vec::lanes) {
  const std::uint64_t bytes = to_bytes(a, kByteZero);
  __builtin_memcpy(p, &bytes, static_cast<std::size_t>(n));
}

// vpmaddubsw multiplies unsigned with signed bytes and saturates the sum of two products at 16 bits. |x| times w with x's sign stays
// within 2 * 127 * 127.
inline Ints add_byte_products(Words w, Words x, Ints sums) {
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(x.v), _mm256_sign_epi8(w.v, x.v));
  return {_mm256_add_epi32(sums.v, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))};
}

}  // namespace
}  // namespace TG_ISA
}  // namespace tidegate

#include "isa/stamp-inl.h"
