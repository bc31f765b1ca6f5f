// Panels of signed bytes for panels-inl.h, with one scale a column: w = scale x byte, byte in -127 ... 127. A row of inputs becomes
// bytes with a scale of its own whenever a product begins. The sums of bytes are exact, so every instruction set finds the same ones;
// then y = start + sum x (the row's scale x the column's). k stays below 2^17, so that no sum leaves 32 bits.
//
// Layout of a panel: [vector][lane] where the sums start (kByteZero in dot_scalar-inl.h), [vector][lane] the columns' scales as
// floats, [k / 4][vector][lane][4] bytes, 0 beyond k.

// The factor that maps numbers up to `largest` to at most 127. The floor keeps it finite for a row of zeros.
inline real byte_factor(real largest) {
  constexpr real least = static_cast<real>(1e-30);
  return 127 / (largest > least ? largest : least);
}

// Bytes of a row; returns its scale, which is not a number if one of its numbers is not finite.
inline real quantize_row(std::uint8_t* bytes, const real* x, index k) {
  Vec largest = set(0), spoilt = set(0);
  const auto look = [&](Vec a) {
    largest = max(abs(a), largest);
    spoilt = fma(a, set(0), spoilt);
  };
  index i = 0;
  for (; i + Vec::lanes <= k; i += Vec::lanes) look(load(x + i));
  if (i < k) look(load(x + i, static_cast<int>(k - i)));
  const real most = greatest(largest);
  const Vec factor = set(byte_factor(most)), low = set(-127), high = set(127);
  for (i = 0; i + Vec::lanes <= k; i += Vec::lanes) store_bytes(bytes + i, min(high, max(load(x + i) * factor, low)));
  if (i < k) {
    const int left = static_cast<int>(k - i);
    store_bytes(bytes + i, min(high, max(load(x + i, left) * factor, low)), left);
  }
  for (i = k; i % 4 != 0; ++i) bytes[i] = kByteZero;
  return most / 127 + sum(spoilt);
}

// Hands put(i, byte) the bytes of count numbers x(i); returns their scale, which is not a number if one of them is not finite. All bytes
// are 0 then.
template <class Numbers, class Put>
float quantize(index count, const Numbers& x, const Put& put) {
  real largest = 0, spoilt = 0;
  for (index i = 0; i < count; ++i) {
    const real number = x(i), size = number < 0 ? -number : number;
    if (size > largest) largest = size;
    spoilt += number * 0;
  }
  const real factor = byte_factor(largest);
  for (index i = 0; i < count; ++i) put(i, static_cast<std::int8_t>(spoilt == 0 ? static_cast<int>(__builtin_rint(x(i) * factor)) : 0));
  return static_cast<float>(largest / 127 + spoilt);
}

struct Int8Panels {
  using Element = std::int8_t;
  static constexpr int kTogether = 4;
  static constexpr bool kPacksVectors = false;
  static constexpr int most_rows(int vectors) { return tile_rows(vectors); }
  struct Rows {
    const std::uint8_t* data;
    index ld, k;
    const real* scales;
  };

  static index row_length(index k) { return (k + 63) / 64 * 64; }
  static index workspace(const PanelShape& shape, index rows) {
    return rows * (row_length(shape.k) + static_cast<index>(sizeof(real)));
  }
  static Rows rows(const PanelProduct& p) {
    const index length = row_length(p.shape.k);
    auto* bytes = static_cast<std::uint8_t*>(p.workspace);
    auto* scales = reinterpret_cast<real*>(bytes + p.rows * length);
    for (index row = 0; row < p.rows; ++row) scales[row] = quantize_row(bytes + row * length, p.x[0] + row * p.x_ld, p.shape.k);
    return {bytes, length, p.shape.k, scales};
  }

  template <int kRows, int kVectors, int kEach>
  static inline void tile(const Rows& x, index row, const Element* panel, index panel_size, const PanelColumns& columns, const char*) {
    constexpr index kVectorBytes = 4 * Vec::lanes;
    for (int j = 0; j < kVectors; ++j) columns.template fetch<kRows, kEach>(row, j);
    const auto at = [&](int j) { return panel + (j / kEach) * panel_size + (j % kEach) * kVectorBytes; };
    Ints sums[kRows][kVectors];
    for (int j = 0; j < kVectors; ++j) {
      for (int r = 0; r < kRows; ++r) sums[r][j] = load_ints(at(j));
    }
    const Element* const column_scales = panel + kEach * kVectorBytes;
    panel += 2 * kEach * kVectorBytes;
    const std::uint8_t* bytes = x.data + row * x.ld;
    for (index i = 0; i < x.k; i += 4) {
      Words weights[kVectors];
      for (int j = 0; j < kVectors; ++j) weights[j] = load_words(at(j));
      for (int r = 0; r < kRows; ++r) {
        const Words four = set_words(bytes + r * x.ld);
        for (int j = 0; j < kVectors; ++j) sums[r][j] = add_byte_products(weights[j], four, sums[r][j]);
      }
      bytes += 4;
      panel += kEach * kVectorBytes;
    }
    panel = column_scales;
    Vec products[kRows][kVectors];
    for (int j = 0; j < kVectors; ++j) {
      const Vec scale = as_float(load_words(at(j)));
      for (int r = 0; r < kRows; ++r) products[r][j] = to_real(sums[r][j]) * (set(x.scales[row + r]) * scale);
      columns.template put<kEach>(row, products, j);
    }
  }

  template <class B>
  static void pack(Element* panels, const PanelShape& shape, const B& b) {
    const int vectors = panel_vectors(shape.groups), blocks = panel_blocks(shape.groups), columns = vectors * Vec::lanes;
    for (index first = 0; first < shape.size; first += blocks * Vec::lanes) {
      Element* const bytes = panels + 8 * columns;
      for (int column = 0; column < columns; ++column) {
        const int vector = column / Vec::lanes, group = vector / blocks;
        const index unit = first + (vector % blocks) * Vec::lanes + column % Vec::lanes;
        for (index i = 0; i < (shape.k + 3) / 4 * 4; ++i) bytes[(i / 4 * columns + column) * 4 + i % 4] = 0;
        std::int32_t total = 0;
        const float scale = quantize(unit < shape.size ? shape.k : 0, [&](index i) { return b(i, group, unit); },
                                     [&](index i, std::int8_t byte) {
                                       bytes[(i / 4 * columns + column) * 4 + i % 4] = byte;
                                       total += byte;
                                     });
        const std::int32_t start = -kByteZero * total;
        __builtin_memcpy(panels + 4 * column, &start, sizeof(start));
        __builtin_memcpy(panels + 4 * (columns + column), &scale, sizeof(scale));
      }
      panels = bytes + (shape.k + 3) / 4 * 4 * columns;
    }
  }

  // One of a panel's columns.
  static void read(real* y, const Element* panel, index k, index column, index columns) {
    float scale;
    __builtin_memcpy(&scale, panel + 4 * (columns + column), sizeof(scale));
    const Element* four = panel + 4 * (2 * columns + column);
    for (index i = 0; i < k; ++i) y[i] = static_cast<real>(scale) * static_cast<real>(four[i / 4 * columns * 4 + i % 4]);
  }
};

template <>
inline index panel_size<Int8Panels>(const PanelShape& shape) {
  return (packed_k<Int8Panels>(shape.k) + 8) * panel_vectors(shape.groups) * Vec::lanes;
}
