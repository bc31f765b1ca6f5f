// dropout X p=P [per=element|sequence]: y = x * mask in training, y = x outside it; the masks are inverted (mask.h).
// per=element (the default): one mask value for each element. per=sequence: one for each column of a sequence, the same for all its
// steps (Gal and Ghahramani, NIPS 2016).
#include <cstring>

#include "ops/mask.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

class Dropout : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    p_ = node.attributes().number("p", 0, 1);
    const bool each_sequence = node.attributes().choice("per", {"element", "sequence"}, "element") == "sequence";
    const Type& x = node.input(0);
    shared_ = each_sequence && x.per == Per::step;  // elsewhere a sequence has but one row
    node.output("", x);
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    real* y = run.out(0);
    if (!run.train || p_ == 0) {
      std::memcpy(y, x.data, sizeof(real) * x.rows * x.type.cols);
      return;
    }
    const index cols = x.type.cols;
    const Random random = run.random();
    if (!shared_) {
      real* mask = run.save(0, x.rows * cols);
      draw_mask(mask, x.rows * cols, p_, random);
      run.k->multiply(y, x.data, mask, x.rows * cols);
      return;
    }
    // Masks in the order of the ranks, so that those of a step are a prefix; drawn by the caller's number of the sequence.
    const Packed& axis = run.axis(x.type.axis);
    real* mask = run.save(0, axis.sequences() * cols);
    for (index rank = 0; rank < axis.sequences(); ++rank) {
      draw_mask(mask + rank * cols, cols, p_, random, static_cast<std::uint64_t>(axis.order(rank) * cols));
    }
    for (index step = 0; step < axis.steps(); ++step) {
      const index first = axis.offset(step) * cols;
      run.k->multiply(y + first, x.data + first, mask, axis.count(step) * cols);
    }
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    const real* dy = run.result(0).grad;
    if (x.grad == nullptr || dy == nullptr) return;
    const index cols = x.type.cols;
    if (p_ == 0) {
      run.k->add(x.grad, dy, x.rows * cols);
    } else if (!shared_) {
      run.k->multiply_add(x.grad, dy, run.saved(0), x.rows * cols);
    } else {
      const Packed& axis = run.axis(x.type.axis);
      for (index step = 0; step < axis.steps(); ++step) {
        const index first = axis.offset(step) * cols;
        run.k->multiply_add(x.grad + first, dy + first, run.saved(0), axis.count(step) * cols);
      }
    }
  }

 private:
  double p_ = 0;
  bool shared_ = false;
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=5 gradient=true\n"
      "y = dropout x p=0.3\n"
      "target = input axis=a cols=5\n"
      "loss = mse y target\n",
      "x = input axis=a cols=5 gradient=true\n"
      "y = dropout x p=0.5 per=sequence\n"
      "none = dropout y p=0\n"
      "target = input axis=a cols=5\n"
      "loss = mse none target\n",
  };
}

}  // namespace

TG_REGISTER_OP(dropout) = {"dropout", 1, 1, {}, &make_op<Dropout>, &examples};

}  // namespace tidegate
