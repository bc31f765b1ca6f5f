// The row kernels of kernels.def, over Vec. Elementwise ones may work in place: an output may be the same array as an input, but
// must not overlap it otherwise.

// How a loop body reads and writes at one position: whole vectors, or the last n elements.
struct Whole {
  Vec load(const real* p) const { return TG_ISA::load(p); }
  void store(real* p, Vec a) const { TG_ISA::store(p, a); }
  Vec keep(Vec a) const { return a; }
};
struct Tail {
  int n;
  Vec load(const real* p) const { return TG_ISA::load(p, n); }
  void store(real* p, Vec a) const { TG_ISA::store(p, a, n); }
  // The first n lanes, 0 elsewhere: for sums.
  Vec keep(Vec a) const {
    real lanes[Vec::lanes];
    TG_ISA::store(lanes, a, n);
    return TG_ISA::load(lanes, n);
  }
};

// body(i, part) for the positions i = 0, lanes, 2 lanes, ... below n, where part is Whole{} or, for what is left, Tail{}.
template <class Body>
inline void for_each_vector(index n, const Body& body) {
  index i = 0;
  for (; i + Vec::lanes <= n; i += Vec::lanes) body(i, Whole{});
  if constexpr (Vec::lanes > 1) {
    if (i < n) body(i, Tail{static_cast<int>(n - i)});
  }
}

void add(real* y, const real* x, index n) {
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, part.load(y + i) + part.load(x + i)); });
}

void scale(real* y, real factor, index n) {
  const Vec f = set(factor);
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, part.load(y + i) * f); });
}

void clamp(real* y, real limit, index n) {
  const Vec low = set(-limit), high = set(limit);
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, min(high, max(low, part.load(y + i)))); });
}

void multiply(real* y, const real* a, const real* b, index n) {
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, part.load(a + i) * part.load(b + i)); });
}

void multiply_add(real* y, const real* a, const real* b, index n) {
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, fma(part.load(a + i), part.load(b + i), part.load(y + i))); });
}

// Rows in groups of kGroup: a group's sum stays in registers and starts from 0, so that the rounding error grows with
// kGroup + rows / kGroup, not with rows.
void add_columns(real* y, const real* x, index rows, index cols, index ld) {
  constexpr index kGroup = 64, kWide = 8;
  constexpr index lanes = Vec::lanes;
  for (index first = 0; first < rows; first += kGroup) {
    const index count = rows - first < kGroup ? rows - first : kGroup;
    const real* group = x + first * ld;
    index c = 0;
    for (; c + kWide * lanes <= cols; c += kWide * lanes) {
      Vec total[kWide];
      for (index j = 0; j < kWide; ++j) total[j] = set(0);
      for (index r = 0; r < count; ++r) {
        for (index j = 0; j < kWide; ++j) total[j] = total[j] + load(group + r * ld + c + j * lanes);
      }
      for (index j = 0; j < kWide; ++j) store(y + c + j * lanes, load(y + c + j * lanes) + total[j]);
    }
    for_each_vector(cols - c, [=](index i, auto part) {
      Vec total = set(0);
      for (index r = 0; r < count; ++r) total = total + part.load(group + r * ld + c + i);
      part.store(y + c + i, part.load(y + c + i) + total);
    });
  }
}

void add_scaled(real* y, real factor, const real* x, index n) {
  const Vec f = set(factor);
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, fma(f, part.load(x + i), part.load(y + i))); });
}

void add_difference(real* y, real factor, const real* a, const real* b, index n) {
  const Vec f = set(factor);
  for_each_vector(n, [=](index i, auto part) {
    part.store(y + i, fma(f, part.load(a + i) - part.load(b + i), part.load(y + i)));
  });
}

void squared_distance(real* result, const real* a, const real* b, index n) {
  Vec total = set(0);
  for_each_vector(n, [&](index i, auto part) {
    const Vec d = part.load(a + i) - part.load(b + i);
    total = fma(d, d, total);
  });
  *result = sum(total);
}

void weighted_sum(real* result, const real* x, real shift, const real* weight, index n) {
  const Vec s = set(shift);
  Vec total = set(0);
  for_each_vector(n, [&](index i, auto part) { total = fma(part.load(weight + i), part.keep(part.load(x + i) - s), total); });
  *result = sum(total);
}

// Four sums side by side: a single one would wait for each of its additions.
void dot(real* result, const real* a, const real* b, index n) {
  constexpr index kSums = 4, lanes = Vec::lanes;
  Vec total[kSums] = {set(0), set(0), set(0), set(0)};
  index i = 0;
  for (; i + kSums * lanes <= n; i += kSums * lanes) {
    for (index j = 0; j < kSums; ++j) total[j] = fma(load(a + i + j * lanes), load(b + i + j * lanes), total[j]);
  }
  Vec rest = (total[0] + total[1]) + (total[2] + total[3]);
  for_each_vector(n - i, [&](index at, auto part) { rest = fma(part.load(a + i + at), part.load(b + i + at), rest); });
  *result = sum(rest);
}

void tanh_dot(real* result, const real* a, const real* b, const real* weight, index n) {
  Vec total = set(0);
  for_each_vector(n, [&](index i, auto part) { total = fma(part.load(weight + i), tanh(part.load(a + i) + part.load(b + i)), total); });
  *result = sum(total);
}

void tanh_dot_backward(real* da, real* db, real* dweight, real d, const real* a, const real* b, const real* weight, index n) {
  const Vec one = set(1), factor = set(d);
  for_each_vector(n, [=](index i, auto part) {
    const Vec y = tanh(part.load(a + i) + part.load(b + i)), dz = factor * part.load(weight + i) * (one - y * y);
    part.store(da + i, part.load(da + i) + dz);
    part.store(db + i, part.load(db + i) + dz);
    part.store(dweight + i, fma(factor, y, part.load(dweight + i)));
  });
}

inline real greatest_of(const real* x, index n) {
  Vec top = set(x[0]);
  index whole = 0;
  for (; whole + Vec::lanes <= n; whole += Vec::lanes) top = max(load(x + whole), top);
  for (; whole < n; ++whole) top = max(set(x[whole]), top);
  return greatest(top);
}

void exp_sum(real* result, const real* x, index n) {
  const real shift = greatest_of(x, n);
  const Vec s = set(shift);
  Vec total = set(0);
  for_each_vector(n, [&](index i, auto part) { total = total + part.keep(exp(part.load(x + i) - s)); });
  result[0] = shift;
  result[1] = sum(total);
}

void softmax(real* y, index n) {
  const Vec s = set(greatest_of(y, n));
  Vec total = set(0);
  for_each_vector(n, [&](index i, auto part) {
    const Vec e = exp(part.load(y + i) - s);
    part.store(y + i, e);
    total = total + part.keep(e);
  });
  scale(y, 1 / sum(total), n);
}

void softmax_backward(real* dx, const real* dy, const real* y, index n) {
  Vec total = set(0);
  for_each_vector(n, [&](index i, auto part) { total = fma(part.load(dy + i), part.load(y + i), total); });
  const Vec along = set(sum(total));
  for_each_vector(n, [=](index i, auto part) { part.store(dx + i, fma(part.load(y + i), part.load(dy + i) - along, part.load(dx + i))); });
}

void log_softmax_backward(real* dx, const real* dy, const real* y, index n) {
  Vec total = set(0);
  for_each_vector(n, [&](index i, auto part) { total = total + part.load(dy + i); });
  const Vec all = set(sum(total));
  for_each_vector(n, [=](index i, auto part) {
    part.store(dx + i, part.load(dx + i) + (part.load(dy + i) - exp(part.load(y + i)) * all));
  });
}

void add_exp(real* y, real factor, const real* x, real shift, index n) {
  const Vec f = set(factor), s = set(shift);
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, fma(f, exp(part.load(x + i) - s), part.load(y + i))); });
}

void shift_scale(real* y, const real* x, real shift, real factor, index n) {
  const Vec s = set(shift), f = set(factor);
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, (part.load(x + i) - s) * f); });
}

struct RowMoments {
  real mean, scale;  // scale = 1 / sqrt(variance + eps)
};

inline RowMoments row_moments(const real* x, real eps, index n) {
  Vec total = set(0), squares = set(0);
  for_each_vector(n, [&](index i, auto part) { total = total + part.load(x + i); });
  const real mean = sum(total) / static_cast<real>(n);
  const Vec m = set(mean);
  for_each_vector(n, [&](index i, auto part) {
    const Vec d = part.keep(part.load(x + i) - m);
    squares = fma(d, d, squares);
  });
  const real variance = sum(squares) / static_cast<real>(n);
  return {mean, static_cast<real>(1 / __builtin_sqrt(variance + eps))};
}

void normalize(real* y, real* moments, const real* x, real eps, index n) {
  const RowMoments found = row_moments(x, eps, n);
  moments[0] = found.mean;
  moments[1] = found.scale;
  shift_scale(y, x, found.mean, found.scale, n);
}

void normalize_backward(real* dx, const real* dy, const real* y, real factor, index n) {
  Vec total = set(0), along = set(0);
  for_each_vector(n, [&](index i, auto part) {
    const Vec d = part.load(dy + i);
    total = total + d;
    along = fma(d, part.load(y + i), along);
  });
  const Vec mean = set(sum(total) / static_cast<real>(n)), slope = set(sum(along) / static_cast<real>(n)), f = set(factor);
  for_each_vector(n, [=](index i, auto part) {
    const Vec d = part.load(dy + i) - mean - part.load(y + i) * slope;
    part.store(dx + i, fma(f, d, part.load(dx + i)));
  });
}

// max gives its second argument if either is a NaN, so one of the two halves keeps the NaN.
void keep_greatest(real* y, real* from, const real* x, real position, index n) {
  const Vec p = set(position), half = set(static_cast<real>(0.5));
  for_each_vector(n, [=](index i, auto part) {
    const Vec old = part.load(y + i), fresh = part.load(x + i);
    part.store(from + i, where_greater(fresh, old, p, part.load(from + i)));
    part.store(y + i, fma(half, max(fresh, old), half * max(old, fresh)));
  });
}

// ---- Losses -----------------------------------------------------------------------------------------------------------------------

// *result = sum over i < n of term(i, part). What a tail's absent lanes give is left out.
template <class Term>
inline void sum_each(real* result, index n, const Term& term) {
  Vec total = set(0);
  for_each_vector(n, [&](index i, auto part) { total = total + part.keep(term(i, part)); });
  *result = sum(total);
}

// y += factor * slope(i, part)
template <class Slope>
inline void add_each(real* y, real factor, index n, const Slope& slope) {
  const Vec f = set(factor);
  for_each_vector(n, [&](index i, auto part) { part.store(y + i, fma(f, slope(i, part), part.load(y + i))); });
}

void absolute_distance(real* result, const real* a, const real* b, index n) {
  sum_each(result, n, [=](index i, auto part) { return abs(part.load(a + i) - part.load(b + i)); });
}

// What is neither above nor below 0 is 0 or a NaN, and stays.
void add_sign(real* y, real factor, const real* a, const real* b, index n) {
  const Vec zero = set(0), one = set(1), minus = set(-1);
  add_each(y, factor, n, [=](index i, auto part) {
    const Vec d = part.load(a + i) - part.load(b + i);
    return where_greater(d, zero, one, where_greater(zero, d, minus, d));
  });
}

void huber(real* result, const real* a, const real* b, real delta, index n) {
  const Vec limit = set(delta), half = set(static_cast<real>(0.5));
  sum_each(result, n, [=](index i, auto part) {
    const Vec d = abs(part.load(a + i) - part.load(b + i)), c = min(limit, d);
    return c * (d - half * c);
  });
}

void add_huber(real* y, real factor, const real* a, const real* b, real delta, index n) {
  const Vec low = set(-delta), high = set(delta);
  add_each(y, factor, n, [=](index i, auto part) { return min(high, max(low, part.load(a + i) - part.load(b + i))); });
}

void pinball(real* result, const real* x, const real* t, real level, index n) {
  const Vec above = set(level), below = set(level - 1);
  sum_each(result, n, [=](index i, auto part) {
    const Vec d = part.load(t + i) - part.load(x + i);
    return max(above * d, below * d);
  });
}

void add_pinball(real* dx, real factor, const real* x, const real* t, real level, index n) {
  const Vec zero = set(0), too_small = set(-level), too_large = set(1 - level);
  add_each(dx, factor, n, [=](index i, auto part) {
    const Vec d = part.load(x + i) - part.load(t + i);
    return where_greater(d, zero, too_large, where_greater(zero, d, too_small, d));
  });
}

// max(x, 0) - x t + (w - 1) t max(-x, 0) + (1 + (w - 1) t) log(1 + e^-|x|): no two large numbers cancel.
void logistic(real* result, const real* x, const real* t, const real* w, index n) {
  const Vec zero = set(0), one = set(1);
  sum_each(result, n, [=](index i, auto part) {
    const Vec v = part.load(x + i), target = part.load(t + i), more = (part.load(w + i) - one) * target, size = abs(v);
    const Vec linear = fma(more, max(zero, zero - v), max(zero, v) - v * target);
    return fma(one + more, log1p_of_exp(zero - size), linear);
  });
}

void add_logistic(real* dx, real factor, const real* x, const real* t, const real* w, index n) {
  const Vec one = set(1);
  add_each(dx, factor, n, [=](index i, auto part) {
    const Vec target = part.load(t + i), weighted = part.load(w + i) * target;
    return fma(one + (weighted - target), sigmoid(part.load(x + i)), set(0) - weighted);
  });
}

void add_logistic_target(real* dt, real factor, const real* x, const real* w, index n) {
  const Vec zero = set(0), one = set(1);
  add_each(dt, factor, n, [=](index i, auto part) {
    const Vec minus = zero - part.load(x + i);
    return fma(part.load(w + i) - one, softplus(minus), minus);
  });
}

void gaussian(real* result, const real* x, const real* t, const real* v, real eps, index n) {
  const Vec least = set(eps), half = set(static_cast<real>(0.5));
  sum_each(result, n, [=](index i, auto part) {
    const Vec d = part.load(x + i) - part.load(t + i), u = max(least, part.load(v + i));
    return half * (log(u) + d * d / u);
  });
}

void add_gaussian(real* dx, real factor, const real* x, const real* t, const real* v, real eps, index n) {
  const Vec least = set(eps);
  add_each(dx, factor, n, [=](index i, auto part) {
    return (part.load(x + i) - part.load(t + i)) / max(least, part.load(v + i));
  });
}

void add_gaussian_variance(real* dv, real factor, const real* x, const real* t, const real* v, real eps, index n) {
  const Vec least = set(eps), half = set(static_cast<real>(0.5)), one = set(1);
  add_each(dv, factor, n, [=](index i, auto part) {
    const Vec d = part.load(x + i) - part.load(t + i), u = max(least, part.load(v + i));
    return half * (one - d * d / u) / u;
  });
}

void poisson(real* result, const real* x, const real* t, index n) {
  sum_each(result, n, [=](index i, auto part) {
    const Vec v = part.load(x + i);
    return exp(v) - part.load(t + i) * v;
  });
}

void add_poisson(real* dx, real factor, const real* x, const real* t, index n) {
  add_each(dx, factor, n, [=](index i, auto part) { return exp(part.load(x + i)) - part.load(t + i); });
}

void poisson_rate(real* result, const real* x, const real* t, real eps, index n) {
  const Vec shift = set(eps);
  sum_each(result, n, [=](index i, auto part) {
    const Vec v = part.load(x + i);
    return v - part.load(t + i) * log(v + shift);
  });
}

void add_poisson_rate(real* dx, real factor, const real* x, const real* t, real eps, index n) {
  const Vec shift = set(eps), one = set(1);
  add_each(dx, factor, n, [=](index i, auto part) { return one - part.load(t + i) / (part.load(x + i) + shift); });
}

void add_log(real* y, real factor, const real* x, real shift, index n) {
  const Vec s = set(shift);
  add_each(y, factor, n, [=](index i, auto part) { return log(part.load(x + i) + s); });
}

void stirling(real* result, const real* t, index n) {
  const Vec one = set(1), half = set(static_cast<real>(0.5)), constant = set(static_cast<real>(0.918938533204672742));  // log(2 pi) / 2
  sum_each(result, n, [=](index i, auto part) {
    const Vec v = part.load(t + i);
    return where_greater(v, one, fma(v + half, log(max(one, v)), constant - v), set(0));
  });
}

void add_stirling(real* dt, real factor, const real* t, index n) {
  const Vec one = set(1), half = set(static_cast<real>(0.5));
  add_each(dt, factor, n, [=](index i, auto part) {
    const Vec v = part.load(t + i), inside = max(one, v);
    return where_greater(v, one, log(inside) + half / inside, set(0));
  });
}
