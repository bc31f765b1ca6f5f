// tied_linear X to=NODE [bias=true]: y = x W^T + b, where W [V, C] is the weight of the embedding NODE above (Press and Wolf, "Using
// the output embedding to improve language models", EACL 2017). X [rows, C] real, b [V].
//
// The weight is NODE's: it stands in the model once, starts as NODE says (a narrow law suits both: init=uniform init_scale=0.1), and
// gets the gradients of both; with trainable=false at this node only NODE's. As in PyTorch, the row of NODE's padding id is no
// exception here: it scores, and is trained, like any other. The bias starts at 0.
#include <cmath>

#include "ops/affine.h"
#include "ops/frozen_linear.h"
#include "ops/initializer.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

enum { kWeight, kBias };  // parameters

class TiedLinear : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    input_ = node.input(0);
    const Attributes& attributes = node.attributes();
    const std::string to = attributes.word("to");
    const SharedParameter weight = node.shared(to, "embedding", "weight");
    if (weight.cols != input_.cols) {
      node.fail(text("input ", node.describe(0), ": expected ", weight.cols, " columns, as many as '", to,
                     "' has; a linear node between can change them"));
    }
    cols_ = weight.rows;
    bias_ = attributes.flag("bias", true);
    const Initializer init(attributes, 1 / std::sqrt(static_cast<double>(input_.cols)), "zero");
    if (bias_) node.parameter("bias", cols_, 0, init.bias());
    node.output("", {Kind::real, input_.per, input_.axis, cols_});
  }

  std::unique_ptr<Prepared> freeze(Freezing& model) const override {
    model.replaced(kWeight);
    return std::make_unique<FrozenLinear>(model.shared_panels(kWeight), cols_, bias_ ? model.parameter(kBias) : nullptr);
  }

  void forward(Run& run) const override {
    if (run.prepared != nullptr) return static_cast<const FrozenLinear*>(run.prepared)->forward(run, cols_);
    affine_forward(run, run.in(0), run.parameter(kWeight), bias_ ? run.parameter(kBias) : nullptr, cols_, run.out(0), cols_);
  }

  void backward(Run& run) const override {
    const real* dy = run.result(0).grad;
    if (dy == nullptr) return;
    real* dbias = bias_ ? run.gradient(kBias) : nullptr;
    affine_backward(run, run.in(0), run.parameter(kWeight), run.gradient(kWeight), dbias, dy, cols_, cols_);
  }

 private:
  Type input_{};
  index cols_ = 0;
  bool bias_ = true;
};

std::vector<std::string> examples() {
  return {
      "x = ids axis=a\n"
      "e = embedding x rows=5 cols=3\n"
      "h = recurrent e cell=rnn size=3\n"
      "y = tied_linear h to=e\n"
      "next = ids axis=a\n"
      "loss = cross_entropy y next\n",
      // Two nodes share with a third, and other rows are read than are scored.
      "x = ids axis=a per=sequence\n"
      "e = embedding x rows=4 cols=2 init=uniform init_scale=0.5\n"
      "z = input axis=b cols=2 gradient=true\n"
      "y = tied_linear z to=e bias=false\n"
      "back = linear y cols=2\n"
      "again = tied_linear back to=e init=uniform\n"
      "target = input axis=b cols=4\n"
      "loss = mse again target\n"
      "other = input axis=a cols=2 per=sequence\n"
      "side = mse e other\n",
  };
}

}  // namespace

TG_REGISTER_OP(tied_linear) = {"tied_linear", 1, 1, {}, &make_op<TiedLinear>, &examples};

}  // namespace tidegate
