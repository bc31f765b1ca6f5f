// linear X cols=M [bias=true]: y = x W^T + b, W [M, C], b [M], for real or one-hot x [rows, C].
// Starts at PyTorch's U(-1/sqrt(C), 1/sqrt(C)).
#include <cstdint>

#include "ops/affine.h"
#include "ops/frozen_linear.h"
#include "ops/initializer.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

class Linear : public NodeOp {
 public:
  void infer(Declaration& node) override {
    const Type& x = node.input(0);
    if (x.kind == Kind::ids) node.fail(text("input ", node.describe(0), ": expected real numbers or one-hot rows (one_hot)"));
    const Attributes& attributes = node.attributes();
    cols_ = attributes.integer("cols", 1, INT32_MAX);
    input_ = x;
    bias_ = attributes.flag("bias", true);
    const Initializer init(attributes, 1 / std::sqrt(static_cast<double>(x.cols)));
    node.parameter("weight", cols_, x.cols, init.weight(cols_, x.cols, true));
    if (bias_) node.parameter("bias", cols_, 0, init.bias());
    node.output("", {Kind::real, x.per, x.axis, cols_});
  }

  std::unique_ptr<Prepared> freeze(Freezing& model) const override {
    model.replaced(0);
    return std::make_unique<FrozenLinear>(model, input_, cols_, bias_ ? model.parameter(1) : nullptr);
  }

  void forward(Run& run) const override {
    if (run.prepared != nullptr) return static_cast<const FrozenLinear*>(run.prepared)->forward(run, cols_);
    affine_forward(run, run.in(0), run.parameter(0), bias_ ? run.parameter(1) : nullptr, cols_, run.out(0), cols_);
  }

  void backward(Run& run) const override {
    const real* dy = run.result(0).grad;
    if (dy == nullptr) return;
    affine_backward(run, run.in(0), run.parameter(0), run.gradient(0), bias_ ? run.gradient(1) : nullptr, dy, cols_, cols_);
  }

 private:
  Type input_{};
  index cols_ = 0;
  bool bias_ = true;
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=5 gradient=true\n"
      "y = linear x cols=3\n"
      "target = input axis=a cols=3\n"
      "loss = mse y target\n",
      "x = input axis=a cols=4 per=sequence gradient=true\n"
      "y = linear x cols=7 bias=false init=xavier\n"
      "frozen = linear y cols=3 init=normal init_scale=0.7 trainable=false\n"
      "target = input axis=a cols=3 per=sequence\n"
      "loss = mse frozen target\n",
      "x = ids axis=a\n"
      "hot = one_hot x rows=5\n"
      "y = linear hot cols=4 init=orthogonal\n"
      "next = ids axis=a\n"
      "loss = cross_entropy y next\n",
      // Many more columns than rows: the one-hot product reads W where it stands.
      "x = ids axis=a per=sequence\n"
      "hot = one_hot x rows=40\n"
      "y = linear hot cols=3\n"
      "target = input axis=a cols=3 per=sequence\n"
      "loss = mse y target\n",
  };
}

}  // namespace

TG_REGISTER_OP(linear) = {"linear", 1, 1, {}, &make_op<Linear>, &examples};

}  // namespace tidegate
