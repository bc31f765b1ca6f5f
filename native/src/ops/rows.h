// What most ops share of rows: the checks (what kind an input is, that inputs have the same rows, that ids lie in a range), how many are worth
// a thread, a copy.
#pragma once

#include <algorithm>

#include "ops/op.h"

namespace tidegate {

inline const char* kind_name(Kind kind) {
  return kind == Kind::real ? "real numbers" : kind == Kind::ids ? "ids" : "one-hot rows";
}

// infer(): input i must be of this kind.
inline void expect_kind(const Declaration& node, int i, Kind kind) {
  if (node.input(i).kind != kind) node.fail(text("input ", node.describe(i), ": expected ", kind_name(kind)));
}

// infer(): inputs a and b must have the same rows. Values with one row for each sequence may be of different axes: that these have
// equally many sequences is known only when they run (check_same_rows).
inline void expect_same_rows(const Declaration& node, int a, int b) {
  const Type& left = node.input(a);
  const Type& right = node.input(b);
  if (left.per == right.per && (left.axis == right.axis || left.per == Per::sequence)) return;
  node.fail(text("input ", node.describe(b), ": expected the same rows as ", node.describe(a)));
}

constexpr index kElementGrain = 4096;  // elements that are worth a thread of their own

// Rows that are.
inline index row_grain(index cols) { return std::max<index>(1, kElementGrain / cols); }

// to [n] = from, or 0 where that is null.
inline void copy_or_clear(const real* from, index n, real* to) {
  if (from == nullptr) {
    std::fill_n(to, n, real{0});
  } else {
    std::copy_n(from, n, to);
  }
}

inline index rows_of(const Run& run, const Type& type) {
  if (type.per == Per::batch) return 1;
  const Packed& axis = run.axis(type.axis);
  return type.per == Per::step ? axis.rows() : axis.sequences();
}

// check(): the run-time side of expect_same_rows.
inline void check_same_rows(const Run& run, int a, int b) {
  const index left = rows_of(run, run.in(a).type), right = rows_of(run, run.in(b).type);
  if (left != right) run.fail(text("input ", b + 1, " has ", right, " rows, expected ", left, ", as many as input ", a + 1));
}

// check(): every sequence must have a row; of a derived axis one may have none in a call. name: what describe() said of the input.
inline void check_no_empty(const Run& run, int i, const std::string& name) {
  const Packed& axis = run.axis(run.in(i).type.axis);
  if (axis.has_empty()) run.fail(text("input ", name, ": sequence ", axis.order(axis.sequences() - 1), " has no row"));
}

// "row 5 (step 1 of sequence 0)"
inline std::string row_name(const Run& run, const Type& type, index row) {
  std::string name = text("row ", row);
  if (type.per != Per::step) return name;
  const Packed& axis = run.axis(type.axis);
  index step = 0;
  while (axis.offset(step + 1) <= row) ++step;
  return name + text(" (step ", step, " of sequence ", axis.order(row - axis.offset(step)), ")");
}

// check(): ids must be in [0, count), or `except` (0 stands for no exception). name: what describe() said of the input.
inline void check_ids(const Run& run, const Value& value, const std::string& name, index count, index except = 0) {
  for (index row = 0; row < value.rows; ++row) {
    const index id = value.ids[row];
    if ((id >= 0 && id < count) || id == except) continue;
    const bool exception = except < 0 || except >= count;
    run.fail(text("input ", name, ": ", row_name(run, value.type, row), " is ", id, ", expected 0 to ", count - 1,
                  exception ? text(" or ", except) : ""));
  }
}

}  // namespace tidegate
