// add X Y ...: y = x1 + x2 + ..., element by element. The inputs have the same rows and columns.
#include <cstring>

#include "ops/rows.h"

namespace tidegate {

namespace {

constexpr int kMostInputs = 64;

class Add : public NodeOp {
 public:
  void infer(Declaration& node) override {
    inputs_ = node.inputs();
    for (int i = 0; i < inputs_; ++i) {
      expect_kind(node, i, Kind::real);
      expect_same_rows(node, 0, i);
      if (node.input(i).cols != node.input(0).cols) {
        node.fail(text("input ", node.describe(i), ": expected as many columns as ", node.describe(0)));
      }
    }
    node.output("", node.input(0));
  }

  void check(const Run& run) const override {
    for (int i = 1; i < inputs_; ++i) check_same_rows(run, 0, i);
  }

  void forward(Run& run) const override {
    const index n = run.in(0).rows * run.in(0).type.cols;
    real* y = run.out(0);
    std::memcpy(y, run.in(0).data, sizeof(real) * n);
    for (int i = 1; i < inputs_; ++i) run.k->add(y, run.in(i).data, n);
  }

  void backward(Run& run) const override {
    const Value& y = run.result(0);
    if (y.grad == nullptr) return;
    for (int i = 0; i < inputs_; ++i) {
      if (run.in(i).grad != nullptr) run.k->add(run.in(i).grad, y.grad, y.rows * y.type.cols);
    }
  }

 private:
  int inputs_ = 0;
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=3 gradient=true\n"
      "z = input axis=a cols=3 gradient=true\n"
      "y = add x z x\n"
      "target = input axis=a cols=3\n"
      "loss = mse y target\n",
      "x = input axis=a cols=3 per=sequence gradient=true\n"
      "z = input axis=b cols=3 per=sequence gradient=true\n"
      "y = add x z\n"
      "target = input axis=a cols=3 per=sequence\n"
      "loss = mse y target\n",
  };
}

}  // namespace

TG_REGISTER_OP(add) = {"add", 1, kMostInputs, {}, &make_op<Add>, &examples};

}  // namespace tidegate
