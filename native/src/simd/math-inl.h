// Vector maths over Vec: exp, and over Vec or Wide: sigmoid, tanh. A NaN comes out as a NaN; infinities give the limits. The float forms
// use only the Vec contract, so that all instruction sets agree to a few units in the last place; the double build takes the compiler's
// own functions.
// Errors are the largest seen in a sweep over the floats, on any instruction set; tests/math_test.cc asserts them.
//
// Coefficients: minimax fits of the relative error (Lawson's weighted least squares on Chebyshev points, solved in double, rounded
// to float). The fit's own error is 3e-9 (exp) and 2.3e-8 (Q), below a float's rounding.

#ifdef TG_DOUBLE

inline Vec exp(Vec x) { return {__builtin_exp(x.v)}; }
inline Vec sigmoid(Vec x) { return {1 / (1 + __builtin_exp(-x.v))}; }
inline Vec tanh(Vec x) { return {__builtin_tanh(x.v)}; }
inline Wide sigmoid(Wide x) { return {sigmoid(x.a), sigmoid(x.b)}; }
inline Wide tanh(Wide x) { return {tanh(x.a), tanh(x.b)}; }

#else

// e^x for x of at least kExpLeast; what lies below gives e^kExpLeast. From 88.73 on it is infinity.
// x = n ln 2 + r with |r| <= ln 2 / 2, e^r by a polynomial. ln 2 stands in two parts (Cody and Waite 1980): the first has 10
// significant bits, so n * first is exact.
constexpr float kExpLeast = -86.98f;  // 2^n stays normal above it: n - 1 >= -126
inline Vec exp_from_least(Vec x) {
  x = min(set(89.0f), max(set(kExpLeast), x));
  const Vec n = nearest(x * set(1.44269504f));
  const Vec r = fma(n, set(2.12194440e-4f), fma(n, set(-0.693359375f), x));
  Vec p = fma(set(1.381454e-3f), r, set(8.368745e-3f));
  p = fma(p, r, set(4.166839e-2f));
  p = fma(p, r, set(1.6666521e-1f));
  p = fma(p, r, set(4.9999994e-1f));
  p = fma(p, r * r, r) + set(1.0f);
  // 2^n in two factors, because n reaches 128.
  p = scale_by_power_of_two(p, n - set(1.0f));
  return p + p;
}

// Relative error below 1.2e-7 (2 ULP) where e^x is at least 1.7e-38; below that, from x < -86.98 down, it is 0.
inline Vec exp(Vec x) { return where_greater(set(kExpLeast), x, set(0.0f), exp_from_least(x)); }

// What sigmoid and tanh need of e^-y for |y| <= 87: e^-y = 2^m (1 + t), m whole and t in -0.3 ... 0.42, without rounding 1 + t.
// With r = y + m ln 2, t = e^-r - 1 = r Q(r).
template <class V>
struct Decay {
  V m, t;
};
template <class V>
inline Decay<V> decay(V y) {
  constexpr float kWhole = 12582912.0f;  // 1.5 * 2^23: a number added to it keeps no fraction
  const V m = fma(y, set(-1.44269504f), set(kWhole)) - set(kWhole);
  const V r = fma(m, set(-2.12194440e-4f), fma(m, set(0.693359375f), y));
  V q = fma(set(1.38888729e-3f), r, set(-8.36910401e-3f));
  q = fma(q, r, set(4.16671373e-2f));
  q = fma(q, r, set(-1.66665062e-1f));
  q = fma(q, r, set(4.9999997e-1f));
  q = fma(q, r, set(-1.0f));
  return {m, q * r};
}

// 1 / (1 + e^-x). Relative error below 1.8e-7 (3 ULP) for x >= -87; below that the result is under 1.7e-38.
template <class V>
inline V sigmoid(V x) {
  const Decay<V> e = decay(min(V(set(87.0f)), max(V(set(-87.0f)), x)));
  return reciprocal(set(1.0f) + scale_by_power_of_two(set(1.0f) + e.t, e.m));
}

// (1 - e) / (1 + e) with the sign of x, e = e^-2|x|. Near 0 by e - 1 = 2^m t + (2^m - 1), which loses nothing there because m is 0; where
// tanh saturates as 1 - 2 e / (1 + e), which is right to its last bit: backward multiplies by 1 - tanh^2.
// Relative error below 2.1e-7 (3.5 ULP), 1.0e-7 (1 ULP) above |x| = 2; |tanh| never passes 1.
template <class V>
inline V tanh(V x) {
  const V size = abs(x), bound = set(0.5f);
  const Decay<V> e = decay(min(V(set(40.0f)), size + size));
  const V power = scale_by_power_of_two(V(set(1.0f)), e.m), less_one = fma(power, e.t, power - set(1.0f));
  const V part = where_greater(size, bound, fma(less_one, set(-2.0f), set(-2.0f)), less_one) / (less_one + set(2.0f));
  return copy_sign(part + where_greater(size, bound, set(1.0f), set(0.0f)), x);
}

#endif
