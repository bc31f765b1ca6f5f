// smooth_l1 X TARGETS [beta=1] [reduction=mean|sum] (Girshick 2015, as PyTorch defines it): with d = |x - target|,
// d^2 / (2 beta) where d < beta, d - beta / 2 elsewhere; huber.h.
#include "ops/huber.h"

namespace tidegate {

namespace {

class SmoothL1 : public HuberLoss {
  void read(Declaration& node) override {
    const double beta = node.attributes().number("beta", kLeastHuber, kMostHuber, 1);
    set(beta, 1 / beta);
  }
};

std::vector<std::string> examples() { return loss_examples("smooth_l1", " beta=1.3"); }

}  // namespace

TG_REGISTER_OP(smooth_l1) = {"smooth_l1", 2, 2, {}, &make_op<SmoothL1>, &examples};

}  // namespace tidegate
