// binary_cross_entropy LOGITS TARGETS [pos_weight=w1,...,wC] [reduction=mean|sum]: several labels at once, each there or not,
// elementwise_loss.h.
//
// With p = sigmoid(x), a target t in 0 ... 1 and w the weight of positives (1), an element's loss is -w t log p - (1 - t) log(1 - p), as
// PyTorch's binary_cross_entropy_with_logits defines it. It is computed from the logits (simd/rows-inl.h), without rounding p. pos_weight
// is a number for each column, or one for all.
#include "ops/elementwise_loss.h"

namespace tidegate {

namespace {

class BinaryCrossEntropy : public ElementwiseLoss {
  void read(Declaration& node) override {
    const index cols = node.input(0).cols;
    std::vector<double> weights = node.attributes().numbers("pos_weight");
    for (const double weight : weights) {
      if (weight < 0) node.fail(text("pos_weight: expected no weight below 0, got ", weight));
    }
    if (weights.empty()) weights.push_back(1);
    const index given = static_cast<index>(weights.size());
    if (given != 1 && given != cols) {
      node.fail(text("pos_weight: expected one weight, or ", cols, ", one for each column of ", node.describe(0), ", got ", given));
    }
    // One weight needs no whole rows, so that its block is not as wide as a row may be.
    weights_.resize(static_cast<std::size_t>(given == 1 ? kBlock : checked_product("weights", rows_in_block(cols), cols)));
    for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] = static_cast<real>(weights[i % weights.size()]);
  }
  index block() const override { return static_cast<index>(weights_.size()); }

  void check_values(const Run& run) const override { check_range(run, 1, 0, 1, false); }

  double sum(const Run& run, index first, index n) const override {
    real part;
    run.k->logistic(&part, run.in(0).data + first, run.in(1).data + first, weights_.data(), n);
    return static_cast<double>(part);
  }

  void add_gradients(const Run& run, real factor) const override {
    const Value &x = run.in(0), &target = run.in(1);
    const index n = elements(run);
    for (index i = 0; i < n; i += block()) {
      const index count = i + block() < n ? block() : n - i;
      if (x.grad != nullptr) run.k->add_logistic(x.grad + i, factor, x.data + i, target.data + i, weights_.data(), count);
      if (target.grad != nullptr) run.k->add_logistic_target(target.grad + i, factor, x.data + i, weights_.data(), count);
    }
  }

  std::vector<real> weights_;  // of the elements of a block: the columns' weights, row after row, or all the one weight
};

std::vector<std::string> examples() {
  std::vector<std::string> all = loss_examples("binary_cross_entropy", "", "activation u kind=sigmoid");
  all.push_back(loss_examples("binary_cross_entropy", " pos_weight=2.5", "activation u kind=sigmoid").back());
  all.push_back(loss_examples("binary_cross_entropy", " pos_weight=0.5,1,3", "activation u kind=sigmoid").front());
  return all;
}

}  // namespace

TG_REGISTER_OP(binary_cross_entropy) = {"binary_cross_entropy", 2, 2, {}, &make_op<BinaryCrossEntropy>, &examples};

}  // namespace tidegate
