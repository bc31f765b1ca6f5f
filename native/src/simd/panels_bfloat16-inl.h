// Panels of bfloat16 weights for panels-inl.h: [panel][k / 2][vector][lane][2], 0 beyond k. Inputs and sums are reals.
//
// A word of two weights becomes two vectors of floats: the even k's weight by a shift; the odd k's is the word as it stands, with the
// even one as the tail of its fraction. Packing therefore rounds the odd weight such that the whole word is nearest to it, which is
// within half a unit of a bfloat16, as rounding alone would be. So a step costs one operation more than two words of floats, and half
// of the memory traffic.
//
// Why not vdpbf16ps wherever there is one: on Emerald Rapids it runs at a quarter of an fma's rate, 91 GFLOP/s to 181. Measured there
// in one run, recurrent product of an LSTM, float : this : vdpbf16ps in us: H=128 batch 1 1.9 : 1.1 : 1.4; H=256 7.8 : 4.5 : 5.9,
// batch 8 24 : 26 : 46, batch 32 97 : 106 : 183; H=512 batch 1 (L3) 137 : 38 : 38. Nor are inputs rounded here. Where the
// dot product is as fast as an fma (AMD's Zen 4 and 5), panels_bfloat16_dot-inl.h takes it.

// The bfloat16 nearest to w when `tail` follows it as the lower half of a float; what is finite stays finite.
inline std::uint16_t nearest_bfloat16(real w, std::uint32_t tail) {
  const float x = static_cast<float>(w);
  std::uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof(bits));
  const std::uint32_t sign = bits >> 31 << 15, size = bits & 0x7fffffffu;
  if (size >= 0x7f800000u) return static_cast<std::uint16_t>(bits >> 16 | (size > 0x7f800000u ? 0x40 : 0));
  std::uint32_t high = size + 0x8000u < tail ? 0 : (size + 0x8000u - tail) >> 16;
  if (high > 0x7f7fu) high = 0x7f7fu;
  return static_cast<std::uint16_t>(sign | high);
}

// The float with these bits: a bfloat16 in the upper half.
inline real bfloat16_word(std::uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof(x));
  return static_cast<real>(x);
}

// kTails: the first of two weights is the tail of the second.
template <bool kTails, class B>
void pack_bfloat16(std::uint16_t* panels, const PanelShape& shape, const B& b) {
  const int vectors = panel_vectors(shape.groups), blocks = panel_blocks(shape.groups);
  for (index first = 0; first < shape.size; first += blocks * Vec::lanes) {
    for (index i = 0; i < shape.k; i += 2) {
      for (int column = 0; column < vectors * Vec::lanes; ++column) {
        const int vector = column / Vec::lanes, group = vector / blocks;
        const index unit = first + (vector % blocks) * Vec::lanes + column % Vec::lanes;
        const bool there = unit < shape.size;
        const std::uint16_t low = there ? nearest_bfloat16(b(i, group, unit), 0) : 0;
        panels[0] = low;
        panels[1] = there && i + 1 < shape.k ? nearest_bfloat16(b(i + 1, group, unit), kTails ? low : 0) : 0;
        panels += 2;
      }
    }
  }
}

// One of a panel's columns; what pack_bfloat16<kTails> made.
template <bool kTails>
void read_bfloat16(real* y, const std::uint16_t* panel, index k, index column, index columns) {
  const std::uint16_t* two = panel + 2 * column;
  for (index i = 0; i < k; i += 2, two += 2 * columns) {
    const std::uint32_t low = two[0], high = two[1];
    y[i] = bfloat16_word(low << 16);
    if (i + 1 < k) y[i + 1] = bfloat16_word(high << 16 | (kTails ? low : 0));
  }
}

struct Bfloat16Panels {
  using Element = std::uint16_t;
  static constexpr int kTogether = 2;
  static constexpr bool kPacksVectors = false;
  // The compiler has a word's next weight at hand while it multiplies; four rows of three vectors would leave no register for it.
  static constexpr int most_rows(int vectors) { return vectors == 3 && tile_rows(3) == 4 ? 3 : tile_rows(vectors); }
  struct Rows {
    const real* data;
    index ld, k;
  };

  static index workspace(const PanelShape&, index) { return 0; }
  static Rows rows(const PanelProduct& p) { return {p.x[0], p.x_ld, p.shape.k}; }

  template <int kRows, int kVectors, int kEach>
  static inline void tile(const Rows& x, index row, const Element* panel, index panel_size, const PanelColumns& columns, const char*) {
    for (int j = 0; j < kVectors; ++j) columns.template fetch<kRows, kEach>(row, j);
    Vec sums[kRows][kVectors];
    for (int r = 0; r < kRows; ++r) {
      for (int j = 0; j < kVectors; ++j) sums[r][j] = set(0);
    }
    // A single row keeps its words for the odd k where there are registers for them; else a word is read twice, from an address that the
    // compiler cannot know to be the same: it would keep it in a register that is not there.
    constexpr bool kKeeps = kRows == 1 && 2 * kVectors + 2 <= Vec::registers;
    const real* factors = x.data + row * x.ld;
    const auto word = [panel_size](const Element* at, int j) {
      return load_words(at + (j / kEach) * panel_size + (j % kEach) * 2 * Vec::lanes);
    };
    // One k of the word: all rows' factors at hand and one weight after the other, or all weights and one factor after the other.
    const auto add = [&](int half, const auto& weight) {
      const auto factor = [&](int r) { return in_register(set(factors[r * x.ld + half])); };
      if constexpr (kRows < kVectors) {
        Vec all[kRows];
        for (int r = 0; r < kRows; ++r) all[r] = factor(r);
        for (int j = 0; j < kVectors; ++j) {
          const Vec one = in_register(weight(j));
          for (int r = 0; r < kRows; ++r) sums[r][j] = add_product(one, all[r], sums[r][j]);
        }
      } else {
        Vec all[kVectors];
        for (int j = 0; j < kVectors; ++j) all[j] = in_register(weight(j));
        for (int r = 0; r < kRows; ++r) {
          const Vec one = factor(r);
          for (int j = 0; j < kVectors; ++j) sums[r][j] = add_product(all[j], one, sums[r][j]);
        }
      }
    };
    Words kept[kVectors];
    const auto add_even = [&] {
      add(0, [&](int j) {
        const Words here = word(panel, j);
        if (kKeeps) kept[j] = here;
        return low_half(here);
      });
    };
    index i = 0;
    for (; i + 2 <= x.k; i += 2) {
      add_even();
      const Element* again = panel;
      if (!kKeeps) asm("" : "+r"(again));
      add(1, [&](int j) { return as_float(kKeeps ? kept[j] : word(again, j)); });
      factors += 2;
      panel += kEach * 2 * Vec::lanes;
    }
    if (i < x.k) add_even();  // an odd k has no partner
    columns.template put_all<kEach>(row, sums);
  }

  template <class B>
  static void pack(Element* panels, const PanelShape& shape, const B& b) {
    pack_bfloat16<true>(panels, shape, b);
  }
  static constexpr auto read = read_bfloat16<true>;
};
