// Rows of numbers that are looked up one by one, in the number formats of a frozen model's weights (isa/kernels.h):
//
//   float32   the numbers
//   bfloat16  each rounded to the nearest, halves away from zero
//   int8      the row's scale as a float, then a byte in -127 ... 127 for each number: x = scale x byte
//
// Unlike panels a row is one piece of memory, whatever the instruction set. Loops without a sum, which the compiler vectorises.

struct Float32Row {
  static index bytes(index cols) { return cols * static_cast<index>(sizeof(real)); }
  static void pack(void* row, const real* x, index cols) { __builtin_memcpy(row, x, static_cast<std::size_t>(bytes(cols))); }
  template <class Put>
  static void each(const void* row, index cols, const Put& put) {
    const auto* x = static_cast<const real*>(row);
    for (index i = 0; i < cols; ++i) put(i, x[i]);
  }
};

struct Bfloat16Row {
  static index bytes(index cols) { return cols * 2; }
  static void pack(void* row, const real* x, index cols) {
    auto* halves = static_cast<std::uint16_t*>(row);
    for (index i = 0; i < cols; ++i) halves[i] = nearest_bfloat16(x[i], 0);
  }
  template <class Put>
  static void each(const void* row, index cols, const Put& put) {
    const auto* halves = static_cast<const std::uint16_t*>(row);
    for (index i = 0; i < cols; ++i) put(i, bfloat16_word(static_cast<std::uint32_t>(halves[i]) << 16));
  }
};

struct Int8Row {
  static index bytes(index cols) { return (cols + 7) / 4 * 4; }  // whole words, so that every row's scale stands at one
  static void pack(void* row, const real* x, index cols) {
    auto* bytes = static_cast<std::int8_t*>(row) + sizeof(float);
    const float scale = quantize(cols, [x](index i) { return x[i]; }, [bytes](index i, std::int8_t byte) { bytes[i] = byte; });
    __builtin_memcpy(row, &scale, sizeof(scale));
  }
  template <class Put>
  static void each(const void* row, index cols, const Put& put) {
    float scale;
    __builtin_memcpy(&scale, row, sizeof(scale));
    const auto* bytes = static_cast<const std::int8_t*>(row) + sizeof(float);
    for (index i = 0; i < cols; ++i) put(i, static_cast<real>(scale) * static_cast<real>(bytes[i]));
  }
};

template <class Row>
void read_row(real* __restrict y, const void* __restrict row, index cols) {
  Row::each(row, cols, [y](index i, real x) { y[i] = x; });
}
template <class Row>
void add_row(real* __restrict y, const void* __restrict row, index cols) {
  Row::each(row, cols, [y](index i, real x) { y[i] += x; });
}

template <class Row>
constexpr RowKernels row_kernels() {
  return {Row::bytes, Row::pack, read_row<Row>, add_row<Row>};
}
