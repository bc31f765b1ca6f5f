// What a cell sees: one vector of units of one row. And the loop that shows it every row, which is all that a cell's kernel is.
//
// A cell is a struct with two static templates, forward(U u) and backward(U u):
//   u.tape(k)        column k of the tape: a gate's pre-activation on the way in, what was kept of it in backward
//   u.keep(k, v)     writes it
//   u.prev(s)        state s before the step (0: h, 1: c)        u.next(s, v)    the state after it
//   u.now(s)         backward: the state after the step
//   u.d(s)           backward: the gradient of the state after   u.dprev(s, v)   that of the state before
//   u.dtape(k)       backward: the gradient that a product left  u.dtape(k, v)   the gradient of a gate or slot

template <bool kTail>
struct Unit {
  const CellRows& rows;
  const index row, unit;
  const int lanes;

  Vec tape(int k) const { return at(tape_column(k)); }
  void keep(int k, Vec v) const { put(tape_column(k), v); }
  Vec prev(int s) const { return at(rows.prev[s] + row * rows.prev_ld[s] + unit); }
  Vec now(int s) const { return at(rows.next[s] + row * rows.next_ld[s] + unit); }
  void next(int s, Vec v) const { put(rows.next[s] + row * rows.next_ld[s] + unit, v); }
  Vec d(int s) const { return at(rows.d[s] + row * rows.d_ld[s] + unit); }
  void dprev(int s, Vec v) const { put(rows.d[s] + row * rows.d_ld[s] + unit, v); }
  Vec dtape(int k) const { return at(dtape_column(k)); }
  void dtape(int k, Vec v) const { put(dtape_column(k), v); }

 private:
  Vec at(const real* p) const { return kTail ? load(p, lanes) : load(p); }
  void put(real* p, Vec v) const {
    if (kTail) {
      store(p, v, lanes);
    } else {
      store(p, v);
    }
  }
  real* tape_column(int k) const { return rows.tape + row * rows.tape_ld + k * rows.size + unit; }
  real* dtape_column(int k) const { return rows.dtape + row * rows.dtape_ld + k * rows.size + unit; }
};

template <class Cell>
void cell_forward(const CellRows& rows) {
  for (index row = 0; row < rows.rows; ++row) {
    index unit = 0;
    for (; unit + Vec::lanes <= rows.size; unit += Vec::lanes) Cell::forward(Unit<false>{rows, row, unit, Vec::lanes});
    if (unit < rows.size) Cell::forward(Unit<true>{rows, row, unit, static_cast<int>(rows.size - unit)});
  }
}

template <class Cell>
void cell_backward(const CellRows& rows) {
  for (index row = 0; row < rows.rows; ++row) {
    index unit = 0;
    for (; unit + Vec::lanes <= rows.size; unit += Vec::lanes) Cell::backward(Unit<false>{rows, row, unit, Vec::lanes});
    if (unit < rows.size) Cell::backward(Unit<true>{rows, row, unit, static_cast<int>(rows.size - unit)});
  }
}
