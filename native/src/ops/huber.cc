// huber X TARGETS [delta=1] [reduction=mean|sum]: huber.h, as PyTorch defines it.
#include "ops/huber.h"

namespace tidegate {

namespace {

class Huber : public HuberLoss {
  void read(Declaration& node) override { set(node.attributes().number("delta", kLeastHuber, kMostHuber, 1), 1); }
};

std::vector<std::string> examples() { return loss_examples("huber", " delta=0.7"); }

}  // namespace

TG_REGISTER_OP(huber) = {"huber", 2, 2, {}, &make_op<Huber>, &examples};

}  // namespace tidegate
