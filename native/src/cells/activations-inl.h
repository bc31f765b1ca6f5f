// Activations, as they are and with a clipped input. of(x) is f(x); backward(d, y) is d * f' where f gave y.

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

 private:
  const int number_;
  const Clipped<Tanh> tanh_;
  const Clipped<Relu> relu_;
  const Clipped<Sigmoid> sigmoid_;
};

// The setting of the cells whose gates' inputs can be clipped; 0: they are not.
constexpr Setting clip_setting() { return number_setting("clip", 0, 1e6, 0, 0.7); }
