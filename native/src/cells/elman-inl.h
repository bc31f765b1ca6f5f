// The vanilla RNN (Elman, "Finding structure in time", 1990): h = f(W_ih x + b_ih + W_hh h + b_hh), f = tanh, relu or sigmoid.
// One gate. The tape keeps h, from which each f' is computed. clip=C clips the input of f (ONNX).

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
class ClippedElman {
 public:
  explicit ClippedElman(const CellRows& rows) : f_(rows.cell->value[0]) {}

  template <class U>
  void forward(U u) const {
    const auto h = f_.of(u.tape(0));
    u.keep(0, h);
    u.next(0, h);
  }
  template <class U>
  void backward(U u) const {
    u.dtape(0, f_.backward(u.d(0), u.tape(0)));
    u.dprev(0, set(0));
  }

 private:
  const Clipped<F> f_;
};

template <class F>
const char* configure_elman(Cell& cell) {
  if (cell.value[0] == 0) return nullptr;
  cell.stage[0].forward = cell_forward_with_settings<ClippedElman<F>>;
  cell.stage[0].backward = cell_backward_with_settings<ClippedElman<F>>;
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

constexpr Cell elman_cells[] = {elman<Tanh>("rnn"), elman<Relu>("rnn_relu"), elman<Sigmoid>("rnn_sigmoid")};
