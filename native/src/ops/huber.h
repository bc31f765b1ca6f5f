// The loss of Huber 1964 at a threshold delta, times a factor: with d = |x - target|,
//
//   d^2 / 2                    where d <= delta
//   delta (d - delta / 2)      elsewhere
//
// huber has the factor 1, smooth_l1 1 / beta with delta = beta.
#pragma once

#include "ops/elementwise_loss.h"

namespace tidegate {

class HuberLoss : public ElementwiseLoss {
 protected:
  void set(double delta, double factor) {
    delta_ = static_cast<real>(delta);
    factor_ = factor;
  }

 private:
  double sum(const Run& run, index first, index n) const override {
    real part;
    run.k->huber(&part, run.in(0).data + first, run.in(1).data + first, delta_, n);
    return factor_ * static_cast<double>(part);
  }

  void add_gradients(const Run& run, real factor) const override {
    const Value &x = run.in(0), &target = run.in(1);
    const real slope = static_cast<real>(factor_ * static_cast<double>(factor));
    if (x.grad != nullptr) run.k->add_huber(x.grad, slope, x.data, target.data, delta_, elements(run));
    if (target.grad != nullptr) run.k->add_huber(target.grad, slope, target.data, x.data, delta_, elements(run));
  }

  real delta_ = 1;
  double factor_ = 1;
};

constexpr double kLeastHuber = 1e-6, kMostHuber = 1e6;  // of delta and beta

}  // namespace tidegate
