// LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000), gates in PyTorch's order
// i f g o:
//   i, f, o = sigmoid(W x + b + U h + b'), g = tanh(...), c = f c + i g, h = o tanh c
// lstm_projected (Sak, Senior and Beaufays 2014): m = o tanh c is a slot of the tape, h = W_hr m.
// The tape keeps the activated gates; tanh c is computed again in backward.

template <bool kProjected>
struct Lstm {
  enum { i, f, g, o, m };

  template <class U>
  static void forward(U u) {
    const auto in = sigmoid(u.tape(i)), forget = sigmoid(u.tape(f)), candidate = tanh(u.tape(g)), out = sigmoid(u.tape(o));
    const auto c = fma(forget, u.prev(1), in * candidate);
    u.keep(i, in);
    u.keep(f, forget);
    u.keep(g, candidate);
    u.keep(o, out);
    u.next(1, c);
    if (kProjected) {
      u.keep(m, out * tanh(c));
    } else {
      u.next(0, out * tanh(c));
    }
  }

  template <class U>
  static void backward(U u) {
    const auto one = set(1);
    const auto in = u.tape(i), forget = u.tape(f), candidate = u.tape(g), out = u.tape(o), tanh_c = tanh(u.now(1));
    const auto dm = kProjected ? u.dtape(m) : u.d(0);
    const auto dc = fma(dm * out, one - tanh_c * tanh_c, u.d(1));
    u.dtape(i, dc * candidate * in * (one - in));
    u.dtape(f, dc * u.prev(1) * forget * (one - forget));
    u.dtape(g, dc * in * (one - candidate * candidate));
    u.dtape(o, dm * tanh_c * out * (one - out));
    u.dprev(1, dc * forget);
    if (!kProjected) u.dprev(0, set(0));
  }
};

constexpr Cell lstm_cells[] = {
    {"lstm", 4, 0, 2, false, 1, 1, {{{Weight::hh, 0, 4, kHidden, {0, 1, 2, 3}}, cell_forward<Lstm<false>>, cell_backward<Lstm<false>>}}},
    {"lstm_projected", 4, 1, 2, true, 1, 2,
     {{{Weight::hh, 0, 4, kHidden, {0, 1, 2, 3}}, cell_forward<Lstm<true>>, cell_backward<Lstm<true>>},
      {{Weight::hr, 0, 1, 4, {kHidden}}, nullptr, nullptr}}},
};
