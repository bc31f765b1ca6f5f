// A cell's view of its operands, a vector of units of one row or two, and the loop over a span that makes a kernel of a cell.
//
// A cell is a struct with two static templates, forward(U u) and backward(U u):
//   u.tape(k)        column k of the tape: a gate's pre-activation on the way in, what was kept of it in backward
//   u.keep(k, v)     writes it
//   u.prev(s)        state s before the step (0: h, 1: c)        u.next(s, v)    the state after it
//   u.now(s)         backward: the state after the step
//   u.d(s)           backward: the gradient of the state after   u.dprev(s, v)   that of the state before
//   u.dtape(k)       backward: the gradient that a product left  u.dtape(k, v)   the gradient of a gate or slot, and a row's part of
//                                                                                that of a vector
//   u.vector(k, j)   column j of the cell's vector number k
// Values are Vec or Wide (simd/wide-inl.h), so a cell declares them auto.
//
// A cell with settings is a struct that is made of the rows (Cell::value), once a call, and has forward and backward as members.

// One vector of units of one row.
template <bool kTail>
struct Unit {
  const CellRows& rows;
  const index row, unit;
  const int lanes;

  TG_INLINE Vec tape(int k) const { return at(tape_column(k)); }
  TG_INLINE void keep(int k, Vec v) const { put(tape_column(k), v); }
  TG_INLINE Vec prev(int s) const { return at(rows.prev[s] + row * rows.prev_ld[s] + unit); }
  TG_INLINE Vec now(int s) const { return at(rows.next[s] + row * rows.next_ld[s] + unit); }
  TG_INLINE void next(int s, Vec v) const { put(rows.next[s] + row * rows.next_ld[s] + unit, v); }
  TG_INLINE Vec d(int s) const { return at(rows.d[s] + row * rows.d_ld[s] + unit); }
  TG_INLINE void dprev(int s, Vec v) const { put(rows.d[s] + row * rows.d_ld[s] + unit, v); }
  TG_INLINE Vec above() const { return at(rows.above + row * rows.above_ld + unit); }
  TG_INLINE Vec dtape(int k) const { return at(dtape_column(k)); }
  TG_INLINE void dtape(int k, Vec v) const { put(dtape_column(k), v); }
  TG_INLINE Vec vector(int k, int j = 0) const { return at(rows.vector[k] + j * rows.size + unit); }
  // v in the lanes that are there, 0 elsewhere: for sums.
  TG_INLINE Vec present(Vec v) const {
    if (!kTail) return v;
    real kept[Vec::lanes];
    store(kept, v, lanes);
    return load(kept, lanes);
  }

 private:
  TG_INLINE Vec at(const real* p) const { return kTail ? load(p, lanes) : load(p); }
  TG_INLINE void put(real* p, Vec v) const {
    if (kTail) {
      store(p, v, lanes);
    } else {
      store(p, v);
    }
  }
  TG_INLINE real* tape_column(int k) const { return rows.tape + row * rows.tape_ld + k * rows.size + unit; }
  TG_INLINE real* dtape_column(int k) const { return rows.dtape + row * rows.dtape_ld + k * rows.size + unit; }
};

// The same of two rows or two blocks of units at once.
struct WideUnit {
  const Unit<false> a, b;

  TG_INLINE Wide tape(int k) const { return {a.tape(k), b.tape(k)}; }
  TG_INLINE void keep(int k, Wide v) const { a.keep(k, v.a), b.keep(k, v.b); }
  TG_INLINE Wide prev(int s) const { return {a.prev(s), b.prev(s)}; }
  TG_INLINE Wide now(int s) const { return {a.now(s), b.now(s)}; }
  TG_INLINE void next(int s, Wide v) const { a.next(s, v.a), b.next(s, v.b); }
  TG_INLINE Wide d(int s) const { return {a.d(s), b.d(s)}; }
  TG_INLINE void dprev(int s, Wide v) const { a.dprev(s, v.a), b.dprev(s, v.b); }
  TG_INLINE Wide above() const { return {a.above(), b.above()}; }
  TG_INLINE Wide dtape(int k) const { return {a.dtape(k), b.dtape(k)}; }
  TG_INLINE void dtape(int k, Wide v) const { a.dtape(k, v.a), b.dtape(k, v.b); }
  TG_INLINE Wide vector(int k, int j = 0) const { return {a.vector(k, j), b.vector(k, j)}; }
};

// show(unit) for all units of a span: whole vectors in pairs, row after row, then the ends of the rows.
template <class Show>
inline void each_unit(const CellRows& rows, const CellSpan& span, const Show& show) {
  const index whole = (span.unit_end - span.unit) / Vec::lanes, total = (span.row_end - span.row) * whole;
  const auto vector = [&](index row, index number) { return Unit<false>{rows, row, span.unit + number * Vec::lanes, Vec::lanes}; };
  index row = span.row, number = 0;
  const auto take = [&] {
    const Unit<false> taken = vector(row, number);
    if (++number == whole) {
      number = 0;
      ++row;
    }
    return taken;
  };
  for (index pair = 0; pair < total / 2; ++pair) show(WideUnit{take(), take()});
  if (total % 2 == 1) show(take());
  const index tail = span.unit + whole * Vec::lanes;
  if (tail < span.unit_end) {
    for (index r = span.row; r < span.row_end; ++r) show(Unit<true>{rows, r, tail, static_cast<int>(span.unit_end - tail)});
  }
}

template <class Cell>
void cell_forward(const CellRows& rows, const CellSpan& span) {
  each_unit(rows, span, [](const auto& unit) { Cell::forward(unit); });
}

template <class Cell>
void cell_backward(const CellRows& rows, const CellSpan& span) {
  each_unit(rows, span, [](const auto& unit) { Cell::backward(unit); });
}

// The operands of step s of several, for a cell of one state.
TG_INLINE CellRows rows_of_step(const CellRows& first, index s) {
  CellRows rows = first;
  const index row = s * first.step_rows;
  rows.tape += row * first.tape_ld;
  rows.next[0] += row * first.next_ld[0];
  if (s == 0) return rows;
  rows.prev[0] = rows.next[0] - first.step_rows * first.next_ld[0];
  rows.prev_ld[0] = first.next_ld[0];
  return rows;
}

template <class Cell>
void cell_forward_over_steps(const CellRows& rows, const CellSpan& span) {
  for (index s = 0; s < rows.steps; ++s) {
    each_unit(rows_of_step(rows, s), span, [](const auto& unit) { Cell::forward(unit); });
  }
}

template <class Cell>
void cell_backward_over_steps(const CellRows& rows, const CellSpan& span) {
  for (index s = rows.steps - 1; s >= 0; --s) {
    CellRows at = rows_of_step(rows, s);
    at.dtape += s * rows.step_rows * rows.dtape_ld;
    at.above += s * rows.step_rows * rows.above_ld;
    each_unit(at, span, [](const auto& unit) {
      unit.dprev(0, unit.d(0) + unit.above());
      Cell::backward(unit);
    });
  }
}

template <class Cell>
void cell_forward_with_settings(const CellRows& rows, const CellSpan& span) {
  const Cell cell(rows);
  each_unit(rows, span, [&](const auto& unit) { cell.forward(unit); });
}

template <class Cell>
void cell_backward_with_settings(const CellRows& rows, const CellSpan& span) {
  const Cell cell(rows);
  each_unit(rows, span, [&](const auto& unit) { cell.backward(unit); });
}

template <class Cell>
void use_settings(Stage& stage) {
  stage.forward = cell_forward_with_settings<Cell>;
  stage.backward = cell_backward_with_settings<Cell>;
}

// The same one vector at a time, whole or not, for a cell whose code is to be small rather than quick.
template <class Show>
inline void each_vector(const CellRows& rows, const CellSpan& span, const Show& show) {
  for (index row = span.row; row < span.row_end; ++row) {
    for (index unit = span.unit; unit < span.unit_end; unit += Vec::lanes) {
      const index left = span.unit_end - unit;
      show(Unit<true>{rows, row, unit, left < Vec::lanes ? static_cast<int>(left) : Vec::lanes});
    }
  }
}

template <class Cell>
void use_small_settings(Stage& stage) {
  stage.forward = [](const CellRows& rows, const CellSpan& span) {
    const Cell cell(rows);
    each_vector(rows, span, [&](const auto& unit) { cell.forward(unit); });
  };
  stage.backward = [](const CellRows& rows, const CellSpan& span) {
    const Cell cell(rows);
    each_vector(rows, span, [&](const auto& unit) { cell.backward(unit); });
  };
}

// show(unit) for the vectors of one row, in order.
template <class Show>
inline void each_unit_of_row(const CellRows& rows, index row, const Show& show) {
  index unit = 0;
  for (; unit + Vec::lanes <= rows.size; unit += Vec::lanes) show(Unit<false>{rows, row, unit, Vec::lanes});
  if (unit < rows.size) show(Unit<true>{rows, row, unit, static_cast<int>(rows.size - unit)});
}
