// frames X size=K [stride=K] [pad=0]: K rows of a sequence side by side, the oldest first, every `stride` rows: y[m] = (x[m S - before], ...,
// x[m S - before + K - 1]), zeros outside of the sequence. X [R, C] real per step; y [R', K*C] per step of the axis of the windows.
#include "ops/rows.h"
#include "ops/windows.h"

namespace tidegate {

namespace {

class Frames : public NodeOp {
 public:
  void infer(Declaration& node) override {
    windows_.infer(node, WindowShape::read(node, "size"));
    cols_ = node.input(0).cols;
    node.output("", {Kind::real, Per::step, windows_.axis(), checked_product("columns", windows_.shape().size, cols_)});
  }

  void check(const Run& run) const override { windows_.check(run); }

  void forward(Run& run) const override {
    const real* x = run.in(0).data;
    real* y = run.out(0);
    windows_.begin(run);
    windows_.each(run, [&](index, const StepWindows::Window& window) {
      for (index i = 0; i < windows_.shape().size; ++i, y += cols_) copy_or_clear(windows_.tap(run, x, window, i), cols_, y);
    });
    windows_.keep(run);
  }

  void backward(Run& run) const override {
    real* dx = run.in(0).grad;
    const real* dy = run.result(0).grad;
    if (dx == nullptr || dy == nullptr) return;
    windows_.each(run, [&](index, const StepWindows::Window& window) {
      for (index i = 0; i < windows_.shape().size; ++i, dy += cols_) {
        real* row = windows_.tap_gradient(run, dx, window, i);
        if (row != nullptr) run.k->add(row, dy, cols_);
      }
    });
  }

 private:
  StepWindows windows_;
  index cols_ = 0;
};

std::vector<std::string> examples() {
  return {
      // A pyramid's stacking, with the last rows completed by zeros.
      "x = input axis=a cols=3 gradient=true\n"
      "y = frames x size=2 pad=0,1\n"
      "h = recurrent y cell=gru size=2\n"
      "last = pool h kind=last\n",
      // Each row with the two before it.
      "x = input axis=a cols=2 gradient=true\n"
      "y = frames x size=3 stride=1 pad=2,0\n"
      "z = concat x y\n"
      "target = input axis=a cols=8\n"
      "loss = mse z target\n",
      // Two nodes on one derived axis, and one derived from it.
      "x = input axis=a cols=2 gradient=true\n"
      "y = frames x size=3 stride=2 pad=2,1\n"
      "z = frames x size=2 stride=2 pad=1,1\n"
      "both = concat y z\n"
      "w = frames both size=2 pad=1\n",
  };
}

}  // namespace

TG_REGISTER_OP(frames) = {"frames", 1, 1, {}, &make_op<Frames>, &examples};

}  // namespace tidegate
