// mse X TARGETS [reduction=mean|sum]: (x - target)^2, elementwise_loss.h.
#include "ops/elementwise_loss.h"

namespace tidegate {

namespace {

class Mse : public ElementwiseLoss {
  double sum(const Run& run, index first, index n) const override {
    real part;
    run.k->squared_distance(&part, run.in(0).data + first, run.in(1).data + first, n);
    return static_cast<double>(part);
  }

  void add_gradients(const Run& run, real factor) const override {
    const Value &x = run.in(0), &target = run.in(1);
    if (x.grad != nullptr) run.k->add_difference(x.grad, 2 * factor, x.data, target.data, elements(run));
    if (target.grad != nullptr) run.k->add_difference(target.grad, 2 * factor, target.data, x.data, elements(run));
  }
};

std::vector<std::string> examples() { return loss_examples("mse", ""); }

}  // namespace

TG_REGISTER_OP(mse) = {"mse", 2, 2, {}, &make_op<Mse>, &examples};

}  // namespace tidegate
