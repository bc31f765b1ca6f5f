// The layer-normalised LSTM (Ba, Kiros and Hinton, "Layer normalization", arXiv 1607.06450, equations 20 to 22): lstm layer_norm=true.
//   (i f g o) = gain_ih * N(W_ih x) + gain_hh * N(W_hh h) + b     i, f, o then through sigmoid, g through tanh
//   c = f c + i g,  h = o * tanh(gain_c * N(c) + b_c)             projected: m = o * tanh(...), h = W_hr m
// N(a) = (a - mean) / sqrt(variance + 1e-5), over all 4 H gates of a row and over the H units of c; the variance is the mean square. Of
// the paper's two offsets of the gates, whose sum alone counts, b is the sum, to which its bias belongs too.
// Fields: gain_ih, gain_hh [4H] start at 1; bias [4H]; gain_c [H] at 1, bias_c [H] at 0; bias=false leaves bias and bias_c out.
//
// Stages: h x W_hh -> four slots; a kernel over whole rows. The tape keeps both products as they are, and a fifth slot o, then m;
// backward computes the means, the gates and N(c) again.

class LayerNormLstm {
  enum { i, f, g, o, kGates };
  enum { hh = kGates, m = hh + kGates };            // the slots
  enum { gain_ih, gain_hh, bias, gain_c, bias_c };  // the vectors, and their columns of dtape
  enum { d_gain_ih = m + 1, d_gain_hh = d_gain_ih + kGates, d_bias = d_gain_hh + kGates, d_gain_c = d_bias + kGates, d_bias_c };

  struct Moments {
    Vec mean, scale;  // scale = 1 / sqrt(variance + eps)
    Vec of(Vec x) const { return (x - mean) * scale; }
  };

  static Moments moments(const real* x, index n) {
    const RowMoments found = row_moments(x, static_cast<real>(1e-5), n);
    return {set(found.mean), set(found.scale)};
  }

  // One row. The units are those of each_unit_of_row.
  class Row {
   public:
    Row(const CellRows& rows, index row)
        : rows_(rows), row_(row), ih_(moments(rows.tape + row * rows.tape_ld, kGates * rows.size)),
          hh_(moments(rows.tape + row * rows.tape_ld + hh * rows.size, kGates * rows.size)) {}

    void forward() {
      each_unit_of_row(rows_, row_, [&](const auto& u) {
        u.next(1, fma(sigmoid(gate(u, f)), u.prev(1), sigmoid(gate(u, i)) * tanh(gate(u, g))));
        u.keep(m, sigmoid(gate(u, o)));
      });
      const Moments c = memory();
      each_unit_of_row(rows_, row_, [&](const auto& u) {
        const Vec h = u.tape(m) * tanh(shifted(u, c.of(u.now(1))));
        if (rows_.cell->projected) {
          u.keep(m, h);
        } else {
          u.next(0, h);
        }
      });
    }

    void backward() {
      const Vec one = set(1);
      const Moments c = memory();
      // Of N(c), to the slot of m: d; then what it has of c's mean and of N(c) itself is taken away.
      Vec total = set(0), along = set(0);
      each_unit_of_row(rows_, row_, [&](const auto& u) {
        const Vec normal = c.of(u.now(1)), out = sigmoid(gate(u, o)), y = tanh(shifted(u, normal));
        const Vec dm = rows_.cell->projected ? u.dtape(m) : u.d(0);
        const Vec dy = dm * out * (one - y * y), d = dy * u.vector(gain_c);
        u.dtape(d_bias + o, dm * y * out * (one - out));
        u.dtape(d_gain_c, dy * normal);
        u.dtape(d_bias_c, dy);
        u.dtape(m, d);
        total = total + u.present(d);
        along = fma(u.present(d), u.present(normal), along);
      });
      const Vec mean = mean_of(total, rows_.size), slope = mean_of(along, rows_.size);
      Vec ih_total = set(0), ih_along = set(0), hh_total = set(0), hh_along = set(0);
      each_unit_of_row(rows_, row_, [&](const auto& u) {
        const Vec in = sigmoid(gate(u, i)), forget = sigmoid(gate(u, f)), candidate = tanh(gate(u, g));
        const Vec dc = fma(c.scale, u.dtape(m) - mean - c.of(u.now(1)) * slope, u.d(1));
        u.dtape(d_bias + i, dc * candidate * in * (one - in));
        u.dtape(d_bias + f, dc * u.prev(1) * forget * (one - forget));
        u.dtape(d_bias + g, dc * in * (one - candidate * candidate));
        u.dprev(1, dc * forget);
        if (!rows_.cell->projected) u.dprev(0, set(0));
        for (int k = 0; k < kGates; ++k) {
          const Vec d = u.dtape(d_bias + k), of_x = ih_.of(u.tape(k)), of_h = hh_.of(u.tape(hh + k));
          u.dtape(d_gain_ih + k, d * of_x);
          u.dtape(d_gain_hh + k, d * of_h);
          const Vec d_x = u.present(d * u.vector(gain_ih, k)), d_h = u.present(d * u.vector(gain_hh, k));
          ih_total = ih_total + d_x;
          hh_total = hh_total + d_h;
          ih_along = fma(d_x, u.present(of_x), ih_along);
          hh_along = fma(d_h, u.present(of_h), hh_along);
        }
      });
      const index n = kGates * rows_.size;
      const Vec ih_mean = mean_of(ih_total, n), ih_slope = mean_of(ih_along, n);
      const Vec hh_mean = mean_of(hh_total, n), hh_slope = mean_of(hh_along, n);
      each_unit_of_row(rows_, row_, [&](const auto& u) {
        for (int k = 0; k < kGates; ++k) {
          const Vec d = u.dtape(d_bias + k);
          u.dtape(k, ih_.scale * (d * u.vector(gain_ih, k) - ih_mean - ih_.of(u.tape(k)) * ih_slope));
          u.dtape(hh + k, hh_.scale * (d * u.vector(gain_hh, k) - hh_mean - hh_.of(u.tape(hh + k)) * hh_slope));
        }
      });
    }

   private:
    static Vec mean_of(Vec total, index n) { return set(sum(total) / static_cast<real>(n)); }
    Moments memory() const { return moments(rows_.next[1] + row_ * rows_.next_ld[1], rows_.size); }
    template <class U>
    Vec gate(const U& u, int k) const {
      const Vec recurrent = hh_.of(u.tape(hh + k)) * u.vector(gain_hh, k);
      const Vec both = fma(ih_.of(u.tape(k)), u.vector(gain_ih, k), recurrent);
      return rows_.vector[bias] == nullptr ? both : both + u.vector(bias, k);
    }
    template <class U>
    Vec shifted(const U& u, Vec normal) const {
      return rows_.vector[bias_c] == nullptr ? normal * u.vector(gain_c) : fma(normal, u.vector(gain_c), u.vector(bias_c));
    }

    const CellRows& rows_;
    const index row_;
    const Moments ih_, hh_;
  };

 public:
  static void forward(const CellRows& rows, const CellSpan& span) {
    for (index row = span.row; row < span.row_end; ++row) Row(rows, row).forward();
  }
  static void backward(const CellRows& rows, const CellSpan& span) {
    for (index row = span.row; row < span.row_end; ++row) Row(rows, row).backward();
  }
  static constexpr int kFirstSlot = hh, kHiddenSlot = m, kSlots = kGates + 1;
};

constexpr Field kLayerNormFields[] = {{"gain_ih", Weight::vector, Extent::gate, Extent::one, Start::one},
                                      {"gain_hh", Weight::vector, Extent::gate, Extent::one, Start::one},
                                      {"bias", Weight::vector, Extent::gate, Extent::one, Start::drawn, true},
                                      {"gain_c", Weight::vector, Extent::unit, Extent::one, Start::one},
                                      {"bias_c", Weight::vector, Extent::unit, Extent::one, Start::zero, true}};

// Makes an lstm or an lstm_projected the normalised one.
inline void use_layer_norm(Cell& cell) {
  using L = LayerNormLstm;
  constexpr Product product = hh_product(kHidden, 0, L::kFirstSlot, L::kFirstSlot + 1, L::kFirstSlot + 2, L::kFirstSlot + 3);
  constexpr Product projection = hr_product(L::kHiddenSlot);
  cell.slots = L::kSlots;
  cell.fields = 0;
  cell.field[cell.fields++] = kInputWeight;
  cell.field[cell.fields++] = kRecurrentWeight;
  if (cell.projected) cell.field[cell.fields++] = kProjection;
  for (const Field& field : kLayerNormFields) cell.field[cell.fields++] = field;
  cell.stages = cell.projected ? 3 : 2;
  cell.stage[0] = {product, nullptr, nullptr, false};
  cell.stage[1] = {Product{}, L::forward, L::backward, true};
  if (cell.projected) cell.stage[2] = {projection, nullptr, nullptr, false};
}
