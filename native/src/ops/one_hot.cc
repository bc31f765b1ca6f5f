// one_hot X rows=V: the ids of X, standing for rows of V zeros with a one at the id. No dense row is ever made: what reads it
// gathers columns of its weights.
#include <cstdint>

#include "ops/rows.h"

namespace tidegate {

namespace {

class OneHot : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::ids);
    name_ = node.describe(0);
    width_ = node.attributes().integer("rows", 1, INT32_MAX);
    const Type& x = node.input(0);
    node.output("", {Kind::one_hot, x.per, x.axis, width_});
  }
  void check(const Run& run) const override { check_ids(run, run.in(0), name_, width_); }
  void forward(Run& run) const override { run.out_ids(0, run.in(0).ids); }
  void backward(Run&) const override {}  // ids have no gradient

 private:
  std::string name_;
  index width_ = 0;
};

std::vector<std::string> examples() {
  return {
      "x = ids axis=a\n"
      "hot = one_hot x rows=6\n"
      "y = linear hot cols=4\n"
      "next = ids axis=a\n"
      "loss = cross_entropy y next\n",
  };
}

}  // namespace

TG_REGISTER_OP(one_hot) = {"one_hot", 1, 1, {}, &make_op<OneHot>, &examples};

}  // namespace tidegate
