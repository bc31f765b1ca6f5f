// ids axis=NAME [per=step|sequence]: whole numbers that the caller feeds, one for each packed row of the axis or for each sequence.
#include "ops/op.h"

namespace tidegate {

namespace {

class Ids : public NodeOp {
 public:
  void infer(Declaration& node) override {
    const bool each_step = node.attributes().choice("per", {"step", "sequence"}, "step") == "step";
    const int axis = node.axis(node.attributes().word("axis"));
    node.input_node();
    node.output("", {Kind::ids, each_step ? Per::step : Per::sequence, axis, 1});
  }
  void forward(Run&) const override {}  // the session holds what the caller fed
  void backward(Run&) const override {}
};

std::vector<std::string> examples() {
  return {
      "x = ids axis=a\n"
      "e = embedding x rows=5 cols=3\n"
      "p = pool e kind=last\n"
      "y = linear p cols=4\n"
      "label = ids axis=a per=sequence\n"
      "loss = cross_entropy y label\n",
  };
}

}  // namespace

TG_REGISTER_OP(ids) = {"ids", 0, 0, {}, &make_op<Ids>, &examples};

}  // namespace tidegate
