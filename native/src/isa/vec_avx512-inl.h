// What all AVX-512 stamps (F, BW, DQ, VL) have in common: sixteen floats.

struct Vec {
  static constexpr int lanes = 16;
  static constexpr int registers = 32;
  __m512 v;
};
struct Words {
  __m512i v;
};
struct Ints {
  __m512i v;
};

// The forms with a mask, because g++ 12 warns that the others read an uninitialised vector (GCC bug 105593); the mask costs nothing.
constexpr __mmask16 kAll = 0xffff;
inline __mmask16 first(int n) { return static_cast<__mmask16>((1u << n) - 1); }

inline Vec set(float x) { return {_mm512_set1_ps(x)}; }
inline Vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
inline Vec in_register(Vec a) {
  asm("" : "+v"(a.v));
  return a;
}
inline Vec load(const float* p, int n) { return {_mm512_maskz_loadu_ps(first(n), p)}; }
inline void store(float* p, Vec a) { _mm512_storeu_ps(p, a.v); }
inline void store(float* p, Vec a, int n) { _mm512_mask_storeu_ps(p, first(n), a.v); }

// Pairs of rows, pairs of pairs, then quarters.
inline void transpose(Vec (&rows)[Vec::lanes]) {
  __m512 pairs[16], fours[16], eights[16];
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_maskz_unpacklo_ps(kAll, rows[i].v, rows[i + 1].v);
    pairs[i + 1] = _mm512_maskz_unpackhi_ps(kAll, rows[i].v, rows[i + 1].v);
  }
  for (int i = 0; i < 16; i += 4) {
    for (int j = 0; j < 2; ++j) {
      fours[i + 2 * j] = _mm512_maskz_shuffle_ps(kAll, pairs[i + j], pairs[i + j + 2], 0x44);
      fours[i + 2 * j + 1] = _mm512_maskz_shuffle_ps(kAll, pairs[i + j], pairs[i + j + 2], 0xee);
    }
  }
  for (int i = 0; i < 16; i += 8) {  // a vector holds one column of four rows in each quarter
    for (int j = 0; j < 4; ++j) {
      eights[i + j] = _mm512_maskz_shuffle_f32x4(kAll, fours[i + j], fours[i + j + 4], 0x88);
      eights[i + j + 4] = _mm512_maskz_shuffle_f32x4(kAll, fours[i + j], fours[i + j + 4], 0xdd);
    }
  }
  for (int j = 0; j < 8; ++j) {
    rows[j].v = _mm512_maskz_shuffle_f32x4(kAll, eights[j], eights[j + 8], 0x88);
    rows[j + 8].v = _mm512_maskz_shuffle_f32x4(kAll, eights[j], eights[j + 8], 0xdd);
  }
}

inline Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
// fma(a, b, sums) into the register of the sums: where all are in use the compiler would let the product take a factor's, and spill.
inline Vec add_product(Vec a, Vec b, Vec sums) {
  __m512 more = sums.v;
  asm("vfmadd231ps %2, %1, %0" : "+v"(more) : "v"(b.v), "v"(a.v));
  return {more};
}
inline Vec max(Vec a, Vec b) { return {_mm512_maskz_max_ps(kAll, a.v, b.v)}; }
inline Vec min(Vec a, Vec b) { return {_mm512_maskz_min_ps(kAll, a.v, b.v)}; }
inline Vec abs(Vec a) { return {_mm512_abs_ps(a.v)}; }
inline Vec copy_sign(Vec a, Vec sign) {  // bit by bit: sign where the mask is set, else a
  return {_mm512_castsi512_ps(_mm512_ternarylogic_epi32(_mm512_set1_epi32(static_cast<int>(0x80000000u)), _mm512_castps_si512(sign.v),
                                                        _mm512_castps_si512(a.v), 0xca))};
}
// 14 bits and one step of Newton's. Division is slower here: its unit takes one vector in sixteen cycles.
inline Vec reciprocal(Vec a) {
  const __m512 y = _mm512_maskz_rcp14_ps(kAll, a.v);
  return {_mm512_mul_ps(y, _mm512_fnmadd_ps(a.v, y, _mm512_set1_ps(2.0f)))};
}
inline Vec sqrt(Vec a) { return {_mm512_maskz_sqrt_ps(kAll, a.v)}; }
inline Vec where_greater(Vec a, Vec b, Vec yes, Vec no) {
  return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ), no.v, yes.v)};
}
inline Vec nearest(Vec a) { return {_mm512_maskz_roundscale_ps(kAll, a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
inline Vec scale_by_power_of_two(Vec a, Vec n) { return {_mm512_maskz_scalef_ps(kAll, a.v, n.v)}; }
// By bits, as avx2: getexp and getmant treat zeros and denormals otherwise.
inline Vec exponent(Vec a) {
  const __m512i bits = _mm512_and_si512(_mm512_maskz_srli_epi32(kAll, _mm512_castps_si512(a.v), 23), _mm512_set1_epi32(255));
  return {_mm512_maskz_cvtepi32_ps(kAll, _mm512_sub_epi32(bits, _mm512_set1_epi32(127)))};
}
inline Vec fraction(Vec a) {
  return {_mm512_or_ps(_mm512_and_ps(a.v, _mm512_castsi512_ps(_mm512_set1_epi32(0x007fffff))), _mm512_set1_ps(1.0f))};
}

inline float sum(Vec a) {
  const __m256 h = _mm256_add_ps(_mm512_maskz_extractf32x8_ps(0xff, a.v, 0), _mm512_maskz_extractf32x8_ps(0xff, a.v, 1));
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
}
inline float greatest(Vec a) {
  const __m256 h = _mm256_max_ps(_mm512_maskz_extractf32x8_ps(0xff, a.v, 0), _mm512_maskz_extractf32x8_ps(0xff, a.v, 1));
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_shuffle_ps(s, s, 1)));
}

// The empty statement fixes when words are read. The compiler would read some twice, and keep others in registers that are not there.
inline Words load_words(const void* p) {
  __m512i words = _mm512_loadu_si512(p);
  __asm__ volatile("" : "+v"(words));
  return {words};
}
inline Words set_words(const void* p) {
  std::int32_t word;
  __builtin_memcpy(&word, p, sizeof(word));
  return {_mm512_set1_epi32(word)};
}
inline Vec as_float(Words w) { return {_mm512_castsi512_ps(w.v)}; }
inline Vec low_half(Words w) { return {_mm512_castsi512_ps(_mm512_maskz_slli_epi32(kAll, w.v, 16))}; }
inline Ints load_ints(const void* p) { return {_mm512_loadu_si512(p)}; }
inline Vec to_real(Ints a) { return {_mm512_maskz_cvtepi32_ps(kAll, a.v)}; }

inline void store_bytes(std::uint8_t* p, Vec a, __mmask16 which, int zero) {
  const __m512i numbers = _mm512_maskz_cvtps_epi32(kAll, a.v);
  _mm512_mask_cvtepi32_storeu_epi8(p, which, _mm512_add_epi32(numbers, _mm512_set1_epi32(zero)));
}
