// The vanilla RNN (Elman, "Finding structure in time", 1990): h = f(W_ih x + b_ih + W_hh h + b_hh), f = tanh, relu or sigmoid.
// One gate. The tape keeps h, from which each f' is computed.

// of(x) is f; backward(d, y) is d * f' where f gave y.
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

template <class F>
struct Elman {
  template <class U>
  static void forward(U u) {
    const auto h = F::of(u.tape(0));
    u.keep(0, h);
    u.next(0, h);
  }
  template <class U>
  static void backward(U u) {
    u.dtape(0, F::backward(u.d(0), u.tape(0)));
    u.dprev(0, set(0));
  }
};

template <class F>
constexpr Cell elman(const char* name) {
  Cell cell;
  cell.name = name;
  cell.gates = 1;
  cell.stage[0] = {hh_product(kHidden, 0, 0), cell_forward<Elman<F>>, cell_backward<Elman<F>>};
  return cell;
}

constexpr Cell elman_cells[] = {elman<Tanh>("rnn"), elman<Relu>("rnn_relu"), elman<Sigmoid>("rnn_sigmoid")};
