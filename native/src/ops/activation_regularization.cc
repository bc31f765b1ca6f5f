// activation_regularization H [alpha=2] [beta=1]: a loss that keeps activations small and slow (Merity, McCann and Socher, "Revisiting
// activation regularization for language RNNs", 2017). H [R, C] real, per step of an axis:
//
//   loss = alpha mean(h[t]^2) + beta mean((h[t] - h[t-1])^2)
//
// the first over all elements, the second over those of all pairs of consecutive steps of a sequence; 0 if there are none. Only in
// training: it is 0 in other sessions, so that their loss is what the network is judged by. It counts no targets. [1,1].
#include <algorithm>

#include "ops/rows.h"

namespace tidegate {

namespace {

constexpr index kBlock = 4096;  // elements that are summed in real; blocks are summed in double

class ActivationRegularization : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    if (node.input(0).per != Per::step) node.fail(text("input ", node.describe(0), ": expected a value per step"));
    alpha_ = node.attributes().number("alpha", 0, 1e6, 2);
    beta_ = node.attributes().number("beta", 0, 1e6, 1);
    node.output("", {Kind::real, Per::batch, -1, 1});
    node.loss();
  }

  void forward(Run& run) const override {
    const Value& h = run.in(0);
    real* loss = run.out(0);
    *loss = 0;
    if (!run.train) return;
    const Packed& axis = run.axis(h.type.axis);
    const index cols = h.type.cols;
    double squares = 0, differences = 0;
    each_block(axis.rows() * cols, [&](index first, index n) {
      real part;
      run.k->weighted_sum(&part, h.data + first, 0, h.data + first, n);
      squares += static_cast<double>(part);
    });
    each_pair(axis, cols, [&](index now, index before, index count) {
      each_block(count, [&](index first, index n) {
        real part;
        run.k->squared_distance(&part, h.data + now + first, h.data + before + first, n);
        differences += static_cast<double>(part);
      });
    });
    const double small = squares / static_cast<double>(axis.rows() * cols), slow = differences / pair_elements(axis, cols);
    *loss = static_cast<real>(alpha_ * small + beta_ * slow);
  }

  void backward(Run& run) const override {
    const Value& h = run.in(0);
    const real* dloss = run.result(0).grad;
    if (dloss == nullptr || h.grad == nullptr) return;
    const Packed& axis = run.axis(h.type.axis);
    const index cols = h.type.cols, elements = axis.rows() * cols;
    run.k->add_scaled(h.grad, static_cast<real>(2 * alpha_ / static_cast<double>(elements)) * *dloss, h.data, elements);
    const real factor = static_cast<real>(2 * beta_ / pair_elements(axis, cols)) * *dloss;
    each_pair(axis, cols, [&](index now, index before, index count) {
      run.k->add_difference(h.grad + now, factor, h.data + now, h.data + before, count);
      run.k->add_difference(h.grad + before, factor, h.data + before, h.data + now, count);
    });
  }

 private:
  template <class Visit>
  static void each_block(index n, const Visit& visit) {
    for (index i = 0; i < n; i += kBlock) visit(i, std::min(kBlock, n - i));
  }
  // The sequences that have a step are the first of those that have the step before.
  template <class Visit>
  static void each_pair(const Packed& axis, index cols, const Visit& visit) {
    for (index t = 1; t < axis.steps(); ++t) visit(axis.offset(t) * cols, axis.offset(t - 1) * cols, axis.count(t) * cols);
  }
  static double pair_elements(const Packed& axis, index cols) {
    return static_cast<double>(std::max<index>(1, (axis.rows() - axis.count(0)) * cols));
  }

  double alpha_ = 0, beta_ = 0;
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=3 gradient=true\n"
      "h = recurrent x cell=rnn size=4\n"
      "small = activation_regularization h\n"
      "target = input axis=a cols=4\n"
      "loss = mse h target\n",
      "x = input axis=a cols=2 gradient=true\n"
      "slow = activation_regularization x alpha=0 beta=0.7\n",
  };
}

}  // namespace

TG_REGISTER_OP(activation_regularization) = {"activation_regularization", 1, 1, {}, &make_op<ActivationRegularization>, &examples};

}  // namespace tidegate
