// Vector maths over Vec: exp, log, erf, pow and what activation functions need; over Vec or Wide: sigmoid, tanh. A NaN comes out as a
// NaN; infinities give the limits. The float forms use only the Vec contract, so that all instruction sets agree to a few units in the
// last place; the double build takes the compiler's own functions.
// Errors are the largest seen in a sweep over the floats, on any instruction set; tests/math_test.cc asserts them.
//
// Coefficients: minimax fits of the relative error (Lawson's weighted least squares on Chebyshev points, solved in double, rounded
// to float). The fit's own error is 3e-9 (exp), 2.3e-8 (Q), 7e-10 (log), 5e-12 and 1.1e-10 (atanh in pow and softplus), 1.2e-9 (erf) and
// 1.9e-8 (erfc), below a float's rounding.

// x == 0 ? yes : no, lane by lane; a NaN is not 0.
inline Vec where_zero(Vec x, Vec yes, Vec no) {
  const Vec size = abs(x);
  return where_greater(size, set(0), no, where_greater(size, set(-1), yes, no));
}

#ifdef TG_DOUBLE

inline Vec exp(Vec x) { return {__builtin_exp(x.v)}; }
inline Vec sigmoid(Vec x) { return {1 / (1 + __builtin_exp(-x.v))}; }
inline Vec tanh(Vec x) { return {__builtin_tanh(x.v)}; }
inline Vec log(Vec x) { return {__builtin_log(x.v)}; }
inline Vec pow(Vec a, Vec b) { return {__builtin_pow(a.v, b.v)}; }
inline Vec erf(Vec x) { return {__builtin_erf(x.v)}; }
inline Vec softplus(Vec x) { return {__builtin_fmax(x.v, 0) + __builtin_log1p(__builtin_exp(-__builtin_fabs(x.v)))}; }
inline Vec exp_less_one(Vec x) { return {__builtin_expm1(x.v)}; }
inline Vec normal_density(Vec x) { return {__builtin_exp(-0.5 * x.v * x.v) * 0.39894228040143267794}; }
inline Vec normal_distribution(Vec x) { return {0.5 * __builtin_erfc(x.v * -0.70710678118654752440)}; }
inline Wide sigmoid(Wide x) { return {sigmoid(x.a), sigmoid(x.b)}; }
inline Wide tanh(Wide x) { return {tanh(x.a), tanh(x.b)}; }
inline Vec log1p_of_exp(Vec x) { return {__builtin_log1p(__builtin_exp(x.v))}; }

#else

// 2^n e^r for a whole n in -125 ... 128 and |r| <= ln 2 / 2.
inline Vec exp_of_parts(Vec n, Vec r) {
  Vec p = fma(set(1.381454e-3f), r, set(8.368745e-3f));
  p = fma(p, r, set(4.166839e-2f));
  p = fma(p, r, set(1.6666521e-1f));
  p = fma(p, r, set(4.9999994e-1f));
  p = fma(p, r * r, r) + set(1.0f);
  // 2^n in two factors, because n reaches 128.
  p = scale_by_power_of_two(p, n - set(1.0f));
  return p + p;
}

// e^x for x of at least kExpLeast; what lies below gives e^kExpLeast. From 88.73 on it is infinity.
// x = n ln 2 + r with |r| <= ln 2 / 2, e^r by a polynomial. ln 2 stands in two parts (Cody and Waite 1980): the first has 10
// significant bits, so n * first is exact.
constexpr float kExpLeast = -86.98f;  // 2^n stays normal above it: n - 1 >= -126
inline Vec exp_from_least(Vec x) {
  x = min(set(89.0f), max(set(kExpLeast), x));
  const Vec n = nearest(x * set(1.44269504f));
  return exp_of_parts(n, fma(n, set(2.12194440e-4f), fma(n, set(-0.693359375f), x)));
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

// x = 2^exponent (1 + f) with 1 + f in sqrt(1/2) ... sqrt(2), for a finite x > 0, denormals too.
struct LogParts {
  Vec exponent, f;
};
inline LogParts log_parts(Vec x) {
  const Vec least = set(1.17549435e-38f), one = set(1.0f), bound = set(1.41421356f);
  const Vec normal = where_greater(least, x, x * set(33554432.0f), x), m = fraction(normal);
  const Vec e = exponent(normal) + where_greater(least, x, set(-25.0f), set(0.0f));
  return {e + where_greater(m, bound, one, set(0.0f)), where_greater(m, bound, m * set(0.5f), m) - one};
}

// log(1 + f) = f - f^2 / 2 + f^3 P(f). Relative error below 1.0e-7 (2 ULP), near 1 too; -infinity at 0, NaN below.
inline Vec log(Vec x) {
  const LogParts parts = log_parts(x);
  const Vec f = parts.f, square = f * f, infinity = set(__builtin_inff());
  Vec p = fma(set(6.74663857e-2f), f, set(-1.16756514e-1f));
  p = fma(p, f, set(1.18881628e-1f));
  p = fma(p, f, set(-1.24055892e-1f));
  p = fma(p, f, set(1.42195523e-1f));
  p = fma(p, f, set(-1.66679963e-1f));
  p = fma(p, f, set(2.00021192e-1f));
  p = fma(p, f, set(-2.50000089e-1f));
  p = fma(p, f, set(3.33333135e-1f));
  p = fma(square, set(-0.5f), fma(parts.exponent, set(-2.12194440e-4f), p * f * square));
  const Vec y = fma(parts.exponent, set(0.693359375f), f + p);
  const Vec outside = where_greater(set(0.0f), x, set(__builtin_nanf("")), x - infinity);  // of 0, what is below, and NaN
  return where_greater(x, set(0.0f), where_greater(x, set(3.40282347e38f), x, y), outside);
}

// 2 atanh(s) - 2 s = s^3 Q(s^2) for |s| <= 1/3; log(1 + t) = 2 atanh(t / (2 + t)).
inline Vec log_one_more(Vec t) {
  const Vec s = t / (set(2.0f) + t), z = s * s;
  Vec q = fma(set(2.42895231e-1f), z, set(2.14307502e-1f));
  q = fma(q, z, set(2.86165953e-1f));
  q = fma(q, z, set(3.99988890e-1f));
  q = fma(q, z, set(6.66666746e-1f));
  return fma(q * z, s, s + s);
}

// log(1 + e^x) for x <= 0.
inline Vec log1p_of_exp(Vec x) { return log_one_more(exp(x)); }

// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). Relative error below 2.4e-7 (4 ULP) for x >= -86.98; below that it is 0.
inline Vec softplus(Vec x) { return max(set(0.0f), x) + log1p_of_exp(set(0.0f) - abs(x)); }

// e^x - 1 for x <= 0, by the same cancellation-free sum as tanh's. Relative error below 1.5e-7 (3 ULP).
inline Vec exp_less_one(Vec x) {
  const Decay<Vec> e = decay(min(set(87.0f), max(set(0.0f), set(0.0f) - x)));
  const Vec power = scale_by_power_of_two(set(1.0f), e.m);
  return fma(power, e.t, power - set(1.0f));
}

// e^(t^2) erfc(t) for t >= 0, as u P(u) with u = 1 / (1 + 0.3 t); the fit is for t <= 9.5, where e^-(t^2) is least.
inline Vec scaled_erfc(Vec t) {
  const Vec u = set(1.0f) / fma(set(0.3f), t, set(1.0f));
  Vec p = fma(set(-1.29434064e-1f), u, set(4.85096395e-1f));
  p = fma(p, u, set(-5.11226296e-1f));
  p = fma(p, u, set(5.46394885e-1f));
  p = fma(p, u, set(-9.36311409e-2f));
  p = fma(p, u, set(2.14436233e-1f));
  p = fma(p, u, set(1.48482442e-1f));
  p = fma(p, u, set(1.70691937e-1f));
  p = fma(p, u, set(1.69189617e-1f));
  return p * u;
}

// x + x P(x^2) up to |x| = 1, beyond by erfc. Odd; |erf| never passes 1. Relative error below 1.2e-7 (2 ULP).
inline Vec erf(Vec x) {
  const Vec t = abs(x), one = set(1.0f), z = t * t;
  Vec p = fma(set(7.85387747e-5f), z, set(-8.01019894e-4f));
  p = fma(p, z, set(5.18832821e-3f));
  p = fma(p, z, set(-2.68538129e-2f));
  p = fma(p, z, set(1.12835854e-1f));
  p = fma(p, z, set(-3.76126260e-1f));
  p = fma(p, z, set(1.28379166e-1f));
  const Vec far = one - exp(set(0.0f) - z) * scaled_erfc(t);
  return copy_sign(where_greater(t, one, far, fma(p, t, t)), x);
}

// The standard normal law's density and distribution, the latter right in its lower tail too. Relative error below 6e-7 for |x| <= 3
// and 4.5e-6 where the result is at least 1.7e-38: the square in the exponent is rounded.
inline Vec normal_density(Vec x) { return exp(x * x * set(-0.5f)) * set(3.98942280e-1f); }
inline Vec normal_distribution(Vec x) {
  const Vec tail = set(0.5f) * exp(x * x * set(-0.5f)) * scaled_erfc(abs(x) * set(7.07106781e-1f));
  return where_greater(x, set(0.0f), set(1.0f) - tail, tail);
}

// A number as the sum of two, high the nearest float; and an exact product (Dekker 1971), which needs no fma that rounds once.
struct Double {
  Vec high, low;
};
inline Double halves(Vec a) {
  const Vec c = a * set(4097.0f), high = c - (c - a);
  return {high, a - high};
}
inline Double exact_product(Vec a, Vec b) {
  const Double x = halves(a), y = halves(b);
  const Vec p = a * b;
  return {p, ((x.high * y.high - p) + x.high * y.low + x.low * y.high) + x.low * y.low};
}

// log(x) of a finite x > 0 to some 30 bits: 2 atanh(s), s = f / (2 + f), with the leading terms in two parts.
inline Double precise_log(Vec x) {
  const LogParts parts = log_parts(x);
  const Vec f = parts.f, two = set(2.0f), d = two + f, d_low = f - (d - two);
  const Vec s = f / d, z = s * s;
  const Double back = exact_product(s, d);
  const Vec s_low = ((f - back.high) - back.low - s * d_low) / d;
  Vec q = fma(set(2.35814631e-1f), z, set(2.85373479e-1f));
  q = fma(q, z, set(4.00003344e-1f));
  q = fma(q, z, set(6.66666627e-1f));
  const Vec whole = parts.exponent * set(0.693359375f), sum = whole + (s + s);  // exact; and |whole| >= |2 s| or 0
  const Vec low = ((s + s) - (sum - whole)) + fma(parts.exponent, set(-2.12194440e-4f), fma(q * z, s, s_low + s_low));
  const Vec high = sum + low;
  return {high, low - (high - sum)};
}

// a^b as IEEE 754 defines it: a^0 = 1^b = 1, also of NaN; NaN for a negative a and a b that is not whole. e^(b log |a|) with the
// exponent in two parts. Relative error below 1.2e-7 + 4e-9 |b log a| where the result is at least 1.7e-38; what is smaller is 0.
inline Vec pow(Vec a, Vec b) {
  const Vec zero = set(0.0f), one = set(1.0f), infinity = set(__builtin_inff()), nan = set(__builtin_nanf(""));
  const Vec base = abs(a), size = abs(b);
  const Double log_base = precise_log(base);
  const Vec bounded = min(set(1.1e12f), max(set(-1.1e12f), b));  // beyond, only 1 has a power that is not 0 or infinite
  const Double product = exact_product(bounded, log_base.high);
  const Vec x = min(set(89.0f), max(set(-89.0f), product.high));
  const Vec low = where_greater(set(88.9f), abs(product.high), fma(bounded, log_base.low, product.low), zero);
  const Vec n = max(set(-125.0f), nearest(x * set(1.44269504f)));
  const Vec e = exp_of_parts(n, fma(n, set(2.12194440e-4f), fma(n, set(-0.693359375f), x)) + low);
  Vec y = where_greater(set(kExpLeast), x, zero, e);
  y = where_greater(base, zero, y, where_greater(b, zero, zero, infinity));
  y = where_greater(base, set(3.40282347e38f), where_greater(b, zero, infinity, zero), y);
  // From 2^23 on every float is whole, from 2^24 on every float is even.
  const Vec whole = set(8388608.0f), part = min(whole, size), half = min(set(16777216.0f), size) * set(0.5f);
  const Vec odd = where_zero((half + whole) - whole - half, zero, one);  // where b is whole
  const Vec not_whole = abs((part + whole) - whole - part);
  const Vec with_sign = where_greater(odd, zero, copy_sign(y, a), y);
  const Vec fractional = where_greater(zero, a, where_greater(base, set(3.40282347e38f), y, nan), y);
  y = where_greater(not_whole, zero, fractional, with_sign);
  y = where_greater(base + size, set(-1.0f), y, nan);
  return where_zero(b, one, where_zero(a - one, one, y));
}

#endif
