// l1 X TARGETS [reduction=mean|sum]: |x - target|, elementwise_loss.h. The gradient is 0 where they are equal.
#include "ops/elementwise_loss.h"

namespace tidegate {

namespace {

class L1 : public ElementwiseLoss {
  double sum(const Run& run, index first, index n) const override {
    real part;
    run.k->absolute_distance(&part, run.in(0).data + first, run.in(1).data + first, n);
    return static_cast<double>(part);
  }

  void add_gradients(const Run& run, real factor) const override {
    const Value &x = run.in(0), &target = run.in(1);
    if (x.grad != nullptr) run.k->add_sign(x.grad, factor, x.data, target.data, elements(run));
    if (target.grad != nullptr) run.k->add_sign(target.grad, factor, target.data, x.data, elements(run));
  }
};

std::vector<std::string> examples() { return loss_examples("l1", ""); }

}  // namespace

TG_REGISTER_OP(l1) = {"l1", 2, 2, {}, &make_op<L1>, &examples};

}  // namespace tidegate
