// Two vectors that go through the same arithmetic side by side, operation by operation. A gate is a long chain of dependent
// operations, and the processor's scheduler sees only some hundred of them ahead; two chains in turn keep it busy.

// What the kernels are made of is inlined whatever else there is: the compiler's own limits look at the whole stamp, so that one more
// kernel would change the others.
#define TG_INLINE inline __attribute__((always_inline))

struct Wide {
  Vec a, b;
  Wide(Vec both) : a(both), b(both) {}  // not explicit: constants mix with values
  Wide(Vec a, Vec b) : a(a), b(b) {}
};

inline Wide operator+(Wide x, Wide y) { return {x.a + y.a, x.b + y.b}; }
inline Wide operator-(Wide x, Wide y) { return {x.a - y.a, x.b - y.b}; }
inline Wide operator*(Wide x, Wide y) { return {x.a * y.a, x.b * y.b}; }
inline Wide operator/(Wide x, Wide y) { return {x.a / y.a, x.b / y.b}; }
inline Wide fma(Wide x, Wide y, Wide z) { return {fma(x.a, y.a, z.a), fma(x.b, y.b, z.b)}; }
inline Wide max(Wide x, Wide y) { return {max(x.a, y.a), max(x.b, y.b)}; }
inline Wide min(Wide x, Wide y) { return {min(x.a, y.a), min(x.b, y.b)}; }
inline Wide abs(Wide x) { return {abs(x.a), abs(x.b)}; }
inline Wide copy_sign(Wide x, Wide sign) { return {copy_sign(x.a, sign.a), copy_sign(x.b, sign.b)}; }
inline Wide reciprocal(Wide x) { return {reciprocal(x.a), reciprocal(x.b)}; }
inline Wide scale_by_power_of_two(Wide x, Wide n) { return {scale_by_power_of_two(x.a, n.a), scale_by_power_of_two(x.b, n.b)}; }
inline Wide where_greater(Wide x, Wide y, Wide yes, Wide no) {
  return {where_greater(x.a, y.a, yes.a, no.a), where_greater(x.b, y.b, yes.b, no.b)};
}
