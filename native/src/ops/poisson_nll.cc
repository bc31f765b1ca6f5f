// poisson_nll X TARGETS [log_input=true] [full=false] [eps=1e-8] [reduction=mean|sum]: the negative log likelihood of counts, as PyTorch's
// PoissonNLLLoss defines it, elementwise_loss.h.
//
//   log_input=true     x is the log of the rate:  exp(x) - target x
//   log_input=false    x is the rate:             x - target log(x + eps)
//   full=true          where target > 1, plus Stirling's approximation of log(target!):  t log t - t + log(2 pi t) / 2
#include "ops/elementwise_loss.h"

namespace tidegate {

namespace {

class PoissonNll : public ElementwiseLoss {
  void read(Declaration& node) override {
    log_input_ = node.attributes().flag("log_input", true);
    full_ = node.attributes().flag("full", false);
    eps_ = static_cast<real>(node.attributes().number("eps", 1e-12, 1, 1e-8));
  }

  double sum(const Run& run, index first, index n) const override {
    const real *x = run.in(0).data + first, *target = run.in(1).data + first;
    real part, more = 0;
    if (log_input_) {
      run.k->poisson(&part, x, target, n);
    } else {
      run.k->poisson_rate(&part, x, target, eps_, n);
    }
    if (full_) run.k->stirling(&more, target, n);
    return static_cast<double>(part) + static_cast<double>(more);
  }

  void add_gradients(const Run& run, real factor) const override {
    const Value &x = run.in(0), &target = run.in(1);
    const index n = elements(run);
    if (x.grad != nullptr && log_input_) run.k->add_poisson(x.grad, factor, x.data, target.data, n);
    if (x.grad != nullptr && !log_input_) run.k->add_poisson_rate(x.grad, factor, x.data, target.data, eps_, n);
    if (target.grad == nullptr) return;
    if (log_input_) {
      run.k->add_scaled(target.grad, -factor, x.data, n);
    } else {
      run.k->add_log(target.grad, -factor, x.data, eps_, n);
    }
    if (full_) run.k->add_stirling(target.grad, factor, target.data, n);
  }

  bool log_input_ = true, full_ = false;
  real eps_ = 0;
};

std::vector<std::string> examples() {
  std::vector<std::string> all = loss_examples("poisson_nll", " full=true");
  all.push_back(
      "s = input axis=a cols=3 gradient=true\n"
      "rate = activation s kind=sigmoid\n"
      "target = input axis=a cols=3 gradient=true\n"
      "loss = poisson_nll rate target log_input=false eps=0.01\n");
  return all;
}

}  // namespace

TG_REGISTER_OP(poisson_nll) = {"poisson_nll", 2, 2, {}, &make_op<PoissonNll>, &examples};

}  // namespace tidegate
