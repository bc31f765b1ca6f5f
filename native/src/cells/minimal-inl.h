// The minimal cells of Feng et al., "Were RNNs All We Needed?" (arXiv 2410.01201), in the version without logarithms. No gate sees h:
// there is no recurrent weight, and one bias.
// min_gru, gates z n:    z = sigmoid(W_z x + b_z), n = W_n x + b_n, h = (1-z) h' + z n
// min_lstm, gates i f g: i, f = sigmoid(W x + b), g = W_g x + b_g, h = (f h' + i g) / (f + i)
// where h' is h before the step.
//
// Both are h = h' + p (w - h'), w being n or g, and p in 0 ... 1 the part that is new: z, or i / (f + i). So h stays between what it was
// and w: neither states nor gradients need logarithms. In this form an error of p counts by w - h' alone, and a gradient keeps what does
// not go to w. With 1 - p rounded to a float, as (1 - p) h' + p w and every product of such factors need it, a unit that hardly changes
// drifts: ten thousand steps at p = 1e-5 from 3 towards 1 are off by 8e-5, in this form by 2e-6. So the steps are taken one by one, and
// threads share the units (ops/scan_over_steps.h).

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
    const auto dh = u.d(0), update = u.tape(z), dn = dh * update;
    u.dtape(z, dn * (u.tape(n) - u.prev(0)) * (one - update));
    u.dtape(n, dn);
    u.dprev(0, dh - dn);
  }
};

struct MinLstm {
  enum { i, f, g };
  static constexpr int kLeast = -40;

  // Far below 0 a sigmoid is e^x, and only the gates' ratio counts: both are lifted by what the greater lacks of kLeast, so that they stay
  // normal floats.
  template <class U>
  static void forward(U u) {
    const auto low_in = u.tape(i), low_forget = u.tape(f);
    const auto lift = max(set(0), set(kLeast) - max(low_in, low_forget));
    const auto in = sigmoid(low_in + lift), forget = sigmoid(low_forget + lift);
    u.keep(i, in);
    u.keep(f, forget);
    u.next(0, fma(in / (in + forget), u.tape(g) - u.prev(0), u.prev(0)));
  }

  template <class U>
  static void backward(U u) {
    const auto one = set(1);
    const auto dh = u.d(0), in = u.tape(i), forget = u.tape(f), both = in + forget, dg = dh * (in / both);
    const auto dpart = dg * (u.tape(g) - u.prev(0)) * (forget / both);
    u.dtape(i, dpart * (one - in));
    u.dtape(f, dpart * (forget - one));
    u.dtape(g, dg);
    u.dprev(0, dh - dg);
  }
};

template <class M>
constexpr Cell minimal(const char* name, int gates, int forget_gate) {
  Cell cell;
  cell.name = name;
  cell.gates = gates;
  cell.forget_gate = forget_gate;
  cell.add_fields(kInputWeight, kInputBias);
  cell.add_stage_over_steps(cell_forward_over_steps<M>, cell_backward_over_steps<M>);
  return cell;
}

constexpr Cell minimal_cells[] = {minimal<MinGru>("min_gru", 2, -1), minimal<MinLstm>("min_lstm", 3, MinLstm::f)};
