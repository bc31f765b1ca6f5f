// gaussian_nll MEAN TARGETS VARIANCE [full=false] [eps=1e-6] [reduction=mean|sum]: the negative log likelihood of normal distributions
// (Nix and Weigend 1994), as PyTorch's GaussianNLLLoss defines it, elementwise_loss.h.
//
// VARIANCE has MEAN's rows and columns. With u = max(variance, eps) an element's loss is (log u + (mean - target)^2 / u) / 2, and with
// full=true log(2 pi) / 2 more. The variance's gradient is the one at u, also where u is eps: what is too small can grow again. A variance
// below 0 is an error.
#include <cmath>

#include "ops/elementwise_loss.h"

namespace tidegate {

namespace {

class GaussianNll : public ElementwiseLoss {
  void read(Declaration& node) override {
    full_ = node.attributes().flag("full", false);
    eps_ = static_cast<real>(node.attributes().number("eps", 1e-12, 1, 1e-6));
  }

  void check_values(const Run& run) const override { check_range(run, 2, 0, HUGE_VAL, true); }

  double sum(const Run& run, index first, index n) const override {
    real part;
    run.k->gaussian(&part, run.in(0).data + first, run.in(1).data + first, run.in(2).data + first, eps_, n);
    return static_cast<double>(part) + (full_ ? 0.918938533204672742 * static_cast<double>(n) : 0);  // log(2 pi) / 2
  }

  void add_gradients(const Run& run, real factor) const override {
    const Value &mean = run.in(0), &target = run.in(1), &variance = run.in(2);
    const index n = elements(run);
    if (mean.grad != nullptr) run.k->add_gaussian(mean.grad, factor, mean.data, target.data, variance.data, eps_, n);
    if (target.grad != nullptr) run.k->add_gaussian(target.grad, factor, target.data, mean.data, variance.data, eps_, n);
    if (variance.grad != nullptr) {
      run.k->add_gaussian_variance(variance.grad, factor, mean.data, target.data, variance.data, eps_, n);
    }
  }

  bool full_ = false;
  real eps_ = 0;
};

std::vector<std::string> examples() {
  return {
      "mean = input axis=a cols=3 gradient=true\n"
      "target = input axis=a cols=3 gradient=true\n"
      "s = input axis=a cols=3 gradient=true\n"
      "variance = activation s kind=sigmoid\n"
      "loss = gaussian_nll mean target variance\n",
      "mean = input axis=a cols=2 per=sequence gradient=true\n"
      "target = input axis=b cols=2 per=sequence\n"
      "s = input axis=a cols=2 per=sequence\n"
      "variance = activation s kind=sigmoid\n"
      "loss = gaussian_nll mean target variance full=true eps=0.001 reduction=sum\n",
  };
}

}  // namespace

TG_REGISTER_OP(gaussian_nll) = {"gaussian_nll", 3, 3, {}, &make_op<GaussianNll>, &examples};

}  // namespace tidegate
