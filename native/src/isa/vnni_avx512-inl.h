// The dot product of bytes of AVX-512 VNNI: unsigned inputs, signed weights.

constexpr int kByteZero = 128;
inline void store_bytes(std::uint8_t* p, Vec a, int n = Vec::lanes) { store_bytes(p, a, first(n), kByteZero); }

// The instruction itself, because g++ 12 copies the sums before its intrinsic and so runs out of registers.
inline Ints add_byte_products(Words w, Words x, Ints sums) {
  __m512i more = sums.v;
  __asm__("vpdpbusd %2, %1, %0" : "+v"(more) : "v"(x.v), "v"(w.v));
  return {more};
}
