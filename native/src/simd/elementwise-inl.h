// The kernels of elementwise.def: of a function f(x, settings) name_forward and name_backward, of an operation f(a, b) name_forward and
// the gradients name_left and name_right. One operand of an operation may be a single number, which then stands for all elements; its
// gradient is the sum over them. The stamp includes the lines behind this.

// Of maximum and minimum: a NaN of either operand stays.
inline Vec max_or_nan(Vec a, Vec b) { return where_greater(abs(a), set(-1), max(a, b), a); }
inline Vec min_or_nan(Vec a, Vec b) { return where_greater(abs(a), set(-1), min(a, b), a); }

// gelu_tanh's argument is x gelu_slope(x^2, 1), and its derivative gelu_slope(x^2, 3).
inline Vec gelu_slope(Vec square, Vec power) {
  return set(static_cast<real>(1.59576912160573071176)) * fma(set(static_cast<real>(0.044715)) * power, square, set(1));
}
inline Vec gelu_tanh_slope(Vec x, Vec s) { return s + x * gelu_slope(x * x, set(3)) * (s * (set(1) - s)); }

// body(i, part, a, b) as for_each_vector, with the operands at i.
template <class Body>
inline void for_each_pair(const real* left, const real* right, Single single, index n, const Body& body) {
  if (single == Single::left) {
    const Vec a = set(*left);
    for_each_vector(n, [&](index i, auto part) { body(i, part, a, part.load(right + i)); });
  } else if (single == Single::right) {
    const Vec b = set(*right);
    for_each_vector(n, [&](index i, auto part) { body(i, part, part.load(left + i), b); });
  } else {
    for_each_vector(n, [&](index i, auto part) { body(i, part, part.load(left + i), part.load(right + i)); });
  }
}

// Adds body(i, part, a, b) to d[i], or the sum of all to *d where d belongs to the operand that is a single number.
template <class Body>
inline void add_gradient(real* d, Single own, const real* left, const real* right, Single single, index n, const Body& body) {
  if (own != single) {
    for_each_pair(left, right, single, n,
                  [=](index i, auto part, Vec a, Vec b) { part.store(d + i, part.load(d + i) + body(i, part, a, b)); });
    return;
  }
  Vec total = set(0);
  for_each_pair(left, right, single, n, [&](index i, auto part, Vec a, Vec b) { total = total + part.keep(body(i, part, a, b)); });
  *d += sum(total);
}

#define TG_CONSTANTS [[maybe_unused]] const Vec zero = set(0), one = set(1), half = set(static_cast<real>(0.5))

#define TG_FUNCTION(op, name, tolerance, settings, example, value, gradient)                                            \
  void name##_forward(real* out, const real* in, real first, real second, index n) {                                    \
    TG_CONSTANTS;                                                                                                       \
    [[maybe_unused]] const Vec a = set(first), b = set(second);                                                         \
    for_each_vector(n, [=](index i, auto part) {                                                                        \
      const Vec x = part.load(in + i);                                                                                  \
      part.store(out + i, value);                                                                                       \
    });                                                                                                                 \
  }                                                                                                                     \
  void name##_backward(real* d, const real* dout, const real* in, const real* out, real first, real second, index n) {  \
    TG_CONSTANTS;                                                                                                       \
    [[maybe_unused]] const Vec a = set(first), b = set(second);                                                         \
    for_each_vector(n, [=](index i, auto part) {                                                                        \
      [[maybe_unused]] const Vec x = part.load(in + i), y = part.load(out + i);                                         \
      const Vec dx = part.load(d + i), dy = part.load(dout + i);                                                        \
      part.store(d + i, gradient);                                                                                      \
    });                                                                                                                 \
  }

#define TG_OPERATION(name, tolerance, neutral, example, value, to_left, to_right)                                       \
  void name##_forward(real* out, const real* left, const real* right, Single single, index n) {                         \
    for_each_pair(left, right, single, n, [=](index i, auto part, Vec a, Vec b) { part.store(out + i, value); });       \
  }                                                                                                                     \
  void name##_left(real* d, const real* dout, const real* left, const real* right, const real* out, Single single,      \
                   index n) {                                                                                           \
    TG_CONSTANTS;                                                                                                       \
    add_gradient(d, Single::left, left, right, single, n,                                                               \
                 [=]([[maybe_unused]] index i, auto part, [[maybe_unused]] Vec a, [[maybe_unused]] Vec b) -> Vec {      \
                   [[maybe_unused]] const Vec dy = part.load(dout + i), y = part.load(out + i);                         \
                   return to_left;                                                                                      \
                 });                                                                                                    \
  }                                                                                                                     \
  void name##_right(real* d, const real* dout, const real* left, const real* right, const real* out, Single single,     \
                    index n) {                                                                                          \
    TG_CONSTANTS;                                                                                                       \
    add_gradient(d, Single::right, left, right, single, n,                                                              \
                 [=]([[maybe_unused]] index i, auto part, [[maybe_unused]] Vec a, [[maybe_unused]] Vec b) -> Vec {      \
                   [[maybe_unused]] const Vec dy = part.load(dout + i), y = part.load(out + i);                         \
                   return to_right;                                                                                     \
                 });                                                                                                    \
  }
