// pool X kind=last|mean|max: one row for each sequence, in the caller's order, from the rows of its steps.
//   last  y[s] = x[last step of s]        mean  y[s] = sum over steps / length        max  column by column, the first of equals
#include <algorithm>
#include <cstring>

#include "ops/rows.h"

namespace tidegate {

namespace {

class Pool : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    const Type& x = node.input(0);
    if (x.per != Per::step) node.fail(text("input ", node.describe(0), ": expected a value per step"));
    const std::string kind = node.attributes().choice("kind", {"last", "mean", "max"});
    forward_ = kind == "last" ? &Pool::last : kind == "mean" ? &Pool::mean : &Pool::max;
    backward_ = kind == "last" ? &Pool::last_backward : kind == "mean" ? &Pool::mean_backward : &Pool::max_backward;
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
  static void last(Run&, const Packed& axis, const Value& x, real* y) {
    const index cols = x.type.cols;
    for (index rank = 0; rank < axis.sequences(); ++rank) {
      std::memcpy(y + axis.order(rank) * cols, x.data + axis.last_row(rank) * cols, sizeof(real) * cols);
    }
  }
  static void last_backward(Run& run, const Packed& axis, const Value& x, const real* dy) {
    const index cols = x.type.cols;
    for (index rank = 0; rank < axis.sequences(); ++rank) {
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
    for (index rank = 0; rank < axis.sequences(); ++rank) {
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
    for (index rank = 0; rank < axis.sequences(); ++rank) {
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
    for (index rank = 0; rank < axis.sequences(); ++rank) {
      const index sequence = axis.order(rank) * cols;
      for (index c = 0; c < cols; ++c) {
        const index step = static_cast<index>(from[sequence + c]);
        x.grad[axis.row(rank, step) * cols + c] += dy[sequence + c];
      }
    }
  }

  void (*forward_)(Run&, const Packed&, const Value&, real*) = nullptr;
  void (*backward_)(Run&, const Packed&, const Value&, const real*) = nullptr;
};

std::string example(const std::string& kind) {
  return "x = input axis=a cols=3 gradient=true\n"
         "y = pool x kind=" + kind + "\n"
         "target = input axis=a cols=3 per=sequence\n"
         "loss = mse y target\n";
}

std::vector<std::string> examples() { return {example("last"), example("mean"), example("max")}; }

}  // namespace

TG_REGISTER_OP(pool) = {"pool", 1, 1, {}, &make_op<Pool>, &examples};

}  // namespace tidegate
