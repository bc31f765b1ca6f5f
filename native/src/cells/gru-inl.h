// GRU, gates in PyTorch's order r z n, h = (1-z) n + z h.
// gru: reset after the product (cuDNN, PyTorch, Keras' default):  n = tanh(W_n x + b_n + r (U_n h + b'_n)); slot q = U_n h + b'_n.
// gru_reset_before: Cho et al. 2014, ONNX's default:              n = tanh(W_n x + b_n + U_n (r h) + b'_n); slot rh = r h.
// clip=C clips the inputs of the activations (ONNX), activation=f has f for the candidate's tanh, activations=F,G any two functions for the
// sigmoid of r and z and the tanh of n.

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
    const auto one = set(1);
    const auto dh = u.d(0), reset = u.tape(r), update = u.tape(z), candidate = u.tape(n);
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
    const auto one = set(1);
    const auto dh = u.d(0), update = u.tape(z), candidate = u.tape(n);
    u.dtape(n, dh * (one - update) * (one - candidate * candidate));
    u.dtape(z, dh * (u.prev(0) - candidate) * update * (one - update));
    u.dprev(0, dh * update);
  }
};

// The same cells with settings; S: what they make of the activations.
enum { kGruClip, kGruActivation, kGruActivations };

struct GruClipped {
  const Clipped<Sigmoid> gate;
  const AnyActivation candidate;
  explicit GruClipped(const CellRows& rows)
      : gate(rows.cell->value[kGruClip]), candidate(rows.cell->value[kGruActivation], rows.cell->value[kGruClip]) {}
};
struct GruListed {
  const Listed gate, candidate;
  explicit GruListed(const CellRows& rows)
      : gate(rows.cell->function[0], rows.cell->value[kGruClip]), candidate(rows.cell->function[1], rows.cell->value[kGruClip]) {}
};

template <class S>
class GruResetAfterWithSettings : S {
  enum { r, z, n, q };

 public:
  using S::S;

  template <class U>
  void forward(U u) const {
    const auto reset_input = u.tape(r), update_input = u.tape(z), reset = S::gate.of(reset_input), update = S::gate.of(update_input);
    const auto candidate_input = fma(reset, u.tape(q), u.tape(n)), candidate = S::candidate.of(candidate_input);
    u.keep(r, S::gate.kept(reset_input, reset));
    u.keep(z, S::gate.kept(update_input, update));
    u.keep(n, S::candidate.kept(candidate_input, candidate));
    u.next(0, fma(update, u.prev(0) - candidate, candidate));
  }

  template <class U>
  void backward(U u) const {
    const auto dh = u.d(0), kept_r = u.tape(r), kept_z = u.tape(z), kept_n = u.tape(n);
    const auto reset = S::gate.value(kept_r), update = S::gate.value(kept_z), candidate = S::candidate.value(kept_n);
    const auto dn = S::candidate.backward(dh * (set(1) - update), kept_n);
    u.dtape(r, S::gate.backward(dn * u.tape(q), kept_r));
    u.dtape(z, S::gate.backward(dh * (u.prev(0) - candidate), kept_z));
    u.dtape(n, dn);
    u.dtape(q, dn * reset);
    u.dprev(0, dh * update);
  }
};

template <class S>
class GruResetGatesWithSettings : S {
  enum { r, z, n, rh };

 public:
  using S::S;

  template <class U>
  void forward(U u) const {
    const auto reset_input = u.tape(r), update_input = u.tape(z), reset = S::gate.of(reset_input);
    u.keep(r, S::gate.kept(reset_input, reset));
    u.keep(z, S::gate.kept(update_input, S::gate.of(update_input)));
    u.keep(rh, reset * u.prev(0));
  }

  template <class U>
  void backward(U u) const {
    const auto kept_r = u.tape(r), drh = u.dtape(rh);
    u.dtape(r, S::gate.backward(drh * u.prev(0), kept_r));
    u.dprev(0, fma(drh, S::gate.value(kept_r), u.d(0)));
  }
};

template <class S>
class GruCandidateWithSettings : S {
  enum { r, z, n, rh };

 public:
  using S::S;

  template <class U>
  void forward(U u) const {
    const auto candidate_input = u.tape(n), candidate = S::candidate.of(candidate_input);
    u.keep(n, S::candidate.kept(candidate_input, candidate));
    u.next(0, fma(S::gate.value(u.tape(z)), u.prev(0) - candidate, candidate));
  }

  template <class U>
  void backward(U u) const {
    const auto dh = u.d(0), kept_z = u.tape(z), kept_n = u.tape(n);
    const auto update = S::gate.value(kept_z), candidate = S::candidate.value(kept_n);
    u.dtape(n, S::candidate.backward(dh * (set(1) - update), kept_n));
    u.dtape(z, S::gate.backward(dh * (u.prev(0) - candidate), kept_z));
    u.dprev(0, dh * update);
  }
};

inline const char* configure_gru(Cell& cell) {
  const bool listed = cell.value[kGruActivations] != 0, other = cell.value[kGruActivation] != 0, before = cell.stages > 1;
  if (listed && other) return "activation and activations both say what the candidate's function is; give activations alone";
  if (listed && before) {
    use_small_settings<GruResetGatesWithSettings<GruListed>>(cell.stage[0]);
    use_small_settings<GruCandidateWithSettings<GruListed>>(cell.stage[1]);
  } else if (listed) {
    use_small_settings<GruResetAfterWithSettings<GruListed>>(cell.stage[0]);
  } else if (!other && cell.value[kGruClip] == 0) {
    return nullptr;
  } else if (before) {
    use_settings<GruResetGatesWithSettings<GruClipped>>(cell.stage[0]);
    use_settings<GruCandidateWithSettings<GruClipped>>(cell.stage[1]);
  } else {
    use_settings<GruResetAfterWithSettings<GruClipped>>(cell.stage[0]);
  }
  return nullptr;
}

constexpr Cell gru_of(const char* name) {
  Cell cell;
  cell.name = name;
  cell.gates = 3;
  cell.slots = 1;
  cell.add_fields(kInputWeight, kRecurrentWeight, kInputBias, kRecurrentBias);
  cell.add_settings(clip_setting(), word_setting("activation", "tanh", "relu", "sigmoid"),
                    activations_setting("sigmoid,tanh", "scaled_tanh:0.9:0.7,softsign"));
  cell.configure = configure_gru;
  return cell;
}

constexpr Cell gru() {
  using G = GruResetAfter;
  Cell cell = gru_of("gru");
  cell.add_stage(hh_product(kHidden, G::r, G::r, G::z, G::q), cell_forward<G>, cell_backward<G>);
  return cell;
}

constexpr Cell gru_reset_before() {
  using G = GruResetGates;
  Cell cell = gru_of("gru_reset_before");
  cell.add_stage(hh_product(kHidden, G::r, G::r, G::z), cell_forward<G>, cell_backward<G>);
  cell.add_stage(hh_product(G::rh, G::n, G::n), cell_forward<GruCandidate>, cell_backward<GruCandidate>);
  return cell;
}

constexpr Cell gru_cells[] = {gru(), gru_reset_before()};
