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

constexpr Cell lstm() {
  using L = Lstm<false>;
  Cell cell;
  cell.name = "lstm";
  cell.gates = 4;
  cell.states = 2;
  cell.forget_gate = L::f;
  cell.stage[0] = {hh_product(kHidden, L::i, L::i, L::f, L::g, L::o), cell_forward<L>, cell_backward<L>};
  return cell;
}

constexpr Cell lstm_projected() {
  using L = Lstm<true>;
  Cell cell = lstm();
  cell.name = "lstm_projected";
  cell.slots = 1;
  cell.projected = true;
  cell.stages = 2;
  cell.stage[0].forward = cell_forward<L>;
  cell.stage[0].backward = cell_backward<L>;
  cell.stage[1].product = hr_product(L::m);
  return cell;
}

constexpr Cell lstm_cells[] = {lstm(), lstm_projected()};
