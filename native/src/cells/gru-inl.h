// GRU, gates in PyTorch's order r z n, h = (1-z) n + z h.
// gru: reset after the product (cuDNN, PyTorch, Keras' default):  n = tanh(W_n x + b_n + r (U_n h + b'_n)); slot q = U_n h + b'_n.
// gru_reset_before: Cho et al. 2014, ONNX's default:              n = tanh(W_n x + b_n + U_n (r h) + b'_n); slot rh = r h.

struct GruResetAfter {
  enum { r, z, n, q };

  template <class U>
  static void forward(U u) {
    const auto reset = sigmoid(u.tape(r)), update = sigmoid(u.tape(z)), candidate = tanh(fma(reset, u.tape(q), u.tape(n)));
    u.keep(r, reset);
    u.keep(z, update);
    u.keep(n, candidate);
    u.next(0, fma(update, u.prev(0) - candidate, candidate));
  }

  template <class U>
  static void backward(U u) {
    const auto one = set(1), dh = u.d(0), reset = u.tape(r), update = u.tape(z), candidate = u.tape(n);
    const auto dn = dh * (one - update) * (one - candidate * candidate);
    u.dtape(r, dn * u.tape(q) * reset * (one - reset));
    u.dtape(z, dh * (u.prev(0) - candidate) * update * (one - update));
    u.dtape(n, dn);
    u.dtape(q, dn * reset);
    u.dprev(0, dh * update);
  }
};

// The first stage of reset-before: the gates, and what the second product multiplies.
struct GruResetGates {
  enum { r, z, n, rh };

  template <class U>
  static void forward(U u) {
    const auto reset = sigmoid(u.tape(r));
    u.keep(r, reset);
    u.keep(z, sigmoid(u.tape(z)));
    u.keep(rh, reset * u.prev(0));
  }

  template <class U>
  static void backward(U u) {
    const auto reset = u.tape(r), drh = u.dtape(rh);
    u.dtape(r, drh * u.prev(0) * reset * (set(1) - reset));
    u.dprev(0, fma(drh, reset, u.d(0)));
  }
};

// The second: the candidate and the new state. Its backward leaves in d(0) what the first stage's backward adds to.
struct GruCandidate {
  enum { r, z, n, rh };

  template <class U>
  static void forward(U u) {
    const auto candidate = tanh(u.tape(n));
    u.keep(n, candidate);
    u.next(0, fma(u.tape(z), u.prev(0) - candidate, candidate));
  }

  template <class U>
  static void backward(U u) {
    const auto one = set(1), dh = u.d(0), update = u.tape(z), candidate = u.tape(n);
    u.dtape(n, dh * (one - update) * (one - candidate * candidate));
    u.dtape(z, dh * (u.prev(0) - candidate) * update * (one - update));
    u.dprev(0, dh * update);
  }
};

constexpr Cell gru() {
  using G = GruResetAfter;
  Cell cell;
  cell.name = "gru";
  cell.gates = 3;
  cell.slots = 1;
  cell.stage[0] = {hh_product(kHidden, G::r, G::r, G::z, G::q), cell_forward<G>, cell_backward<G>};
  return cell;
}

constexpr Cell gru_reset_before() {
  using G = GruResetGates;
  Cell cell;
  cell.name = "gru_reset_before";
  cell.gates = 3;
  cell.slots = 1;
  cell.stages = 2;
  cell.stage[0] = {hh_product(kHidden, G::r, G::r, G::z), cell_forward<G>, cell_backward<G>};
  cell.stage[1] = {hh_product(G::rh, G::n, G::n), cell_forward<GruCandidate>, cell_backward<GruCandidate>};
  return cell;
}

constexpr Cell gru_cells[] = {gru(), gru_reset_before()};
