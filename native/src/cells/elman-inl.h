// The vanilla RNN (Elman, "Finding structure in time", 1990): h = f(W_ih x + b_ih + W_hh h + b_hh), f = tanh, relu or sigmoid.
// One gate. The tape keeps h, from which each f' is computed. clip=C clips the input of f (ONNX). rnn's activations=F has any other f.

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

enum { kElmanClip, kElmanActivations };

template <class F>
struct ElmanClipped {
  const Clipped<F> f;
  explicit ElmanClipped(const CellRows& rows) : f(rows.cell->value[kElmanClip]) {}
};
struct ElmanListed {
  const Listed f;
  explicit ElmanListed(const CellRows& rows) : f(rows.cell->function[0], rows.cell->value[kElmanClip]) {}
};

// The cell with settings; S: what they make of f.
template <class S>
class ElmanWithSettings : S {
 public:
  using S::S;

  template <class U>
  void forward(U u) const {
    const auto x = u.tape(0), h = S::f.of(x);
    u.keep(0, S::f.kept(x, h));
    u.next(0, h);
  }
  template <class U>
  void backward(U u) const {
    u.dtape(0, S::f.backward(u.d(0), u.tape(0)));
    u.dprev(0, set(0));
  }
};

template <class F>
const char* configure_elman(Cell& cell) {
  if (cell.value[kElmanActivations] != 0) {
    use_small_settings<ElmanWithSettings<ElmanListed>>(cell.stage[0]);
  } else if (cell.value[kElmanClip] != 0) {
    use_settings<ElmanWithSettings<ElmanClipped<F>>>(cell.stage[0]);
  }
  return nullptr;
}

template <class F>
constexpr Cell elman(const char* name) {
  Cell cell;
  cell.name = name;
  cell.gates = 1;
  cell.add_fields(kInputWeight, kRecurrentWeight, kInputBias, kRecurrentBias);
  cell.add_settings(clip_setting());
  cell.configure = configure_elman<F>;
  cell.add_stage(hh_product(kHidden, 0, 0), cell_forward<Elman<F>>, cell_backward<Elman<F>>);
  return cell;
}

constexpr Cell rnn() {
  Cell cell = elman<Tanh>("rnn");
  cell.add_settings(activations_setting("tanh", "scaled_tanh:1.2:0.7"));
  return cell;
}

constexpr Cell elman_cells[] = {rnn(), elman<Relu>("rnn_relu"), elman<Sigmoid>("rnn_sigmoid")};
