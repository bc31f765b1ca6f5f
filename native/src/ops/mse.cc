// mse X TARGETS [reduction=mean|sum]: the sum of (x - target)^2, or its mean over all elements, [1,1]. The gradient goes to both.
#include <algorithm>

#include "ops/rows.h"

namespace tidegate {

namespace {

constexpr index kBlock = 4096;  // elements that are summed in real; blocks are summed in double

class Mse : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    expect_kind(node, 1, Kind::real);
    expect_same_rows(node, 0, 1);
    if (node.input(0).cols != node.input(1).cols) {
      node.fail(text("input ", node.describe(1), ": expected as many columns as ", node.describe(0)));
    }
    mean_ = node.attributes().choice("reduction", {"mean", "sum"}, "mean") == "mean";
    node.output("", {Kind::real, Per::batch, -1, 1});
    node.loss();
  }

  void check(const Run& run) const override { check_same_rows(run, 0, 1); }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    const Value& target = run.in(1);
    const index n = x.rows * x.type.cols;
    double total = 0;
    for (index i = 0; i < n; i += kBlock) {
      real part;
      run.k->squared_distance(&part, x.data + i, target.data + i, std::min(kBlock, n - i));
      total += static_cast<double>(part);
    }
    *run.out(0) = static_cast<real>(mean_ ? total / static_cast<double>(n) : total);
    run.count_targets(x.rows);
  }

  void backward(Run& run) const override {
    const real* dy = run.result(0).grad;
    if (dy == nullptr) return;
    const Value& x = run.in(0);
    const Value& target = run.in(1);
    const index n = x.rows * x.type.cols;
    const real factor = 2 * *dy / (mean_ ? static_cast<real>(n) : real{1});
    if (x.grad != nullptr) run.k->add_difference(x.grad, factor, x.data, target.data, n);
    if (target.grad != nullptr) run.k->add_difference(target.grad, factor, target.data, x.data, n);
  }

 private:
  bool mean_ = true;
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=3 gradient=true\n"
      "target = input axis=a cols=3 gradient=true\n"
      "loss = mse x target\n",
      "x = input axis=a cols=2 per=sequence gradient=true\n"
      "target = input axis=b cols=2 per=sequence\n"
      "loss = mse x target reduction=sum\n",
  };
}

}  // namespace

TG_REGISTER_OP(mse) = {"mse", 2, 2, {}, &make_op<Mse>, &examples};

}  // namespace tidegate
