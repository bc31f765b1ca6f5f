// layer_norm X [eps=1e-5] [affine=true]: y = (x - mean) / sqrt(variance + eps) * weight + bias, mean and (biased) variance over the
// C columns of each row (Ba, Kiros and Hinton 2016). weight [C] starts at 1, bias [C] at 0; affine=false goes without them.
#include "ops/rows.h"

namespace tidegate {

namespace {

constexpr index kGrain = 32;  // rows that are worth a thread of their own

class LayerNorm : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    const Type& x = node.input(0);
    eps_ = node.attributes().number("eps", 0, 1, 1e-5);
    affine_ = node.attributes().flag("affine", true);
    if (affine_) {
      node.parameter("weight", x.cols, 0, {Init::Law::constant, 1});
      node.parameter("bias", x.cols, 0, {Init::Law::constant, 0});
    }
    node.output("", x);
  }

  // Saves the mean and 1 / sqrt(variance + eps) of each row.
  void forward(Run& run) const override {
    const Value& x = run.in(0);
    const index cols = x.type.cols;
    real* y = run.out(0);
    real* moments = run.train ? run.save(0, 2 * x.rows) : run.scratch->take<real>(2 * x.rows);
    const real* weight = affine_ ? run.parameter(0) : nullptr;
    const real* bias = affine_ ? run.parameter(1) : nullptr;
    run.threads->split(x.rows, kGrain, [&](index begin, index end) {
      for (index row = begin; row < end; ++row) {
        run.k->normalize(y + row * cols, moments + 2 * row, x.data + row * cols, static_cast<real>(eps_), cols);
        if (weight == nullptr) continue;
        run.k->multiply(y + row * cols, y + row * cols, weight, cols);
        run.k->add(y + row * cols, bias, cols);
      }
    });
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    const real* dy = run.result(0).grad;
    if (dy == nullptr) return;
    const index cols = x.type.cols;
    const real* moments = run.saved(0);
    const real* weight = affine_ ? run.parameter(0) : nullptr;
    real* dweight = affine_ ? run.gradient(0) : nullptr;
    real* dbias = affine_ ? run.gradient(1) : nullptr;
    if (dbias != nullptr) run.k->add_columns(dbias, dy, x.rows, cols, cols);
    real* normal = run.scratch->take<real>(cols);
    real* dnormal = run.scratch->take<real>(cols);
    for (index row = 0; row < x.rows; ++row) {
      const real* dy_row = dy + row * cols;
      run.k->shift_scale(normal, x.data + row * cols, moments[2 * row], moments[2 * row + 1], cols);
      if (dweight != nullptr) run.k->multiply_add(dweight, dy_row, normal, cols);
      if (x.grad == nullptr) continue;
      if (weight != nullptr) run.k->multiply(dnormal, dy_row, weight, cols);
      run.k->normalize_backward(x.grad + row * cols, weight != nullptr ? dnormal : dy_row, normal, moments[2 * row + 1], cols);
    }
  }

 private:
  double eps_ = 0;
  bool affine_ = true;
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=5 gradient=true\n"
      "y = layer_norm x\n"
      "target = input axis=a cols=5\n"
      "loss = mse y target\n",
      "x = input axis=a cols=4 per=sequence gradient=true\n"
      "y = layer_norm x eps=0.1 affine=false\n"
      "target = input axis=a cols=4 per=sequence\n"
      "loss = mse y target\n",
  };
}

}  // namespace

TG_REGISTER_OP(layer_norm) = {"layer_norm", 1, 1, {}, &make_op<LayerNorm>, &examples};

}  // namespace tidegate
