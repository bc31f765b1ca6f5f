// The Vec contract's operations for weights of low precision, by their scalar form. Panels hold such weights in words of 32 bits, one
// for each lane: two bfloat16 or four signed bytes, of as many consecutive inputs, the first in the lowest bits.

struct Words {
  std::uint32_t v;
};
struct Ints {
  std::int32_t v;
};

inline Words load_words(const void* p) {
  std::uint32_t word;
  __builtin_memcpy(&word, p, sizeof(word));
  return {word};
}
inline Words set_words(const void* p) { return load_words(p); }  // the word at p in all lanes

// The word's bits as a float.
inline Vec as_float(Words w) {
  float x;
  __builtin_memcpy(&x, &w.v, sizeof(x));
  return {x};
}
// The bfloat16 in the low half.
inline Vec low_half(Words w) { return as_float({w.v << 16}); }

// Inputs as bytes: whole numbers + kByteZero, which is what the instruction set's dot product asks for: 0 where it takes signed bytes,
// 128 where it takes unsigned ones, whose sums therefore start from -128 x the sum of the weights.
constexpr int kByteZero = 0;

// One byte of each of the first n lanes: the nearest whole number, halves to even; |a| at most 127.
inline void store_bytes(std::uint8_t* p, Vec a, int = 1) {
  *p = static_cast<std::uint8_t>(static_cast<std::int32_t>(nearest(a).v) + kByteZero);
}

inline Ints load_ints(const void* p) { return {static_cast<std::int32_t>(load_words(p).v)}; }
inline Vec to_real(Ints a) { return {static_cast<real>(a.v)}; }  // exact below 2^24

// sums + the four products of w's signed bytes, none of which is -128, with x's bytes: exact, so the order does not matter.
inline Ints add_byte_products(Words w, Words x, Ints sums) {
  for (int shift = 0; shift < 32; shift += 8) {
    sums.v += static_cast<std::int8_t>(w.v >> shift) * static_cast<std::int8_t>(x.v >> shift);
  }
  return sums;
}
