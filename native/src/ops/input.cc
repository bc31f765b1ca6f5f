// input axis=NAME cols=C [per=step|sequence] [gradient=false]: real numbers that the caller feeds, C for each packed row of the axis or for
// each sequence. With gradient=true backward computes the loss's gradient by them.
#include <cstdint>

#include "ops/op.h"

namespace tidegate {

namespace {

class Input : public NodeOp {
 public:
  void infer(Declaration& node) override {
    const Attributes& attributes = node.attributes();
    const bool each_step = attributes.choice("per", {"step", "sequence"}, "step") == "step";
    const index cols = attributes.integer("cols", 1, INT32_MAX);
    attributes.flag("gradient", false);  // read by the graph
    const int axis = node.axis(attributes.word("axis"));
    node.input_node();
    node.output("", {Kind::real, each_step ? Per::step : Per::sequence, axis, cols});
  }
  void forward(Run&) const override {}  // the session holds what the caller fed
  void backward(Run&) const override {}
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=3 gradient=true\n"
      "y = linear x cols=2\n"
      "target = input axis=a cols=2\n"
      "loss = mse y target\n",
      "x = input axis=a cols=3 per=sequence gradient=true\n"
      "target = input axis=b cols=3 per=sequence\n"
      "loss = mse x target\n",
  };
}

}  // namespace

TG_REGISTER_OP(input) = {"input", 0, 0, {}, &make_op<Input>, &examples};

}  // namespace tidegate
