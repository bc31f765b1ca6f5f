// The Vec contract, by its scalar form: one lane. It is the reference that every other instruction set is tested against, and the
// documentation of what each operation means. Included by a stamp (isa/x.cc) inside its own unnamed namespace; so are all
// -inl.h files, which therefore include nothing themselves. No operation calls libm, so that the compiler can vectorise the loops.
//
// Tails: load(p, n) and store(p, v, n) touch the first n lanes only, 0 < n <= lanes; lanes not loaded are 0.
// NaN: max and min return their second argument if either is NaN, so clamp(x) = min(hi, max(lo, x)) lets a NaN of x through.
// Zeros of either sign are equal to max and min, which then return their second argument.
// fma(a, b, c) = a * b + c, rounded once or twice as the hardware does.

struct Vec {
  static constexpr int lanes = 1;
  static constexpr int registers = 16;  // vector registers of the processor
  real v;
};

inline Vec set(real x) { return {x}; }
inline Vec load(const real* p) { return {*p}; }
// The same value, which the compiler may not load anew for each use.
inline Vec in_register(Vec a) { return a; }
inline Vec load(const real* p, int) { return {*p}; }
inline void store(real* p, Vec a) { *p = a.v; }
inline void store(real* p, Vec a, int) { *p = a.v; }

// Turns a square of vectors: lane c of vector r becomes lane r of vector c.
inline void transpose(Vec (&)[Vec::lanes]) {}

inline Vec operator+(Vec a, Vec b) { return {a.v + b.v}; }
inline Vec operator-(Vec a, Vec b) { return {a.v - b.v}; }
inline Vec operator*(Vec a, Vec b) { return {a.v * b.v}; }
inline Vec operator/(Vec a, Vec b) { return {a.v / b.v}; }
inline Vec fma(Vec a, Vec b, Vec c) { return {a.v * b.v + c.v}; }
// fma(a, b, sums) in the register of the sums.
inline Vec add_product(Vec a, Vec b, Vec sums) { return fma(a, b, sums); }
inline Vec max(Vec a, Vec b) { return {a.v > b.v ? a.v : b.v}; }
inline Vec min(Vec a, Vec b) { return {a.v < b.v ? a.v : b.v}; }
// a > b ? yes : no, lane by lane; a NaN compares false.
inline Vec where_greater(Vec a, Vec b, Vec yes, Vec no) { return {a.v > b.v ? yes.v : no.v}; }

#ifdef TG_DOUBLE
using Bits = std::uint64_t;
constexpr int kFractionBits = 52, kExponentBias = 1023;
inline Vec abs(Vec a) { return {__builtin_fabs(a.v)}; }
inline Vec sqrt(Vec a) { return {__builtin_sqrt(a.v)}; }
#else
using Bits = std::uint32_t;
constexpr int kFractionBits = 23, kExponentBias = 127;
inline Vec abs(Vec a) { return {__builtin_fabsf(a.v)}; }
inline Vec sqrt(Vec a) { return {__builtin_sqrtf(a.v)}; }
#endif

// |a| with the sign of `sign`.
inline Vec copy_sign(Vec a, Vec sign) { return {(__builtin_signbit(a.v) != 0) == (__builtin_signbit(sign.v) != 0) ? a.v : -a.v}; }
// 1 / a within two units in the last place, for |a| in 2^-126 ... 2^126; above that it may be 0.
inline Vec reciprocal(Vec a) { return {1 / a.v}; }

// The nearest whole number, halves to even; |a| below 2^22 (2^51 in double). Adding 1.5 * 2^23 leaves no bit for a fraction.
inline Vec nearest(Vec a) {
  constexpr real shift = static_cast<real>(Bits{3} << (kFractionBits - 1));
  return {a.v + shift - shift};
}
// a * 2^n for a whole n in -126 ... 127. Adding 2^23 puts n + 127 into the low bits, whence it is shifted to be the exponent.
inline Vec scale_by_power_of_two(Vec a, Vec n) {
  const real number = n.v + static_cast<real>((Bits{1} << kFractionBits) + kExponentBias);
  Bits bits;
  __builtin_memcpy(&bits, &number, sizeof(bits));
  bits <<= kFractionBits;
  real power;
  __builtin_memcpy(&power, &bits, sizeof(power));
  return {a.v * power};
}
// The parts of a finite normal a > 0: a = fraction(a) * 2^exponent(a), the fraction in 1 ... 2, the exponent a whole number. Of any other
// a they are some numbers of these ranges.
inline Vec exponent(Vec a) {
  Bits bits;
  __builtin_memcpy(&bits, &a.v, sizeof(bits));
  return {static_cast<real>(static_cast<std::int32_t>(bits >> kFractionBits & (2 * kExponentBias + 1)) - kExponentBias)};
}
inline Vec fraction(Vec a) {
  Bits bits;
  __builtin_memcpy(&bits, &a.v, sizeof(bits));
  bits = (bits & ((Bits{1} << kFractionBits) - 1)) | (Bits{kExponentBias} << kFractionBits);
  __builtin_memcpy(&a.v, &bits, sizeof(bits));
  return a;
}

// Over all lanes, in a fixed order.
inline real sum(Vec a) { return a.v; }
inline real greatest(Vec a) { return a.v; }
