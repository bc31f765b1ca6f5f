// Vector maths over Vec: exp, log_of and log1p_of_exp, and over Vec or Wide: sigmoid, tanh. A NaN comes out as a NaN; infinities give
// the limits. The float forms use only the Vec contract, so that all instruction sets agree to a few units in the last place; the double
// build takes the compiler's own functions.
// Errors are the largest seen in a sweep over the floats, on any instruction set; tests/math_test.cc asserts them.
//
// Coefficients: minimax fits of the relative error (Lawson's weighted least squares on Chebyshev points, solved in double, rounded
// to float). The fit's own error is 3e-9 (exp), 2.3e-8 (Q) and 4.5e-9 (P), below a float's rounding.

#ifdef TG_DOUBLE

inline Vec exp(Vec x) { return {__builtin_exp(x.v)}; }
inline Vec sigmoid(Vec x) { return {1 / (1 + __builtin_exp(-x.v))}; }
inline Vec tanh(Vec x) { return {__builtin_tanh(x.v)}; }
inline Wide sigmoid(Wide x) { return {sigmoid(x.a), sigmoid(x.b)}; }
inline Wide tanh(Wide x) { return {tanh(x.a), tanh(x.b)}; }
inline Vec log_of(Vec x) { return {__builtin_log(x.v)}; }
inline Vec log1p_of_exp(Vec x) { return {__builtin_log1p(__builtin_exp(x.v))}; }

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
TG_INLINE Decay<V> decay(V y) {
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
TG_INLINE V sigmoid(V x) {
  const Decay<V> e = decay(min(V(set(87.0f)), max(V(set(-87.0f)), x)));
  return reciprocal(set(1.0f) + scale_by_power_of_two(set(1.0f) + e.t, e.m));
}

// (1 - e) / (1 + e) with the sign of x, e = e^-2|x|. Near 0 by e - 1 = 2^m t + (2^m - 1), which loses nothing there because m is 0; where
// tanh saturates as 1 - 2 e / (1 + e), which is right to its last bit: backward multiplies by 1 - tanh^2.
// Relative error below 2.1e-7 (3.5 ULP), 1.0e-7 (1 ULP) above |x| = 2; |tanh| never passes 1.
template <class V>
TG_INLINE V tanh(V x) {
  const V size = abs(x), bound = set(0.5f);
  const Decay<V> e = decay(min(V(set(40.0f)), size + size));
  const V power = scale_by_power_of_two(V(set(1.0f)), e.m), less_one = fma(power, e.t, power - set(1.0f));
  const V part = where_greater(size, bound, fma(less_one, set(-2.0f), set(-2.0f)), less_one) / (less_one + set(2.0f));
  return copy_sign(part + where_greater(size, bound, set(1.0f), set(0.0f)), x);
}

// log(1 + f) for f in sqrt(1/2) - 1 ... 1. With s = f / (2 + f) and z = s^2, log(1 + f) = 2 atanh(s) = f - s (f - 2 z P(z)); the fit's
// own error is 4.5e-9. That f itself leads the sum keeps small results exact.
inline Vec log1p_of_small(Vec f) {
  const Vec s = f / (set(2.0f) + f), z = s * s;
  Vec p = fma(set(0.140059933f), z, set(0.140009031f));
  p = fma(p, z, set(0.200107634f));
  p = fma(p, z, set(0.333332092f));
  p = p * z;
  return fma(s, p + p - f, f);
}

// log x; -infinity below 2^-126 (denormal numbers count as 0), a NaN for x < 0. x = m 2^n with m in sqrt(1/2) ... sqrt(2).
// Relative error below 8.5e-8 (1.5 ULP).
inline Vec log_of(Vec x) {
  const Vec least = set(1.17549435e-38f), most = set(3.40282347e38f), inside = min(most, max(least, x));
  const Vec exponent = exponent_of(inside);
  const Vec m = scale_by_power_of_two(inside, set(1.0f) - exponent);  // in 2 ... 4: -exponent may be less than the least power
  const Vec above = where_greater(m, set(2.82842712f), set(1.0f), set(0.0f)), n = exponent + above;
  const Vec f = fma(m, set(0.5f) - set(0.25f) * above, set(-1.0f));
  const Vec y = fma(n, set(0.693359375f), fma(n, set(-2.12194440e-4f), log1p_of_small(f)));
  const Vec below = where_greater(set(0.0f), x, set(__builtin_nanf("")), set(-__builtin_inff()));
  return where_greater(x, most, x, where_greater(least, x, below, y));
}

// log(1 + e^x) for x <= 0: what is left of softplus(y) = max(y, 0) + log(1 + e^-|y|). Relative error below 1.5e-7 (2.5 ULP) for
// x >= -86.98; below that it is 0.
inline Vec log1p_of_exp(Vec x) { return log1p_of_small(exp(x)); }

#endif
