// Products with a matrix B [k, groups * size] packed once and used many times, in one pass with the cell's kernel: by hundreds of rows of
// one product, by every step of a call, or for good.
//
// Layout: panels [panel][k][vector][lane], 0 beyond the size. A panel's vectors are the same units of all groups: [group][block], as
// many blocks of units as make three or four vectors. A tile of rows x one panel keeps its sums in registers over k; for a single row
// two panels go side by side, so that enough chains of fma are in flight.
//
// Each element of y is its start plus one chain of fma over k in order, whatever the tiling: a row's bits do not depend on the number
// of rows, on its neighbours or on the units of a range. (A chain that began at the start would lose more: its sums are larger.)
//
// A policy says how numbers are packed and multiplied: Float32Panels below.

constexpr int panel_vectors(int groups) { return groups == 3 ? 3 : 4; }
constexpr int panel_blocks(int groups) { return groups == 1 ? 4 : groups == 2 ? 2 : 1; }
inline index panel_units(const PanelShape& shape) { return panel_blocks(shape.groups) * Vec::lanes; }
// The panel that a unit is in. Divisions would show: a batch of one spends some hundred cycles on a panel.
constexpr index panel_of(index unit, int blocks) { return (unit / Vec::lanes) >> (blocks / 2); }
// Sums, one panel's row and a broadcast must fit into the registers.
constexpr int tile_rows(int vectors) {
  const int fit = (Vec::registers - vectors) / vectors, most = 24 / vectors;
  return fit < most ? fit : most;
}
constexpr index kPanelBlock = 8 * Vec::lanes;   // units of two panels of four blocks
constexpr index kRowsBytes = 512 * 1024;        // of the rows that stay in L2 while the panels pass over them

// Where a tile's sums go: the vectors of panels side by side, of which each has kEach. What a vector needs is found when its sums are
// written: a table made before the tile would hold up its first loads.
struct PanelColumns {
  const PanelProduct::Target* target;
  int blocks_log2;  // of the panel's blocks
  index unit;       // the first of the first panel
  index size;

  struct Column {
    const PanelProduct::Target& target;
    index unit;
  };
  template <int kEach>
  Column at(int j) const {
    const int vector = j % kEach, block = vector & ((1 << blocks_log2) - 1), before = j / kEach << blocks_log2;
    return {target[vector >> blocks_log2], unit + (before + block) * Vec::lanes};
  }
  // Prefetches what put() will read: with many steps it has left the near caches.
  template <int kRows, int kEach>
  void fetch(index row, int j) const {
    const Column column = at<kEach>(j);
    const real* from = column.target.start + column.unit + row * column.target.start_ld;
    for (int r = 0; r < kRows; ++r) __builtin_prefetch(from + r * column.target.start_ld);
  }
  template <int kEach, int kRows, int kVectors>
  TG_INLINE void put_all(index row, const Vec (&sums)[kRows][kVectors]) const {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) put<kEach>(row, sums, j);  // unrolled, or the sums go through memory
  }
  template <int kEach, int kRows, int kVectors>
  TG_INLINE void put(index row, const Vec (&sums)[kRows][kVectors], int j) const {
    const Column column = at<kEach>(j);
    const index start_ld = column.target.start_ld, y_ld = column.target.y_ld, lanes = size - column.unit;
    const real* from = column.target.start + column.unit + row * start_ld;
    real* to = column.target.y + column.unit + row * y_ld;
    if (lanes >= Vec::lanes) {
      for (int r = 0; r < kRows; ++r) store(to + r * y_ld, load(from + r * start_ld) + sums[r][j]);
    } else if (lanes > 0) {
      const int n = static_cast<int>(lanes);
      for (int r = 0; r < kRows; ++r) store(to + r * y_ld, load(from + r * start_ld, n) + sums[r][j], n);
    }
  }
};

inline PanelColumns panel_columns(const PanelProduct& p, index panel) {
  const int log2 = panel_blocks(p.shape.groups) / 2;
  return {p.target, log2, (panel << log2) * Vec::lanes, p.shape.size};
}

// ---- The float policy -----------------------------------------------------------------------------------------------------------

struct Float32Panels {
  using Element = real;
  static constexpr int kTogether = 1;  // elements of k that stand side by side in a lane
  static constexpr bool kPacksVectors = true;  // by pack_rows and pack_columns; else by pack, element by element
  static constexpr int most_rows(int vectors) { return tile_rows(vectors); }  // of a tile
  struct Rows {                        // the left operand
    const real* const* segment;
    int segments;
    index ld, width;
  };

  static index workspace(const PanelShape&, index) { return 0; }
  static Rows rows(const PanelProduct& p) { return {p.x, p.segments, p.x_ld, p.shape.k / p.segments}; }

  // The rows [row, row + kRows) x the first kVectors vectors of panels that have kEach: two panels, one, or a part of one.
  // next: the panel to prefetch, or null, one cache line for each k: weights larger than L2 come from L3 during the product before.
  template <int kRows, int kVectors, int kEach>
  static inline void tile(const Rows& x, index row, const Element* panel, index panel_size, const PanelColumns& columns, const char* next) {
    for (int j = 0; j < kVectors; ++j) columns.template fetch<kRows, kEach>(row, j);
    Vec sums[kRows][kVectors];
    for (int r = 0; r < kRows; ++r) {
      for (int j = 0; j < kVectors; ++j) sums[r][j] = set(0);
    }
    for (int s = 0; s < x.segments; ++s) {
      const real* factors = x.segment[s] + row * x.ld;
      const auto add = [&] {
        if constexpr (kRows > 1 && kRows * kVectors + kVectors >= Vec::registers) {  // one vector of weights at a time, or sums would be spilled
          Vec factor[kRows];
          for (int r = 0; r < kRows; ++r) factor[r] = in_register(set(factors[r * x.ld]));
          for (int j = 0; j < kVectors; ++j) {
            const Vec weight = in_register(load(panel + (j / kEach) * panel_size + (j % kEach) * Vec::lanes));
            for (int r = 0; r < kRows; ++r) sums[r][j] = fma(weight, factor[r], sums[r][j]);
          }
          ++factors;
          panel += kEach * Vec::lanes;
          return;
        }
        Vec weights[kVectors];
        for (int j = 0; j < kVectors; ++j) {
          weights[j] = load(panel + (j / kEach) * panel_size + (j % kEach) * Vec::lanes);
          if constexpr (kRows == 2 || kRows == 3) weights[j] = in_register(weights[j]);  // g++ 12 would load it for each row
        }
        for (int r = 0; r < kRows; ++r) {
          const Vec factor = set(factors[r * x.ld]);
          for (int j = 0; j < kVectors; ++j) sums[r][j] = fma(weights[j], factor, sums[r][j]);
        }
        if constexpr (kRows > 3) {  // fewer wait for the weights at hand
          __builtin_prefetch(next, 0, 2);
          next += 64;
        }
        ++factors;
        panel += kEach * Vec::lanes;
      };
      index i = 0;
      if constexpr (kRows > 1) {  // a single row waits for its weights, and the longer loop only delays them
        for (; i + 4 <= x.width; i += 4) add(), add(), add(), add();
      }
      for (; i < x.width; ++i) add();
    }
    columns.template put_all<kEach>(row, sums);
  }

  // A vector of a panel at a time, some of k in turn.
  template <class Pack>
  static void each_vector(Element* panels, const PanelShape& shape, index together, const Pack& pack) {
    const int vectors = panel_vectors(shape.groups), blocks = panel_blocks(shape.groups);
    const index step = vectors * Vec::lanes;
    for (index first = 0; first < shape.size; first += blocks * Vec::lanes, panels += shape.k * step) {
      for (index i = 0; i < shape.k; i += together) {
        const index count = shape.k - i < together ? shape.k - i : together;
        for (int j = 0; j < vectors; ++j) {
          const index unit = first + (j % blocks) * Vec::lanes, rest = shape.size - unit;
          const index units = rest < 0 ? 0 : rest < Vec::lanes ? rest : Vec::lanes;
          pack(panels + i * step + j * Vec::lanes, step, j / blocks, unit, units, i, count);
        }
      }
    }
  }
  // Squares of W, turned.
  static void pack_rows(Element* panels, const PanelShape& shape, const real* w, index ldw) {
    each_vector(panels, shape, Vec::lanes, [&](Element* to, index step, int group, index unit, index units, index i, index count) {
      const real* from = w + (group * shape.size + unit) * ldw + i;
      Vec square[Vec::lanes];
      for (int r = 0; r < Vec::lanes; ++r) {
        square[r] = r >= units ? set(0) : count == Vec::lanes ? load(from + r * ldw) : load(from + r * ldw, static_cast<int>(count));
      }
      transpose(square);
      for (int c = 0; c < count; ++c) store(to + c * step, square[c]);
    });
  }
  static void pack_columns(Element* panels, const PanelShape& shape, const real* b, index ldb) {
    each_vector(panels, shape, 16, [&](Element* to, index step, int group, index unit, index units, index i, index count) {
      const real* from = b + i * ldb + group * shape.size + unit;
      for (index r = 0; r < count; ++r, from += ldb, to += step) {
        store(to, units == 0 ? set(0) : units == Vec::lanes ? load(from) : load(from, static_cast<int>(units)));
      }
    });
  }

  // One of a panel's columns.
  static void read(real* y, const Element* panel, index k, index column, index columns) {
    for (index i = 0; i < k; ++i) y[i] = panel[i * columns + column];
  }
};

// ---- What all policies share ----------------------------------------------------------------------------------------------------

template <class Policy>
index packed_k(index k) {
  return (k + Policy::kTogether - 1) / Policy::kTogether * Policy::kTogether;
}

// Elements of one panel.
template <class Policy>
index panel_size(const PanelShape& shape) {
  return packed_k<Policy>(shape.k) * panel_vectors(shape.groups) * Vec::lanes;
}

template <class Policy>
index panel_bytes(const PanelShape& shape) {
  const index units = panel_units(shape);
  return (shape.size + units - 1) / units * panel_size<Policy>(shape) * static_cast<index>(sizeof(typename Policy::Element));
}

template <class Policy, int kRows, int kVectors, int kEach>
inline void tile_of_rows(index rows, const typename Policy::Rows& x, index row, const typename Policy::Element* panel,
                         const PanelColumns& columns, const char* next) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return tile_of_rows<Policy, kRows - 1, kVectors, kEach>(rows, x, row, panel, columns, next);
  }
  Policy::template tile<kRows, kVectors, kEach>(x, row, panel, 0, columns, next);
}

// The rows [row, row_end) x the first vector of a panel that has kEach. Not inlined: its tiles beside those of whole panels in one function
// are more than g++ 12 inlines, and then it keeps all their sums in memory.
template <class Policy, int kEach>
__attribute__((noinline)) void multiply_narrow(const typename Policy::Rows& x, index row, index row_end,
                                               const typename Policy::Element* panel, const PanelColumns& columns) {
  constexpr int kTile = Policy::most_rows(kEach);
  const index rows = row_end - row, tiles = (rows + kTile - 1) / kTile;
  index begin = row;
  for (index t = 1; t <= tiles; ++t) {
    const index end = row + rows * t / tiles;
    tile_of_rows<Policy, kTile, 1, kEach>(end - begin, x, begin, panel, columns, reinterpret_cast<const char*>(panel));
    begin = end;
  }
}

// Where there is one group, the last panel may hold units in its first vector alone.
template <int kVectors>
inline bool is_narrow(const PanelProduct& p, index panel) {
  return kVectors == 4 && p.shape.groups == 1 && p.shape.size - panel * panel_blocks(1) * Vec::lanes <= Vec::lanes;
}

// One product over one row and the units [unit, unit_end).
template <class Policy, int kVectors>
inline void multiply_row(const PanelProduct& p, const typename Policy::Rows& x, index row, index unit, index unit_end) {
  const int blocks = panel_blocks(p.shape.groups);
  const index size = panel_size<Policy>(p.shape);
  const auto* panels = static_cast<const typename Policy::Element*>(p.panels);
  index panel = panel_of(unit, blocks);
  const index panel_end = panel_of(unit_end - 1, blocks) + 1;
  for (; panel + 2 <= panel_end; panel += 2) {
    Policy::template tile<1, 2 * kVectors, kVectors>(x, row, panels + panel * size, size, panel_columns(p, panel), nullptr);
  }
  if (panel == panel_end) return;
  const PanelColumns columns = panel_columns(p, panel);
  if (is_narrow<kVectors>(p, panel)) {
    multiply_narrow<Policy, kVectors>(x, row, row + 1, panels + panel * size, columns);
  } else {
    Policy::template tile<1, kVectors, kVectors>(x, row, panels + panel * size, 0, columns, nullptr);
  }
}

// One product over the rows [row, row_end), more than one, and the units [unit, unit_end). Not inlined, as above.
template <class Policy, int kVectors>
__attribute__((noinline)) void multiply_rows(const PanelProduct& p, const typename Policy::Rows& x, index row, index row_end, index unit,
                                             index unit_end, bool descending) {
  constexpr int kTile = Policy::most_rows(kVectors);
  const int blocks = panel_blocks(p.shape.groups);
  const index size = panel_size<Policy>(p.shape);
  const index rows = row_end - row, tiles = (rows + kTile - 1) / kTile;
  const auto* panels = static_cast<const typename Policy::Element*>(p.panels);
  const bool far = rows > 3 && panel_bytes<Policy>(p.shape) > kRowsBytes;  // the weight does not stay in L2 from step to step
  const index panel_end = panel_of(unit_end - 1, blocks) + 1;
  for (index panel = panel_of(unit, blocks); panel < panel_end; ++panel) {
    const PanelColumns columns = panel_columns(p, panel);
    if (is_narrow<kVectors>(p, panel)) {
      multiply_narrow<Policy, kVectors>(x, row, row_end, panels + panel * size, columns);
      continue;
    }
    const index after = panel + (descending ? -1 : 1);
    const bool more = far && after >= 0 && after * blocks * Vec::lanes < p.shape.size;
    const auto* here = reinterpret_cast<const char*>(panels + panel * size);
    const char* next = more ? reinterpret_cast<const char*>(panels + after * size) : here;
    const char* const next_end = next + size * static_cast<index>(sizeof(typename Policy::Element));
    index begin = row;
    for (index t = 1; t <= tiles; ++t) {  // of equal heights, give or take a row
      const index end = row + rows * t / tiles;
      tile_of_rows<Policy, kTile, kVectors, kVectors>(end - begin, x, begin, panels + panel * size, columns, next);
      next += p.shape.k * 64;
      if (next >= next_end) next = here;
      begin = end;
    }
  }
}

template <class Policy, int kVectors>
inline void multiply_span(const PanelProduct& p, const typename Policy::Rows& x, index row, index row_end, index unit, index unit_end,
                          bool descending) {
  if (row_end - row == 1) {
    multiply_row<Policy, kVectors>(p, x, row, unit, unit_end);
  } else {
    multiply_rows<Policy, kVectors>(p, x, row, row_end, unit, unit_end, descending);
  }
}

template <class Policy>
void run_panels(const PanelPass& pass) {
  typename Policy::Rows x[2];
  index rows = pass.kernel != nullptr ? pass.cells->rows : 0, widest = 1, step = Vec::lanes;
  for (int i = 0; i < pass.products; ++i) {
    const PanelProduct& p = pass.product[i];
    x[i] = Policy::rows(p);
    if (p.rows > rows) rows = p.rows;
    if (p.shape.k > widest) widest = p.shape.k;
    const index units = panel_units(p.shape);
    if (units > step) step = units;
  }
  if (rows == 1) step *= 2;  // panels go in pairs then
  index chunk = rows;
  if (rows * widest * static_cast<index>(sizeof(real)) > kRowsBytes) {
    chunk = kRowsBytes / (widest * static_cast<index>(sizeof(real)));
    if (chunk < 24) chunk = 24;
  }
  const index last_unit = pass.unit + ((pass.unit_end - pass.unit - 1) & -step);  // step is a power of two
  for (index row = 0; row < rows; row += chunk) {
    const index row_end = row + chunk < rows ? row + chunk : rows;
    for (index done = 0; done <= last_unit - pass.unit; done += step) {
      const index unit = pass.descending ? last_unit - done : pass.unit + done;
      const index unit_end = unit + step < pass.unit_end ? unit + step : pass.unit_end;
      for (int i = 0; i < pass.products; ++i) {
        const PanelProduct& p = pass.product[i];
        const index last = row_end < p.rows ? row_end : p.rows;
        if (row >= last) continue;
        if (panel_vectors(p.shape.groups) == 3) {
          multiply_span<Policy, 3>(p, x[i], row, last, unit, unit_end, pass.descending);
        } else {
          multiply_span<Policy, 4>(p, x[i], row, last, unit, unit_end, pass.descending);
        }
      }
      if (pass.kernel != nullptr) pass.kernel(*pass.cells, {row, row_end, unit, unit_end});
    }
  }
}

template <class Policy>
void pack_panel_rows(void* panels, const PanelShape& shape, const real* w, index ldw) {
  auto* to = static_cast<typename Policy::Element*>(panels);
  if constexpr (Policy::kPacksVectors) {
    Policy::pack_rows(to, shape, w, ldw);
  } else {
    Policy::pack(to, shape, [&](index i, int group, index unit) { return w[(group * shape.size + unit) * ldw + i]; });
  }
}
template <class Policy>
void pack_panel_columns(void* panels, const PanelShape& shape, const real* b, index ldb) {
  auto* to = static_cast<typename Policy::Element*>(panels);
  if constexpr (Policy::kPacksVectors) {
    Policy::pack_columns(to, shape, b, ldb);
  } else {
    Policy::pack(to, shape, [&](index i, int group, index unit) { return b[i * ldb + group * shape.size + unit]; });
  }
}

// The weights of one unit of panels without gates: the row of W, or the column of B, as products see it.
template <class Policy>
void read_panel_row(real* y, const void* panels, const PanelShape& shape, index unit) {
  const index columns = panel_vectors(1) * Vec::lanes;
  const auto* panel = static_cast<const typename Policy::Element*>(panels) + unit / columns * panel_size<Policy>(shape);
  Policy::read(y, panel, shape.k, unit % columns, columns);
}

template <class Policy>
constexpr PanelKernels panel_kernels() {
  return {kPanelBlock,           panel_units,                panel_bytes<Policy>,        Policy::workspace,
          pack_panel_rows<Policy>, pack_panel_columns<Policy>, read_panel_row<Policy>,
          run_panels<Policy>};
}
