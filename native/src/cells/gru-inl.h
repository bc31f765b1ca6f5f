// GRU, gates in PyTorch's order r z n, h = (1-z) n + z h.
// gru: reset after the product (cuDNN, PyTorch, Keras' default):  n = tanh(W_n x + b_n + r (U_n h + b'_n)); slot q = U_n h + b'_n.
// gru_reset_before: Cho et al. 2014, ONNX's default:              n = tanh(W_n x + b_n + U_n (r h) + b'_n); slot rh = r h.
// clip=C clips the inputs of the activations (ONNX), activation=f has f for the candidate's tanh.

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

// The same cells with settings.
enum { kGruClip, kGruActivation };

class GruSettings {
 public:
  explicit GruSettings(const CellRows& rows)
      : gate_(rows.cell->value[kGruClip]), candidate_(rows.cell->value[kGruActivation], rows.cell->value[kGruClip]) {}

 protected:
  const Clipped<Sigmoid> gate_;
  const AnyActivation candidate_;
};

class GruResetAfterWithSettings : GruSettings {
  enum { r, z, n, q };

 public:
  using GruSettings::GruSettings;

  template <class U>
  void forward(U u) const {
    const auto reset = gate_.of(u.tape(r)), update = gate_.of(u.tape(z)), candidate = candidate_.of(fma(reset, u.tape(q), u.tape(n)));
    u.keep(r, reset);
    u.keep(z, update);
    u.keep(n, candidate);
    u.next(0, fma(update, u.prev(0) - candidate, candidate));
  }

  template <class U>
  void backward(U u) const {
    const auto dh = u.d(0), reset = u.tape(r), update = u.tape(z), candidate = u.tape(n);
    const auto dn = candidate_.backward(dh * (set(1) - update), candidate);
    u.dtape(r, gate_.backward(dn * u.tape(q), reset));
    u.dtape(z, gate_.backward(dh * (u.prev(0) - candidate), update));
    u.dtape(n, dn);
    u.dtape(q, dn * reset);
    u.dprev(0, dh * update);
  }
};

class GruResetGatesWithSettings : GruSettings {
  enum { r, z, n, rh };

 public:
  using GruSettings::GruSettings;

  template <class U>
  void forward(U u) const {
    const auto reset = gate_.of(u.tape(r));
    u.keep(r, reset);
    u.keep(z, gate_.of(u.tape(z)));
    u.keep(rh, reset * u.prev(0));
  }

  template <class U>
  void backward(U u) const {
    const auto reset = u.tape(r), drh = u.dtape(rh);
    u.dtape(r, gate_.backward(drh * u.prev(0), reset));
    u.dprev(0, fma(drh, reset, u.d(0)));
  }
};

class GruCandidateWithSettings : GruSettings {
  enum { r, z, n, rh };

 public:
  using GruSettings::GruSettings;

  template <class U>
  void forward(U u) const {
    const auto candidate = candidate_.of(u.tape(n));
    u.keep(n, candidate);
    u.next(0, fma(u.tape(z), u.prev(0) - candidate, candidate));
  }

  template <class U>
  void backward(U u) const {
    const auto dh = u.d(0), update = u.tape(z), candidate = u.tape(n);
    u.dtape(n, candidate_.backward(dh * (set(1) - update), candidate));
    u.dtape(z, gate_.backward(dh * (u.prev(0) - candidate), update));
    u.dprev(0, dh * update);
  }
};

inline bool has_settings(const Cell& gru) { return gru.value[kGruClip] != 0 || gru.value[kGruActivation] != 0; }

template <class G>
void use_settings(Stage& stage) {
  stage.forward = cell_forward_with_settings<G>;
  stage.backward = cell_backward_with_settings<G>;
}

inline const char* configure_gru(Cell& cell) {
  if (has_settings(cell)) use_settings<GruResetAfterWithSettings>(cell.stage[0]);
  return nullptr;
}

inline const char* configure_gru_reset_before(Cell& cell) {
  if (!has_settings(cell)) return nullptr;
  use_settings<GruResetGatesWithSettings>(cell.stage[0]);
  use_settings<GruCandidateWithSettings>(cell.stage[1]);
  return nullptr;
}

constexpr Cell gru_of(const char* name, const char* (*configure)(Cell&)) {
  Cell cell;
  cell.name = name;
  cell.gates = 3;
  cell.slots = 1;
  cell.add_fields(kInputWeight, kRecurrentWeight, kInputBias, kRecurrentBias);
  cell.add_settings(clip_setting(), word_setting("activation", "tanh", "relu", "sigmoid"));
  cell.configure = configure;
  return cell;
}

constexpr Cell gru() {
  using G = GruResetAfter;
  Cell cell = gru_of("gru", configure_gru);
  cell.add_stage(hh_product(kHidden, G::r, G::r, G::z, G::q), cell_forward<G>, cell_backward<G>);
  return cell;
}

constexpr Cell gru_reset_before() {
  using G = GruResetGates;
  Cell cell = gru_of("gru_reset_before", configure_gru_reset_before);
  cell.add_stage(hh_product(kHidden, G::r, G::r, G::z), cell_forward<G>, cell_backward<G>);
  cell.add_stage(hh_product(G::rh, G::n, G::n), cell_forward<GruCandidate>, cell_backward<GruCandidate>);
  return cell;
}

constexpr Cell gru_cells[] = {gru(), gru_reset_before()};
