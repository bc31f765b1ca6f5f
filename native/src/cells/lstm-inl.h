// LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000), gates in PyTorch's order
// i f g o:
//   i, f, o = sigmoid(W x + b + U h + b'), g = tanh(...), c = f c + i g, h = o tanh c
// lstm_projected (Sak, Senior and Beaufays 2014): m = o tanh c is a slot of the tape, h = W_hr m.
// The tape keeps the activated gates; tanh c is computed again in backward.
//
// Settings, which go together:
//   peepholes=true  (Gers and Schmidhuber 2000) i and f see the old c, o the new one: w_ci c', w_cf c' and w_co c are added to the
//                   inputs of their sigmoids. Fields weight_ci, weight_cf, weight_co [H]; ONNX's P holds them as i, o, f.
//   coupled=true    f = 1 - i (ONNX's input_forget). The f gate's rows of the weights stay there, as in ONNX; they change nothing and
//                   their gradient is 0, and so it is with weight_cf.
//   clip=C          the inputs of the gates' activations are clipped to [-C, C] (ONNX's clip). That of tanh c is not, as in onnxruntime.
//   activations=F,G,H   any functions: F of i, f and o, G of g, H for tanh c, whose input is not clipped either.
// and one of its own, layer_norm=true (cells/lstm_layer_norm-inl.h).

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

enum { kLstmPeepholes, kLstmCoupled, kLstmClip, kLstmLayerNorm, kLstmActivations };

// The tanh of c as the activations are (cells/activations-inl.h), but its input is at hand in backward: add_backward(d, c, y, sum) is
// sum + d * f'.
struct TanhOfMemory {
  template <class V>
  static V of(V c) { return tanh(c); }
  template <class V>
  static V add_backward(V d, V, V y, V sum) { return fma(d, set(1) - y * y, sum); }
};
class ListedOfMemory : public Listed {
 public:
  using Listed::Listed;
  Vec add_backward(Vec d, Vec c, Vec, Vec sum) const { return backward(d, c) + sum; }
};

struct LstmClipped {
  const Clipped<Sigmoid> gate;
  const Clipped<Tanh> input;
  const TanhOfMemory output;
  explicit LstmClipped(const CellRows& rows) : gate(rows.cell->value[kLstmClip]), input(rows.cell->value[kLstmClip]), output() {}
};
struct LstmListed {
  const Listed gate, input;
  const ListedOfMemory output;
  explicit LstmListed(const CellRows& rows)
      : gate(rows.cell->function[0], rows.cell->value[kLstmClip]), input(rows.cell->function[1], rows.cell->value[kLstmClip]),
        output(rows.cell->function[2]) {}
};

// Both with settings; S: what they make of the activations.
template <class S>
class LstmWithSettings : S {
  enum { i, f, g, o, m };
  enum { ci, cf, co };  // the vectors

 public:
  explicit LstmWithSettings(const CellRows& rows)
      : S(rows), projected_(rows.cell->projected), vectors_(projected_ ? m + 1 : m), peepholes_(rows.cell->value[kLstmPeepholes] != 0),
        coupled_(rows.cell->value[kLstmCoupled] != 0) {}

  template <class U>
  void forward(U u) const {
    const auto old = u.prev(1), candidate_input = u.tape(g);
    auto in_input = u.tape(i), forget_input = u.tape(f), out_input = u.tape(o);
    if (peepholes_) {
      in_input = fma(u.vector(ci), old, in_input);
      forget_input = fma(u.vector(cf), old, forget_input);
    }
    const auto in = S::gate.of(in_input), candidate = S::input.of(candidate_input);
    const auto forget = coupled_ ? decltype(in)(set(1) - in) : S::gate.of(forget_input);
    const auto c = fma(forget, old, in * candidate);
    if (peepholes_) out_input = fma(u.vector(co), c, out_input);
    const auto out = S::gate.of(out_input), shown = S::output.of(c);
    u.keep(i, S::gate.kept(in_input, in));
    u.keep(f, S::gate.kept(forget_input, forget));
    u.keep(g, S::input.kept(candidate_input, candidate));
    u.keep(o, S::gate.kept(out_input, out));
    u.next(1, c);
    if (projected_) {
      u.keep(m, out * shown);
    } else {
      u.next(0, out * shown);
    }
  }

  template <class U>
  void backward(U u) const {
    const auto kept_i = u.tape(i), kept_f = u.tape(f), kept_g = u.tape(g), kept_o = u.tape(o), old = u.prev(1), c = u.now(1);
    const auto in = S::gate.value(kept_i), candidate = S::input.value(kept_g), out = S::gate.value(kept_o), shown = S::output.of(c);
    const auto forget = coupled_ ? decltype(in)(set(1) - in) : S::gate.value(kept_f);
    const auto dm = projected_ ? u.dtape(m) : u.d(0);
    const auto d_out = S::gate.backward(dm * shown, kept_o);
    auto dc = S::output.add_backward(dm * out, c, shown, u.d(1));
    if (peepholes_) dc = fma(d_out, u.vector(co), dc);
    const auto d_in = S::gate.backward(dc * (coupled_ ? candidate - old : candidate), kept_i);
    const auto d_forget = coupled_ ? decltype(d_in)(set(0)) : S::gate.backward(dc * old, kept_f);
    auto d_old = dc * forget;
    if (peepholes_) {
      d_old = fma(d_in, u.vector(ci), fma(d_forget, u.vector(cf), d_old));
      u.dtape(vectors_ + ci, d_in * old);
      u.dtape(vectors_ + cf, d_forget * old);
      u.dtape(vectors_ + co, d_out * c);
    }
    u.dtape(i, d_in);
    u.dtape(f, d_forget);
    u.dtape(g, S::input.backward(dc * in, kept_g));
    u.dtape(o, d_out);
    u.dprev(1, d_old);
    if (!projected_) u.dprev(0, set(0));
  }

 private:
  const bool projected_;
  const int vectors_;  // the first column of dtape of their gradients
  const bool peepholes_, coupled_;
};

constexpr Field kPeepholes[] = {{"weight_ci", Weight::vector, Extent::unit},
                                {"weight_cf", Weight::vector, Extent::unit},
                                {"weight_co", Weight::vector, Extent::unit}};

inline const char* configure_lstm(Cell& cell) {
  const bool peepholes = cell.value[kLstmPeepholes] != 0, coupled = cell.value[kLstmCoupled] != 0, clips = cell.value[kLstmClip] != 0;
  const bool listed = cell.value[kLstmActivations] != 0;
  if (cell.value[kLstmLayerNorm] != 0) {
    if (peepholes || coupled || clips || listed) {
      return "layer_norm=true does not go together with peepholes, coupled, clip and activations";
    }
    use_layer_norm(cell);
    return nullptr;
  }
  if (!peepholes && !coupled && !clips && !listed) return nullptr;
  if (peepholes) {
    for (const Field& field : kPeepholes) cell.field[cell.fields++] = field;
  }
  if (coupled) cell.forget_gate = -1;
  if (listed) {
    use_small_settings<LstmWithSettings<LstmListed>>(cell.stage[0]);
  } else {
    use_settings<LstmWithSettings<LstmClipped>>(cell.stage[0]);
  }
  return nullptr;
}

template <bool kProjected>
constexpr Cell lstm_of(const char* name) {
  using L = Lstm<kProjected>;
  Cell cell;
  cell.name = name;
  cell.gates = 4;
  cell.states = 2;
  cell.forget_gate = L::f;
  cell.add_fields(kInputWeight, kRecurrentWeight, kInputBias, kRecurrentBias);
  cell.add_settings(flag_setting("peepholes"), flag_setting("coupled"), clip_setting(), flag_setting("layer_norm"),
                    activations_setting("sigmoid,tanh,tanh", "scaled_tanh:0.9:0.7,softsign,softplus"));
  cell.configure = configure_lstm;
  cell.add_stage(hh_product(kHidden, L::i, L::i, L::f, L::g, L::o), cell_forward<L>, cell_backward<L>);
  return cell;
}

constexpr Cell lstm() { return lstm_of<false>("lstm"); }

constexpr Cell lstm_projected() {
  Cell cell = lstm_of<true>("lstm_projected");
  cell.slots = 1;
  cell.projected = true;
  cell.add_fields(kProjection);
  cell.add_stage(hr_product(Lstm<true>::m), nullptr, nullptr);
  return cell;
}

constexpr Cell lstm_cells[] = {lstm(), lstm_projected()};
