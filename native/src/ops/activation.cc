// activation X kind=tanh|relu|sigmoid, element by element. Backward needs only y.
#include "ops/rows.h"

namespace tidegate {

namespace {

constexpr index kGrain = 4096;  // elements that are worth a thread of their own

class Activation : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    const std::string kind = node.attributes().choice("kind", {"tanh", "relu", "sigmoid"});
    forward_ = kind == "tanh" ? &Kernels::tanh_forward : kind == "relu" ? &Kernels::relu_forward : &Kernels::sigmoid_forward;
    backward_ = kind == "tanh" ? &Kernels::tanh_backward : kind == "relu" ? &Kernels::relu_backward : &Kernels::sigmoid_backward;
    node.output("", node.input(0));
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    real* y = run.out(0);
    run.threads->split(x.rows * x.type.cols, kGrain,
                       [&](index begin, index end) { (run.k->*forward_)(y + begin, x.data + begin, end - begin); });
  }

  void backward(Run& run) const override {
    real* dx = run.in(0).grad;
    const Value& y = run.result(0);
    if (dx == nullptr || y.grad == nullptr) return;
    run.threads->split(y.rows * y.type.cols, kGrain, [&](index begin, index end) {
      (run.k->*backward_)(dx + begin, y.grad + begin, y.data + begin, end - begin);
    });
  }

 private:
  void (*Kernels::*forward_)(real*, const real*, index) = nullptr;
  void (*Kernels::*backward_)(real*, const real*, const real*, index) = nullptr;
};

std::string example(const std::string& kind) {
  return "x = input axis=a cols=5 gradient=true\n"
         "y = activation x kind=" + kind + "\n"
         "target = input axis=a cols=5\n"
         "loss = mse y target\n";
}

std::vector<std::string> examples() { return {example("tanh"), example("relu"), example("sigmoid")}; }

}  // namespace

TG_REGISTER_OP(activation) = {"activation", 1, 1, {}, &make_op<Activation>, &examples};

}  // namespace tidegate
