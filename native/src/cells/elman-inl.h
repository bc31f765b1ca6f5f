// The vanilla RNN (Elman, "Finding structure in time", 1990): h = f(W_ih x + b_ih + W_hh h + b_hh), f = tanh, relu or sigmoid.
// One gate. The tape keeps h, from which each f' is computed.

struct TanhRnn {
  template <class U>
  static void forward(U u) {
    const Vec h = tanh(u.tape(0));
    u.keep(0, h);
    u.next(0, h);
  }
  template <class U>
  static void backward(U u) {
    const Vec h = u.tape(0);
    u.dtape(0, u.d(0) * (set(1) - h * h));
    u.dprev(0, set(0));
  }
};

struct ReluRnn {
  template <class U>
  static void forward(U u) {
    const Vec h = max(set(0), u.tape(0));
    u.keep(0, h);
    u.next(0, h);
  }
  template <class U>
  static void backward(U u) {
    u.dtape(0, where_greater(u.tape(0), set(0), u.d(0), set(0)));
    u.dprev(0, set(0));
  }
};

struct SigmoidRnn {
  template <class U>
  static void forward(U u) {
    const Vec h = sigmoid(u.tape(0));
    u.keep(0, h);
    u.next(0, h);
  }
  template <class U>
  static void backward(U u) {
    const Vec h = u.tape(0);
    u.dtape(0, u.d(0) * h * (set(1) - h));
    u.dprev(0, set(0));
  }
};

template <class Rnn>
constexpr Cell elman(const char* name) {
  return {name, 1, 0, 1, false, -1, 1, {{1, {{Weight::hh, 0, 1, kHidden, 0}}, cell_forward<Rnn>, cell_backward<Rnn>}}};
}

constexpr Cell elman_cells[] = {elman<TanhRnn>("rnn"), elman<ReluRnn>("rnn_relu"), elman<SigmoidRnn>("rnn_sigmoid")};
