// Vector maths over Vec: exp, sigmoid, tanh. A NaN comes out as a NaN; infinities give the limits. The float forms use only the Vec
// contract, so that all instruction sets agree to a few units in the last place; the double build takes the compiler's own functions.
// Errors are the largest seen in a sweep over the floats, on any instruction set; tests/math_test.cc asserts them.
//
// Coefficients: minimax fits of the relative error (Lawson's weighted least squares on Chebyshev points, solved in double, rounded
// to float). The fit's own error is 3e-9 (exp) and 4.4e-9 (tanh), below a float's rounding.

#ifdef TG_DOUBLE

inline Vec exp(Vec x) { return {__builtin_exp(x.v)}; }
inline Vec sigmoid(Vec x) { return {1 / (1 + __builtin_exp(-x.v))}; }
inline Vec tanh(Vec x) { return {__builtin_tanh(x.v)}; }

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

// 1 / (1 + e^-x). Relative error below 1.6e-7 (2.5 ULP) for x >= -87; below that the result is under 1.7e-38, down to 0.
inline Vec sigmoid(Vec x) { return set(1.0f) / (set(1.0f) + exp_from_least(set(0.0f) - x)); }

// Below 0.625 x (1 + x^2 P(x^2)), above it (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x. Relative error below 1.8e-7 (3 ULP);
// |tanh| never passes 1.
inline Vec tanh(Vec x) {
  const Vec size = abs(x), s = x * x, e = exp_from_least(set(-2.0f) * size), one = set(1.0f);
  Vec p = fma(set(-5.7049864e-3f), s, set(2.0639086e-2f));
  p = fma(p, s, set(-5.3739715e-2f));
  p = fma(p, s, set(1.3331442e-1f));
  p = fma(p, s, set(-3.3333281e-1f));
  const Vec near = x * fma(s, p, one), far = (one - e) / (one + e);
  return where_greater(set(0.625f), size, near, where_greater(x, set(0.0f), far, set(0.0f) - far));
}

#endif
