// concat X Y ...: the columns of all inputs side by side, y[row] = (x1[row], x2[row], ...). The inputs have the same rows.
#include <cstring>

#include "ops/rows.h"

namespace tidegate {

namespace {

constexpr int kMostInputs = 64;

class Concat : public NodeOp {
 public:
  void infer(Declaration& node) override {
    inputs_ = node.inputs();
    Type type = node.input(0);
    type.cols = 0;
    for (int i = 0; i < inputs_; ++i) {
      expect_kind(node, i, Kind::real);
      expect_same_rows(node, 0, i);
      type.cols = checked_sum("columns", type.cols, node.input(i).cols);
    }
    cols_ = type.cols;
    node.output("", type);
  }

  void check(const Run& run) const override {
    for (int i = 1; i < inputs_; ++i) check_same_rows(run, 0, i);
  }

  void forward(Run& run) const override {
    real* y = run.out(0);
    for (int i = 0; i < inputs_; ++i) {
      const Value& x = run.in(i);
      const index cols = x.type.cols;
      for (index row = 0; row < x.rows; ++row) std::memcpy(y + row * cols_, x.data + row * cols, sizeof(real) * cols);
      y += cols;
    }
  }

  void backward(Run& run) const override {
    const real* dy = run.result(0).grad;
    if (dy == nullptr) return;
    for (int i = 0; i < inputs_; ++i) {
      const Value& x = run.in(i);
      const index cols = x.type.cols;
      for (index row = 0; x.grad != nullptr && row < x.rows; ++row) run.k->add(x.grad + row * cols, dy + row * cols_, cols);
      dy += cols;
    }
  }

 private:
  int inputs_ = 0;
  index cols_ = 0;
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=3 gradient=true\n"
      "z = input axis=a cols=2 gradient=true\n"
      "y = concat x z x\n"
      "target = input axis=a cols=8\n"
      "loss = mse y target\n",
      "x = input axis=a cols=3 per=sequence gradient=true\n"
      "z = input axis=b cols=1 per=sequence gradient=true\n"
      "y = concat x z\n"
      "target = input axis=b cols=4 per=sequence\n"
      "loss = mse y target\n",
  };
}

}  // namespace

TG_REGISTER_OP(concat) = {"concat", 1, kMostInputs, {}, &make_op<Concat>, &examples};

}  // namespace tidegate
