// reverse X: the steps of each sequence in the opposite order: step t of a sequence of length L is its step L-1-t.
#include "ops/mirror.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

class Reverse : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    if (node.input(0).per != Per::step) node.fail(text("input ", node.describe(0), ": expected a value per step"));
    node.output("", node.input(0));
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    mirror_rows<false>(run, run.axis(x.type.axis), x.data, x.type.cols, run.out(0), x.type.cols, x.type.cols);
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    const real* dy = run.result(0).grad;
    if (x.grad == nullptr || dy == nullptr) return;
    mirror_rows<true>(run, run.axis(x.type.axis), dy, x.type.cols, x.grad, x.type.cols, x.type.cols);
  }
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=3 gradient=true\n"
      "r = reverse x\n"
      "p = pool r kind=last\n"
      "back = reverse r\n"
      "target = input axis=a cols=3\n"
      "first = input axis=a cols=3 per=sequence\n"
      "steps = mse back target\n"
      "firsts = mse p first\n",
  };
}

}  // namespace

TG_REGISTER_OP(reverse) = {"reverse", 1, 1, {}, &make_op<Reverse>, &examples};

}  // namespace tidegate
