// The minimal cells of Feng et al., "Were RNNs All We Needed?" (arXiv 2410.01201), in the version without logarithms. No gate sees h:
// there is no recurrent weight, and one bias.
// min_gru, gates z n:    z = sigmoid(W_z x + b_z), n = W_n x + b_n, h = (1-z) h' + z n
// min_lstm, gates i f g: i, f = sigmoid(W x + b), g = W_g x + b_g, h = (f h' + i g) / (f + i)
// where h' is h before the step.

struct MinGru {
  enum { z, n };

  template <class U>
  static void forward(U u) {
    const auto update = sigmoid(u.tape(z));
    u.keep(z, update);
    u.next(0, fma(update, u.tape(n) - u.prev(0), u.prev(0)));
  }

  template <class U>
  static void backward(U u) {
    const auto one = set(1);
    const auto dh = u.d(0), update = u.tape(z);
    u.dtape(z, dh * (u.tape(n) - u.prev(0)) * update * (one - update));
    u.dtape(n, dh * update);
    u.dprev(0, dh * (one - update));
  }
};

struct MinLstm {
  enum { i, f, g };

  template <class U>
  static void forward(U u) {
    const auto in = sigmoid(u.tape(i)), forget = sigmoid(u.tape(f));
    u.keep(i, in);
    u.keep(f, forget);
    u.next(0, fma(forget, u.prev(0), in * u.tape(g)) / (in + forget));
  }

  template <class U>
  static void backward(U u) {
    const auto one = set(1);
    const auto dh = u.d(0), h = u.now(0), in = u.tape(i), forget = u.tape(f);
    const auto in_part = in / (in + forget), forget_part = forget / (in + forget);
    u.dtape(i, dh * (u.tape(g) - h) * in_part * (one - in));
    u.dtape(f, dh * (u.prev(0) - h) * forget_part * (one - forget));
    u.dtape(g, dh * in_part);
    u.dprev(0, dh * forget_part);
  }
};

template <class M>
constexpr Cell minimal(const char* name, int gates, int forget_gate) {
  Cell cell;
  cell.name = name;
  cell.gates = gates;
  cell.forget_gate = forget_gate;
  cell.add_fields(kInputWeight, kInputBias);
  cell.add_stage(Product{}, cell_forward<M>, cell_backward<M>);
  return cell;
}

constexpr Cell minimal_cells[] = {minimal<MinGru>("min_gru", 2, -1), minimal<MinLstm>("min_lstm", 3, MinLstm::f)};
