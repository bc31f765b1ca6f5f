// pool X kind=last|mean|max [window=K] [stride=K] [pad=0] [channels=C]: many rows become one.
//   without a window       one row for each sequence, in the caller's order, from the rows of its steps
//   window=K               one row for each window of K steps, on the axis of the windows
//   window=K channels=C    a row's columns are [C, positions]; one column for each window of K positions, [C, windows]
//   last  the last row      mean  their sum / how many they are      max  column by column, the first of equals
// What is padding does not count.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/rows.h"
#include "ops/windows.h"

namespace tidegate {

namespace {

enum class Of { last, mean, max };

// One row for each sequence.
class SequencePool : public NodeOp {
 public:
  explicit SequencePool(Of of) : of_(of) {}

  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    const Type& x = node.input(0);
    if (x.per != Per::step) node.fail(text("input ", node.describe(0), ": expected a value per step"));
    forward_ = of_ == Of::last ? &SequencePool::last : of_ == Of::mean ? &SequencePool::mean : &SequencePool::max;
    backward_ = of_ == Of::last ? &SequencePool::last_backward : of_ == Of::mean ? &SequencePool::mean_backward : &SequencePool::max_backward;
    node.output("", {Kind::real, Per::sequence, x.axis, x.cols});
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    forward_(run, run.axis(x.type.axis), x, run.out(0));
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    const real* dy = run.result(0).grad;
    if (x.grad != nullptr && dy != nullptr) backward_(run, run.axis(x.type.axis), x, dy);
  }

 private:
  // Of a derived axis some sequences may have no row in a call: their result is 0.
  static index with_rows(const Packed& axis) { return axis.count(0); }
  static void clear_empty(const Packed& axis, index cols, real* y) {
    for (index rank = with_rows(axis); rank < axis.sequences(); ++rank) std::fill_n(y + axis.order(rank) * cols, cols, real{0});
  }

  static void last(Run&, const Packed& axis, const Value& x, real* y) {
    const index cols = x.type.cols;
    clear_empty(axis, cols, y);
    for (index rank = 0; rank < with_rows(axis); ++rank) {
      std::memcpy(y + axis.order(rank) * cols, x.data + axis.last_row(rank) * cols, sizeof(real) * cols);
    }
  }
  static void last_backward(Run& run, const Packed& axis, const Value& x, const real* dy) {
    const index cols = x.type.cols;
    for (index rank = 0; rank < with_rows(axis); ++rank) {
      run.k->add(x.grad + axis.last_row(rank) * cols, dy + axis.order(rank) * cols, cols);
    }
  }

  static void mean(Run& run, const Packed& axis, const Value& x, real* y) {
    const index cols = x.type.cols;
    std::fill_n(y, axis.sequences() * cols, real{0});
    for (index step = 0; step < axis.steps(); ++step) {
      for (index rank = 0; rank < axis.count(step); ++rank) {
        run.k->add(y + axis.order(rank) * cols, x.data + axis.row(rank, step) * cols, cols);
      }
    }
    for (index rank = 0; rank < with_rows(axis); ++rank) {
      run.k->scale(y + axis.order(rank) * cols, real{1} / static_cast<real>(axis.length(rank)), cols);
    }
  }
  static void mean_backward(Run& run, const Packed& axis, const Value& x, const real* dy) {
    const index cols = x.type.cols;
    for (index step = 0; step < axis.steps(); ++step) {
      for (index rank = 0; rank < axis.count(step); ++rank) {
        run.k->add_scaled(x.grad + axis.row(rank, step) * cols, real{1} / static_cast<real>(axis.length(rank)),
                          dy + axis.order(rank) * cols, cols);
      }
    }
  }

  // Saves the step that each greatest value came from, as a real.
  static void max(Run& run, const Packed& axis, const Value& x, real* y) {
    const index cols = x.type.cols;
    real* from = run.train ? run.save(0, axis.sequences() * cols) : run.scratch->take<real>(axis.sequences() * cols);
    std::fill_n(from, axis.sequences() * cols, real{0});
    clear_empty(axis, cols, y);
    for (index rank = 0; rank < with_rows(axis); ++rank) {
      std::memcpy(y + axis.order(rank) * cols, x.data + axis.row(rank, 0) * cols, sizeof(real) * cols);
    }
    for (index step = 1; step < axis.steps(); ++step) {
      for (index rank = 0; rank < axis.count(step); ++rank) {
        const index sequence = axis.order(rank) * cols;
        run.k->keep_greatest(y + sequence, from + sequence, x.data + axis.row(rank, step) * cols, static_cast<real>(step), cols);
      }
    }
  }
  static void max_backward(Run& run, const Packed& axis, const Value& x, const real* dy) {
    const index cols = x.type.cols;
    const real* from = run.saved(0);
    for (index rank = 0; rank < with_rows(axis); ++rank) {
      const index sequence = axis.order(rank) * cols;
      for (index c = 0; c < cols; ++c) {
        const index step = static_cast<index>(from[sequence + c]);
        x.grad[axis.row(rank, step) * cols + c] += dy[sequence + c];
      }
    }
  }

  const Of of_;
  void (*forward_)(Run&, const Packed&, const Value&, real*) = nullptr;
  void (*backward_)(Run&, const Packed&, const Value&, const real*) = nullptr;
};

// One row for each window over the steps of a sequence.
class StepPool : public NodeOp {
 public:
  explicit StepPool(Of of) : of_(of) {}

  void infer(Declaration& node) override {
    windows_.infer(node, WindowShape::read(node, "window"));
    cols_ = node.input(0).cols;
    node.output("", {Kind::real, Per::step, windows_.axis(), cols_});
  }

  void check(const Run& run) const override { windows_.check(run); }

  // Saves the tap that each greatest value came from, as a real.
  void forward(Run& run) const override {
    const real* x = run.in(0).data;
    const index rows = windows_.rows(run);
    real* y = run.out(0);
    windows_.begin(run);
    real* from = of_ == Of::max ? run.train ? run.save(0, rows * cols_) : run.scratch->take<real>(rows * cols_) : nullptr;
    windows_.each(run, [&](index row, const StepWindows::Window& window) {
      const Taps taps = taps_of(run, window);
      real* out = y + row * cols_;
      std::copy_n(windows_.tap(run, x, window, of_ == Of::last ? taps.last : taps.first), cols_, out);
      if (of_ == Of::last) return;
      if (from != nullptr) std::fill_n(from + row * cols_, cols_, static_cast<real>(taps.first));
      for (index i = taps.first + 1; i <= taps.last; ++i) {
        const real* tap = windows_.tap(run, x, window, i);
        if (of_ == Of::mean) {
          run.k->add(out, tap, cols_);
        } else {
          run.k->keep_greatest(out, from + row * cols_, tap, static_cast<real>(i), cols_);
        }
      }
      if (of_ == Of::mean) run.k->scale(out, 1 / static_cast<real>(taps.last - taps.first + 1), cols_);
    });
    windows_.keep(run);
  }

  void backward(Run& run) const override {
    real* dx = run.in(0).grad;
    const real* dy = run.result(0).grad;
    if (dx == nullptr || dy == nullptr) return;
    const real* from = run.saved(0);
    windows_.each(run, [&](index row, const StepWindows::Window& window) {
      const Taps taps = taps_of(run, window);
      const real* out = dy + row * cols_;
      if (of_ == Of::max) {
        for (index c = 0; c < cols_; ++c) {
          real* tap = windows_.tap_gradient(run, dx, window, static_cast<index>(from[row * cols_ + c]));
          if (tap != nullptr) tap[c] += out[c];
        }
        return;
      }
      for (index i = of_ == Of::last ? taps.last : taps.first; i <= taps.last; ++i) {
        real* tap = windows_.tap_gradient(run, dx, window, i);
        if (tap != nullptr) run.k->add_scaled(tap, of_ == Of::last ? 1 : 1 / static_cast<real>(taps.last - taps.first + 1), out, cols_);
      }
    });
  }

 private:
  struct Taps {
    index first, last;
  };
  // Those of a window that lie in the sequence; what is padding does not count.
  Taps taps_of(const Run& run, const StepWindows::Window& window) const {
    const index length = run.axis(run.in(0).type.axis).length(window.rank), before = windows_.seen(run, window.rank);
    return {std::max<index>(0, -before - window.start), std::min(windows_.shape().size - 1, length - 1 - window.start)};
  }

  const Of of_;
  StepWindows windows_;
  index cols_ = 0;
};

// One column for each window over the positions of a row, in each of its channels.
class RowPool : public NodeOp {
 public:
  explicit RowPool(Of of) : of_(of) {}

  void infer(Declaration& node) override {
    windows_.infer(node, WindowShape::read(node, "window"));
    Type type = node.input(0);
    cols_ = type.cols;
    type.cols = windows_.channels * windows_.windows;
    node.output("", type);
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    real* y = run.out(0);
    for (const real *row = x.data, *end = row + x.rows * cols_; row < end; row += windows_.positions) {
      for (index w = 0; w < windows_.windows; ++w) *y++ = pooled(row, w);
    }
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    const real* dy = run.result(0).grad;
    if (x.grad == nullptr || dy == nullptr) return;
    for (index at = 0; at < x.rows * cols_; at += windows_.positions) {
      for (index w = 0; w < windows_.windows; ++w, ++dy) {
        const Positions from = positions_of(w);
        if (of_ == Of::last) x.grad[at + from.end - 1] += *dy;
        if (of_ == Of::max) x.grad[at + greatest(x.data + at, from)] += *dy;
        for (index p = from.begin; of_ == Of::mean && p < from.end; ++p) x.grad[at + p] += *dy / static_cast<real>(from.end - from.begin);
      }
    }
  }

 private:
  struct Positions {
    index begin, end;
  };
  // Those of a window that lie in the row; what is padding does not count.
  Positions positions_of(index window) const {
    const index start = window * windows_.shape.stride - windows_.shape.before;
    return {std::max<index>(0, start), std::min(windows_.positions, start + windows_.shape.size)};
  }
  // The first of equals, or the first NaN.
  static index greatest(const real* row, const Positions& from) {
    index best = from.begin;
    for (index p = from.begin + 1; p < from.end; ++p) {
      if (!(row[p] <= row[best]) && !std::isnan(row[best])) best = p;
    }
    return best;
  }
  real pooled(const real* row, index window) const {
    const Positions from = positions_of(window);
    if (of_ == Of::last) return row[from.end - 1];
    if (of_ == Of::max) return row[greatest(row, from)];
    real sum = 0;
    for (index p = from.begin; p < from.end; ++p) sum += row[p];
    return sum / static_cast<real>(from.end - from.begin);
  }

  const Of of_;
  RowWindows windows_;
  index cols_ = 0;
};

class Pool : public NodeOp {
 public:
  void infer(Declaration& node) override {
    const std::string kind = node.attributes().choice("kind", {"last", "mean", "max"});
    const Of of = kind == "last" ? Of::last : kind == "mean" ? Of::mean : Of::max;
    if (node.attributes().has("channels")) {
      way_ = std::make_unique<RowPool>(of);
    } else if (node.attributes().has("window")) {
      way_ = std::make_unique<StepPool>(of);
    } else {
      way_ = std::make_unique<SequencePool>(of);
    }
    way_->infer(node);
  }
  void check(const Run& run) const override { way_->check(run); }
  void forward(Run& run) const override { way_->forward(run); }
  void backward(Run& run) const override { way_->backward(run); }

 private:
  std::unique_ptr<NodeOp> way_;
};

std::string example(const std::string& kind) {
  return "x = input axis=a cols=3 gradient=true\n"
         "y = pool x kind=" + kind + "\n"
         "target = input axis=a cols=3 per=sequence\n"
         "loss = mse y target\n";
}

std::vector<std::string> examples() {
  std::vector<std::string> specs = {example("last"), example("mean"), example("max")};
  for (const std::string kind : {"last", "mean", "max"}) {
    specs.push_back("x = input axis=a cols=3 gradient=true\n"
                    "y = pool x window=2 pad=0,1 kind=" + kind + "\n");
    specs.push_back("x = input axis=a cols=3 gradient=true\n"
                    "y = pool x window=3 stride=2 pad=2,0 kind=" + kind + "\n");
    specs.push_back("x = input axis=a cols=2 gradient=true\n"
                    "y = pool x window=3 stride=1 pad=2,0 kind=" + kind + "\n"
                    "target = input axis=a cols=2\n"
                    "loss = mse y target\n");
    specs.push_back("x = input axis=a cols=10 gradient=true\n"
                    "y = pool x window=3 stride=2 pad=1 channels=2 kind=" + kind + "\n"
                    "target = input axis=a cols=6\n"
                    "loss = mse y target\n");
  }
  return specs;
}

}  // namespace

TG_REGISTER_OP(pool) = {"pool", 1, 1, {}, &make_op<Pool>, &examples};

}  // namespace tidegate
