// Products of matrices as they stand, row-major, none of them packed for good: the gradient of a weight, and products of few rows, which packing
// would cost more than it saves. Everything else goes by panels (ops/products.h).
//
// The order in which an element's sum is added is a function of k alone, whatever the tiling: a range of rows or columns has the bits of
// the whole.

// ---- C = start + A B^T -------------------------------------------------------------------------------------------------------------
// Rows of A with rows of B: each vector lane sums every lanes-th product, then the lanes are summed.

constexpr int kDotRows = Vec::registers == 32 ? 4 : 2;
constexpr int kDotColumns = 4;

template <int kRows, int kColumns>
inline void dot_tile(index rows, index columns, const MatrixProduct& p, index row, index column) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return dot_tile<kRows - 1, kColumns>(rows, columns, p, row, column);
  }
  if constexpr (kColumns > 1) {
    if (columns < kColumns) return dot_tile<kRows, kColumns - 1>(rows, columns, p, row, column);
  }
  const real* a = p.a + row * p.lda;
  const real* b = p.b + column * p.ldb;
  Vec sums[kRows][kColumns];
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kColumns; ++c) sums[r][c] = set(0);
  }
  const auto add = [&](const auto& read) {
    Vec right[kColumns];
    for (int c = 0; c < kColumns; ++c) right[c] = read(b + c * p.ldb);
    for (int r = 0; r < kRows; ++r) {
      const Vec left = read(a + r * p.lda);
      for (int c = 0; c < kColumns; ++c) sums[r][c] = fma(left, right[c], sums[r][c]);
    }
  };
  index left = p.k;
  for (; left >= Vec::lanes; left -= Vec::lanes, a += Vec::lanes, b += Vec::lanes) add([](const real* from) { return load(from); });
  if (left > 0) add([&](const real* from) { return load(from, static_cast<int>(left)); });
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kColumns; ++c) {
      p.c[(row + r) * p.ldc + column + c] = p.start[(row + r) * p.start_ld + column + c] + sum(sums[r][c]);
    }
  }
}

inline void multiply_nt(const MatrixProduct& p) {
  for (index column = 0; column < p.n; column += kDotColumns) {
    for (index row = 0; row < p.m; row += kDotRows) dot_tile<kDotRows, kDotColumns>(p.m - row, p.n - column, p, row, column);
  }
}

// ---- C = start + A B ---------------------------------------------------------------------------------------------------------------
// A chain of fma over k for each element, as in a product by panels, whose bits it has.

constexpr int kRowTile = Vec::registers == 32 ? 6 : 3;
constexpr int kRowVectors = 4;

// rows x kVectors vectors, the last of them `lanes` wide
template <int kRows, int kVectors>
inline void row_tile(index rows, const MatrixProduct& p, index row, index column, int lanes) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return row_tile<kRows - 1, kVectors>(rows, p, row, column, lanes);
  }
  const real* a = p.a + row * p.lda;
  const real* b = p.b + column;
  Vec sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int j = 0; j < kVectors; ++j) sums[r][j] = set(0);
  }
  const auto part = [&](int j) { return j + 1 == kVectors && lanes < Vec::lanes; };
  for (index i = 0; i < p.k; ++i, ++a, b += p.ldb) {
    Vec factor[kRows];
    for (int r = 0; r < kRows; ++r) factor[r] = set(a[r * p.lda]);
    for (int j = 0; j < kVectors; ++j) {
      const Vec right = in_register(part(j) ? load(b + j * Vec::lanes, lanes) : load(b + j * Vec::lanes));
      for (int r = 0; r < kRows; ++r) sums[r][j] = fma(right, factor[r], sums[r][j]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    const real* start = p.start + (row + r) * p.start_ld + column;
    real* c = p.c + (row + r) * p.ldc + column;
    for (int j = 0; j < kVectors; ++j, start += Vec::lanes, c += Vec::lanes) {
      if (part(j)) {
        store(c, load(start, lanes) + sums[r][j], lanes);
      } else {
        store(c, load(start) + sums[r][j]);
      }
    }
  }
}

template <int kVectors>
inline void row_tiles(index vectors, const MatrixProduct& p, index row, index column, int lanes) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return row_tiles<kVectors - 1>(vectors, p, row, column, lanes);
  }
  row_tile<kRowTile, kVectors>(p.m - row, p, row, column, lanes);
}

inline void multiply_nn(const MatrixProduct& p) {
  constexpr index kWidth = kRowVectors * Vec::lanes;
  for (index row = 0; row < p.m; row += kRowTile) {
    for (index column = 0; column < p.n; column += kWidth) {
      const index width = p.n - column < kWidth ? p.n - column : kWidth, vectors = (width + Vec::lanes - 1) / Vec::lanes;
      row_tiles<kRowVectors>(vectors, p, row, column, static_cast<int>(width - (vectors - 1) * Vec::lanes));
    }
  }
}

// ---- C += A^T B --------------------------------------------------------------------------------------------------------------------
// Row after row of A and B adds its outer product to a tile of sums in registers: a chain of fma for each element over the rows of a block,
// block after block.
//
// Where an operand is read again, a block of its rows is copied: B's in columns as wide as a tile, which stay in the first cache while the
// tiles go down A's columns; A's in blocks of columns that stay in the second. (Where they stand, rows lie far apart, often by a power of
// two, and fall onto each other in a cache.)

constexpr int kOuterVectors = Vec::registers == 32 ? 3 : Vec::lanes > 1 ? 2 : 4;
constexpr int kOuterRows = Vec::registers == 32 ? 8 : Vec::lanes > 1 ? 6 : 4;
constexpr index kOuterBlock = 128;                                    // rows of A and B
constexpr index kOuterLeft = 240;                                     // columns of a block of A: an odd number of cache lines
constexpr index kOuterWidth = kOuterVectors * Vec::lanes;             // columns of B in a tile
constexpr index kOuterRight = 480 / kOuterWidth * kOuterWidth;        // and in a block

// Rows of an operand, or of its copy.
struct OuterRows {
  const real* data;
  index ld;
};

// rows x kVectors vectors of C, the last of them `lanes` wide
template <int kRows, int kVectors>
inline void outer_tile(index rows, OuterRows a, OuterRows b, index k, real* c, index ldc, int lanes) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return outer_tile<kRows - 1, kVectors>(rows, a, b, k, c, ldc, lanes);
  }
  for (int r = 0; r < kRows; ++r) {
    for (int j = 0; j < kVectors; ++j) __builtin_prefetch(c + r * ldc + j * Vec::lanes);
  }
  Vec sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int j = 0; j < kVectors; ++j) sums[r][j] = set(0);
  }
  const bool whole = lanes == Vec::lanes;
  const auto add = [&](const auto& last) {
    Vec right[kVectors];
    for (int j = 0; j + 1 < kVectors; ++j) right[j] = in_register(load(b.data + j * Vec::lanes));
    right[kVectors - 1] = in_register(last(b.data + (kVectors - 1) * Vec::lanes));
    for (int r = 0; r < kRows; ++r) {
      const Vec left = set(a.data[r]);
      for (int j = 0; j < kVectors; ++j) sums[r][j] = fma(right[j], left, sums[r][j]);
    }
    a.data += a.ld;
    b.data += b.ld;
  };
  const auto all = [](const real* from) { return load(from); };
  if (whole) {
    index i = 0;
    for (; i + 4 <= k; i += 4) add(all), add(all), add(all), add(all);
    for (; i < k; ++i) add(all);
  } else {
    for (index i = 0; i < k; ++i) add([&](const real* from) { return load(from, lanes); });
  }
  for (int j = 0; j < kVectors; ++j) {
    real* to = c + j * Vec::lanes;
    if (j + 1 < kVectors || whole) {
      for (int r = 0; r < kRows; ++r) store(to + r * ldc, load(to + r * ldc) + sums[r][j]);
    } else {
      for (int r = 0; r < kRows; ++r) store(to + r * ldc, load(to + r * ldc, lanes) + sums[r][j], lanes);
    }
  }
}

// `rows` rows of C by kVectors vectors.
template <int kVectors>
__attribute__((noinline)) void outer_tiles(index rows, OuterRows a, OuterRows b, index k, real* c, index ldc, int lanes) {
  const index tiles = (rows + kOuterRows - 1) / kOuterRows;
  for (index t = 0, begin = 0; t < tiles; ++t) {
    const index end = rows * (t + 1) / tiles;  // of equal heights, give or take a row
    outer_tile<kOuterRows, kVectors>(end - begin, {a.data + begin, a.ld}, b, k, c + begin * ldc, ldc, lanes);
    begin = end;
  }
}

template <int kVectors>
inline void outer_columns(index vectors, index rows, OuterRows a, OuterRows b, index k, real* c, index ldc, int lanes) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return outer_columns<kVectors - 1>(vectors, rows, a, b, k, c, ldc, lanes);
  }
  outer_tiles<kVectors>(rows, a, b, k, c, ldc, lanes);
}

inline void copy_columns(OuterRows from, index rows, index columns, real* to, index to_ld) {
  for (index r = 0; r < rows; ++r, from.data += from.ld, to += to_ld) {
    index c = 0;
    for (; c + Vec::lanes <= columns; c += Vec::lanes) store(to + c, load(from.data + c));
    if (c < columns) store(to + c, load(from.data + c, static_cast<int>(columns - c)), static_cast<int>(columns - c));
  }
}

constexpr index outer_workspace() { return (kOuterLeft + kOuterRight) * kOuterBlock * static_cast<index>(sizeof(real)); }

inline void multiply_tn(const MatrixProduct& p, void* workspace) {
  real* const left = static_cast<real*>(workspace);
  real* const right = left + kOuterLeft * kOuterBlock;
  const auto least = [](index a, index b) { return a < b ? a : b; };
  const bool left_again = p.n > kOuterWidth, right_again = p.m > kOuterRows;
  for (index row = 0; row < p.k; row += kOuterBlock) {
    const index rows = least(p.k - row, kOuterBlock);
    for (index first = 0; first < p.n; first += kOuterRight) {
      const index columns = least(p.n - first, kOuterRight);
      const OuterRows b{p.b + row * p.ldb + first, p.ldb};
      for (index c = 0; right_again && c < columns; c += kOuterWidth) {
        copy_columns({b.data + c, b.ld}, rows, least(columns - c, kOuterWidth), right + c * kOuterBlock, kOuterWidth);
      }
      for (index top = 0; top < p.m; top += kOuterLeft) {
        const index height = least(p.m - top, kOuterLeft);
        OuterRows a{p.a + row * p.lda + top, p.lda};
        if (left_again) {
          copy_columns(a, rows, height, left, kOuterLeft);
          a = {left, kOuterLeft};
        }
        for (index c = 0; c < columns; c += kOuterWidth) {
          const index width = least(columns - c, kOuterWidth), vectors = (width + Vec::lanes - 1) / Vec::lanes;
          const OuterRows column = right_again ? OuterRows{right + c * kOuterBlock, kOuterWidth} : OuterRows{b.data + c, b.ld};
          outer_columns<kOuterVectors>(vectors, height, a, column, rows, p.c + top * p.ldc + first + c, p.ldc,
                                       static_cast<int>(width - (vectors - 1) * Vec::lanes));
        }
      }
    }
  }
}
