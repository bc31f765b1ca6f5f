// Panels of bfloat16 weights for instruction sets with a dot product of bfloat16 (TG_BFLOAT16_DOT) that is as fast as an fma: the
// layout of panels_bfloat16-inl.h, both weights of a word rounded alone, and inputs rounded to bfloat16. Sums are floats.

struct Bfloat16DotPanels {
  using Element = std::uint16_t;
  static constexpr int kTogether = 2;
  static constexpr bool kPacksVectors = false;
  static constexpr int most_rows(int vectors) { return tile_rows(vectors); }
  struct Rows {
    const std::uint16_t* data;
    index ld;
  };

  static index row_length(index k) { return (k + 1) / 2 * 2; }
  static index workspace(const PanelShape& shape, index rows) {
    return rows * row_length(shape.k) * static_cast<index>(sizeof(std::uint16_t));
  }
  static Rows rows(const PanelProduct& p) {
    const index k = p.shape.k, length = row_length(k);
    auto* to = static_cast<std::uint16_t*>(p.workspace);
    for (index row = 0; row < p.rows; ++row, to += length) {
      const real* x = p.x[0] + row * p.x_ld;
      index i = 0;
      for (; i + Vec::lanes <= k; i += Vec::lanes) store_bfloat16(to + i, load(x + i), Vec::lanes);
      if (i < k) store_bfloat16(to + i, load(x + i, static_cast<int>(k - i)), static_cast<int>(k - i));
      if (k < length) to[k] = 0;
    }
    return {static_cast<const std::uint16_t*>(p.workspace), length};
  }

  template <int kRows, int kVectors, int kEach>
  static inline void tile(const Rows& x, index row, const Element* panel, index panel_size, const PanelColumns& columns, const char*) {
    for (int j = 0; j < kVectors; ++j) columns.template fetch<kRows, kEach>(row, j);
    Vec sums[kRows][kVectors];
    for (int r = 0; r < kRows; ++r) {
      for (int j = 0; j < kVectors; ++j) sums[r][j] = set(0);
    }
    const std::uint16_t* factors = x.data + row * x.ld;
    for (index i = 0; i < x.ld; i += 2) {
      Words weights[kVectors];
      for (int j = 0; j < kVectors; ++j) weights[j] = load_words(panel + (j / kEach) * panel_size + (j % kEach) * 2 * Vec::lanes);
      for (int r = 0; r < kRows; ++r) {
        const Words factor = set_words(factors + r * x.ld);
        for (int j = 0; j < kVectors; ++j) sums[r][j] = add_bfloat16_products(weights[j], factor, sums[r][j]);
      }
      factors += 2;
      panel += kEach * 2 * Vec::lanes;
    }
    columns.template put_all<kEach>(row, sums);
  }

  template <class B>
  static void pack(Element* panels, const PanelShape& shape, const B& b) {
    pack_bfloat16<false>(panels, shape, b);
  }
  static constexpr auto read = read_bfloat16<false>;
};
