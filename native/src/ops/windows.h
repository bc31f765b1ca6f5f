// Windows over the rows of a sequence, or over the positions inside a row: which rows an output row is made of. Shared by frames, conv1d and
// pool.
//
// A window has `size` taps, `dilation` rows apart. Windows along the steps make an axis (Declaration::window_axis). In a stream the last rows
// of the calls before are a carried state, the history, so that a window may begin there.
#pragma once

#include <algorithm>

#include "ops/op.h"

namespace tidegate {

// What a node says of its windows.
struct WindowShape {
  enum class Edge { zero, reflect };  // what stands for rows before the first and behind the last
  index size = 1, stride = 1, dilation = 1, before = 0, after = 0;
  Edge edge = Edge::zero;

  // size_key=K [stride=K] [pad=P or pad=BEFORE,AFTER], and with `convolution` [stride=1] [dilation=D] [pad_mode=zero|reflect]. Padding is
  // shorter than a window.
  static WindowShape read(const Declaration& node, const char* size_key, bool convolution = false);

  index span() const { return (size - 1) * dilation + 1; }
  Windows windows() const { return {span(), stride, before, after}; }
  // The row that stands at `position` of a sequence of `rows` rows: -1 for none, which counts as zeros.
  index at(index position, index rows) const {
    if (position >= 0 && position < rows) return position;
    if (edge == Edge::zero) return -1;
    return position < 0 ? -position : 2 * (rows - 1) - position;
  }
};

// Windows along the steps of the node's input 0.
class StepWindows {
 public:
  // Declares the axis of the windows and the carried history.
  void infer(Declaration& node, const WindowShape& shape);
  const WindowShape& shape() const { return shape_; }
  int axis() const { return axis_; }  // of the output
  void check(const Run& run) const;
  // Every forward pass calls begin first, which keeps for the backward pass of training what this call starts from, and in the end keep, which
  // writes the last rows of every sequence to the carried state.
  void begin(Run& run) const;
  void keep(Run& run) const;
  // The windows of this call.
  index rows(const Run& run) const { return run.axis(axis_).rows(); }

  // visit(row, window): the rows [first, last) of the output in their order.
  struct Window {
    index rank;   // of the input's sequence
    index start;  // of its first tap: a row of this call, or one before it where it is negative
  };
  template <class Visit>
  void each(const Run& run, index first, index last, const Visit& visit) const {
    const Packed &from = run.axis(input_.axis), &to = run.axis(axis_);
    if (first == last) return;
    index step = 0;
    while (to.offset(step + 1) <= first) ++step;
    for (index row = first; row < last; ++row) {
      if (row == to.offset(step + 1)) ++step;
      const index sequence = to.order(row - to.offset(step));
      visit(row, Window{from.rank(sequence), first_start(run, sequence) + step * shape_.stride});
    }
  }
  template <class Visit>
  void each(const Run& run, const Visit& visit) const {
    each(run, 0, rows(run), visit);
  }
  // What a tap reads: columns of X, null for zeros. A row of an earlier call is read from the history.
  const real* tap(const Run& run, const real* x, const Window& window, index number) const {
    const Packed& from = run.axis(input_.axis);
    const index position = window.start + number * shape_.dilation;
    if (position < 0 && run.carries) return history_row(run, from.order(window.rank), position);
    const index at = shape_.at(position, from.length(window.rank));
    return at < 0 ? nullptr : x + from.row(window.rank, at) * input_.cols;
  }
  // Where a tap's gradient is added to: null for zeros and for rows of earlier calls.
  real* tap_gradient(const Run& run, real* dx, const Window& window, index number) const {
    const Packed& from = run.axis(input_.axis);
    const index position = window.start + number * shape_.dilation;
    if (position < 0 && run.carries) return nullptr;
    const index at = shape_.at(position, from.length(window.rank));
    return at < 0 ? nullptr : dx + from.row(window.rank, at) * input_.cols;
  }
  // How many rows of a sequence were there before this call, at most the history's.
  index seen(const Run& run, index rank) const;

 private:
  enum { kHistory = 1 };  // what begin() saves; the node's own slot is 0

  // [N, history_cols] at the beginning of the call: when a backward pass runs, the carried state is that of its end. null: none.
  const real* history(const Run& run) const {
    if (state_ < 0 || !run.carries) return nullptr;
    return run.train ? run.saved(kHistory) : run.state(state_);
  }
  index kept_rows() const { return shape_.span() - 1; }  // of the history
  index history_cols() const { return kept_rows() * input_.cols + 1; }
  index first_start(const Run& run, index sequence) const {
    return axis_ == input_.axis ? -shape_.before : run.first_window_end(axis_, sequence) - kept_rows();
  }
  const real* history_row(const Run& run, index sequence, index position) const {
    const real* state = history(run);
    return state == nullptr ? nullptr : state + sequence * history_cols() + (kept_rows() + position) * input_.cols;
  }

  WindowShape shape_;
  Type input_{};
  int axis_ = -1, state_ = -1;
  std::string name_;
};

// Windows over the positions of a row whose columns are read as [channels, positions]. All rows are alike: nothing is carried.
struct RowWindows {
  WindowShape shape;
  index channels = 1, positions = 1, windows = 1;  // windows: of a row

  // channels=C, which divides the columns of input 0.
  void infer(const Declaration& node, const WindowShape& shape);
  // Whether a tap reads more than padding in any window: in the first that does not begin ahead of the row, if in one.
  bool reads(index tap) const {
    const index ahead = shape.before - tap * shape.dilation;
    const index first = ahead <= 0 ? 0 : (ahead + shape.stride - 1) / shape.stride;
    return shape.edge == WindowShape::Edge::reflect || (first < windows && position(first, tap) >= 0);
  }
  // The position that a tap of a window reads, -1 for none.
  index position(index window, index tap) const { return shape.at(window * shape.stride - shape.before + tap * shape.dilation, positions); }
  // visit(tap, taps, position): what the taps [first, first + count) of a window read, in pieces of taps whose positions follow each other;
  // position -1, for none, comes by single taps.
  template <class Visit>
  void each_run(index window, index first, index count, const Visit& visit) const {
    for (index tap = 0, taps; tap < count; tap += taps) {
      const index at = window * shape.stride - shape.before + (first + tap) * shape.dilation;
      taps = shape.dilation == 1 && at >= 0 && at < positions ? std::min(count - tap, positions - at) : 1;
      visit(tap, taps, shape.at(at, positions));
    }
  }
};

}  // namespace tidegate
