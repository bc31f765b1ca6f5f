// The row kernels of kernels.def, over Vec. Elementwise ones may work in place: an output may be the same array as an input, but
// must not overlap it otherwise.

// How a loop body reads and writes at one position: whole vectors, or the last n elements.
struct Whole {
  Vec load(const real* p) const { return TG_ISA::load(p); }
  void store(real* p, Vec a) const { TG_ISA::store(p, a); }
};
struct Tail {
  int n;
  Vec load(const real* p) const { return TG_ISA::load(p, n); }
  void store(real* p, Vec a) const { TG_ISA::store(p, a, n); }
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

void tanh_forward(real* y, const real* x, index n) {
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, tanh(part.load(x + i))); });
}

void tanh_backward(real* dx, const real* dy, const real* y, index n) {
  const Vec one = set(1);
  for_each_vector(n, [=](index i, auto part) {
    const Vec v = part.load(y + i);
    part.store(dx + i, fma(part.load(dy + i), one - v * v, part.load(dx + i)));
  });
}

void sigmoid_forward(real* y, const real* x, index n) {
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, sigmoid(part.load(x + i))); });
}

void sigmoid_backward(real* dx, const real* dy, const real* y, index n) {
  const Vec one = set(1);
  for_each_vector(n, [=](index i, auto part) {
    const Vec v = part.load(y + i);
    part.store(dx + i, fma(part.load(dy + i), v * (one - v), part.load(dx + i)));
  });
}

void relu_forward(real* y, const real* x, index n) {
  const Vec zero = set(0);
  for_each_vector(n, [=](index i, auto part) { part.store(y + i, max(zero, part.load(x + i))); });
}

void relu_backward(real* dx, const real* dy, const real* y, index n) {
  const Vec zero = set(0);
  for_each_vector(n, [=](index i, auto part) {
    part.store(dx + i, part.load(dx + i) + where_greater(part.load(y + i), zero, part.load(dy + i), zero));
  });
}
