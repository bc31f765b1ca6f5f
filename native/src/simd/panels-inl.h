// The product for few rows: y [m,n] += x [m,k] B [k,n] with B packed once and used at every step of a scan. OpenBLAS repacks B at
// every call, which costs more than the product while m is small.
//
// Layout: panels of kPanelVectors vectors of columns, [panel][k][vector][lane], 0 beyond n. A tile of rows x one panel keeps its
// sums in registers over the whole of k; for a single row two panels go side by side, so that enough chains are in flight.
// Each element of y is one chain of fma over k in order, added to y at its end: a row's bits do not depend on m, on its neighbours
// or on where the rows are cut into tiles.

constexpr int kPanelVectors = 4;
constexpr int kPanelColumns = kPanelVectors * Vec::lanes;
// Sums, one panel's row and a broadcast must fit into the registers.
constexpr int kTileRows = (Vec::registers - kPanelVectors) / kPanelVectors > 6 ? 6 : (Vec::registers - kPanelVectors) / kPanelVectors;

inline index panels_for(index n) { return (n + kPanelColumns - 1) / kPanelColumns; }

void pack_columns(real* panels, const real* b, index ldb, index k, index n) {
  for (index p = 0; p < panels_for(n); ++p) {
    const index first = p * kPanelColumns, columns = n - first < kPanelColumns ? n - first : kPanelColumns;
    for (index i = 0; i < k; ++i) {
      const real* row = b + i * ldb + first;
      for (index c = 0; c < columns; ++c) panels[c] = row[c];
      for (index c = columns; c < kPanelColumns; ++c) panels[c] = 0;
      panels += kPanelColumns;
    }
  }
}

void pack_rows(real* panels, const real* w, index ldw, index n, index k) {
  constexpr index kTile = 16;  // of k: a cache line of each row of w
  for (index p = 0; p < panels_for(n); ++p) {
    const index first = p * kPanelColumns, columns = n - first < kPanelColumns ? n - first : kPanelColumns;
    for (index from = 0; from < k; from += kTile) {
      const index to = from + kTile < k ? from + kTile : k;
      for (index c = 0; c < kPanelColumns; ++c) {
        const real* row = w + (first + c) * ldw;
        for (index i = from; i < to; ++i) panels[i * kPanelColumns + c] = c < columns ? row[i] : 0;
      }
    }
    panels += k * kPanelColumns;
  }
}

template <int kRows, int kPanels>
inline void panel_tile(real* y, index ldy, const real* x, index ldx, const real* panels, index k, index columns) {
  constexpr int kVectors = kPanels * kPanelVectors;
  const index panel_size = k * kPanelColumns;
  Vec sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int j = 0; j < kVectors; ++j) sums[r][j] = set(0);
  }
  for (index i = 0; i < k; ++i) {
    Vec weights[kVectors];
    for (int j = 0; j < kVectors; ++j) {
      weights[j] = load(panels + (j / kPanelVectors) * panel_size + i * kPanelColumns + (j % kPanelVectors) * Vec::lanes);
    }
    for (int r = 0; r < kRows; ++r) {
      const Vec factor = set(x[r * ldx + i]);
      for (int j = 0; j < kVectors; ++j) sums[r][j] = fma(weights[j], factor, sums[r][j]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int j = 0; j < kVectors; ++j) {
      real* to = y + r * ldy + j * Vec::lanes;
      const index left = columns - j * Vec::lanes;
      if (left >= Vec::lanes) {
        store(to, load(to) + sums[r][j]);
      } else if (left > 0) {
        store(to, load(to, static_cast<int>(left)) + sums[r][j], static_cast<int>(left));
      }
    }
  }
}

template <int kRows>
inline void panel_rows(index rows, real* y, index ldy, const real* x, index ldx, const real* panel, index k, index columns) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return panel_rows<kRows - 1>(rows, y, ldy, x, ldx, panel, k, columns);
  }
  panel_tile<kRows, 1>(y, ldy, x, ldx, panel, k, columns);
}

void add_panels(real* y, index ldy, const real* x, index ldx, const real* panels, index m, index n, index k) {
  const index count = panels_for(n), panel_size = k * kPanelColumns;
  if (m == 1) {
    index p = 0;
    for (; p + 2 <= count; p += 2) {
      panel_tile<1, 2>(y + p * kPanelColumns, ldy, x, ldx, panels + p * panel_size, k, n - p * kPanelColumns);
    }
    if (p < count) panel_tile<1, 1>(y + p * kPanelColumns, ldy, x, ldx, panels + p * panel_size, k, n - p * kPanelColumns);
    return;
  }
  const index tiles = (m + kTileRows - 1) / kTileRows;
  for (index p = 0; p < count; ++p) {
    index row = 0;
    for (index t = 0; t < tiles; ++t) {  // of equal heights, give or take a row
      const index end = m * (t + 1) / tiles;
      panel_rows<kTileRows>(end - row, y + row * ldy + p * kPanelColumns, ldy, x + row * ldx, ldx, panels + p * panel_size, k,
                            n - p * kPanelColumns);
      row = end;
    }
  }
}
