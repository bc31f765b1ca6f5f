// Activations. As they are and with a clipped input, of(x) is f(x) and backward(d, y) is d * f' where f gave y.
//
// The kernels with settings take an activation as one of two kinds: Clipped or AnyActivation, of which the tape keeps y, or Listed, any
// function of a list, of which it keeps x. kept(x, y) is what the tape keeps, value(kept) is y, backward(d, kept) is d * f'.

struct Tanh {
  template <class V>
  static V of(V x) { return tanh(x); }
  template <class V>
  static V backward(V d, V y) { return d * (set(1) - y * y); }
};
struct Relu {
  template <class V>
  static V of(V x) { return max(set(0), x); }
  template <class V>
  static V backward(V d, V y) { return where_greater(y, set(0), d, set(0)); }
};
struct Sigmoid {
  template <class V>
  static V of(V x) { return sigmoid(x); }
  template <class V>
  static V backward(V d, V y) { return d * y * (set(1) - y); }
};

// f of x clipped to [-C, C] (ONNX's clip); C = 0: of x. Outside the gradient is 0: where y is what f gives at a bound.
template <class F>
class Clipped {
 public:
  explicit Clipped(double limit)
      : clips_(limit > 0), limit_(set(static_cast<real>(limit))), low_(F::of(set(0) - limit_)), high_(F::of(limit_)) {}

  // Once for all kernels with settings, which are many.
  template <class V>
  __attribute__((noinline)) V of(V x) const { return F::of(clips_ ? V(min(V(limit_), max(V(set(0) - limit_), x))) : x); }
  template <class V>
  V backward(V d, V y) const {
    const V all = F::backward(d, y), none = set(0);
    return clips_ ? V(where_greater(V(high_), y, where_greater(y, V(low_), all, none), none)) : all;
  }
  template <class V>
  static V kept(V, V y) { return y; }
  template <class V>
  static V value(V y) { return y; }

 private:
  const bool clips_;
  const Vec limit_, low_, high_;
};

// The activation of that number: tanh, relu, sigmoid.
class AnyActivation {
 public:
  AnyActivation(double number, double limit) : number_(static_cast<int>(number)), tanh_(limit), relu_(limit), sigmoid_(limit) {}

  template <class V>
  V of(V x) const { return number_ == 0 ? tanh_.of(x) : number_ == 1 ? relu_.of(x) : sigmoid_.of(x); }
  template <class V>
  V backward(V d, V y) const { return number_ == 0 ? tanh_.backward(d, y) : number_ == 1 ? relu_.backward(d, y) : sigmoid_.backward(d, y); }
  template <class V>
  static V kept(V, V y) { return y; }
  template <class V>
  static V value(V y) { return y; }

 private:
  const int number_;
  const Clipped<Tanh> tanh_;
  const Clipped<Relu> relu_;
  const Clipped<Sigmoid> sigmoid_;
};

// A function of the cell's list, of x clipped to [-C, C]; C = 0: of x. A vector goes through the row kernels of simd/elementwise.def, so that
// neither a function nor a cell has code here for the other.
class Listed {
 public:
  explicit Listed(const CellFunction& f, double limit = 0) : f_(f), clips_(limit > 0), limit_(set(static_cast<real>(limit))) {}

  __attribute__((noinline)) Vec of(Vec x) const {
    real in[Vec::lanes], out[Vec::lanes];
    store(in, clipped(x));
    f_.forward(out, in, f_.a, f_.b, Vec::lanes);
    return load(out);
  }
  __attribute__((noinline)) Vec backward(Vec d, Vec x) const {
    real in[Vec::lanes], out[Vec::lanes], dout[Vec::lanes], din[Vec::lanes];
    store(in, clipped(x));
    store(dout, d);
    store(din, set(0));
    f_.forward(out, in, f_.a, f_.b, Vec::lanes);
    f_.backward(din, dout, in, out, f_.a, f_.b, Vec::lanes);
    const Vec all = load(din);
    return clips_ ? where_greater(limit_, abs(x), all, set(0)) : all;
  }
  static Vec kept(Vec x, Vec) { return x; }
  Vec value(Vec x) const { return of(x); }

 private:
  Vec clipped(Vec x) const { return clips_ ? min(limit_, max(set(0) - limit_, x)) : x; }

  const CellFunction& f_;
  const bool clips_;
  const Vec limit_;
};

// The setting that gives a cell other functions, in ONNX's order f, g, h. The standard ones are the cell's own.
constexpr Setting activations_setting(const char* standard, const char* example) {
  return functions_setting("activations", standard, example);
}
// The setting of the cells whose gates' inputs can be clipped; 0: they are not.
constexpr Setting clip_setting() { return number_setting("clip", 0, 1e6, 0, 0.7); }
