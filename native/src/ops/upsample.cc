// upsample X factor=F: each row F times, one after the other. X [R, C] real per step; y [F*R, C] per step of an axis with F rows for each of X's.
#include <algorithm>

#include "ops/rows.h"

namespace tidegate {

namespace {

class Upsample : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    input_ = node.input(0);
    if (input_.per != Per::step) node.fail(text("input ", node.describe(0), ": expected a value per step"));
    factor_ = node.attributes().integer("factor", 1, index{1} << 20);
    axis_ = node.repeated_axis(input_.axis, factor_);
    node.output("", {Kind::real, Per::step, axis_, input_.cols});
  }

  void forward(Run& run) const override {
    const real* x = run.in(0).data;
    real* y = run.out(0);
    each(run, [&](index row, index repeated) { std::copy_n(x + row * input_.cols, input_.cols, y + repeated * input_.cols); });
  }

  void backward(Run& run) const override {
    real* dx = run.in(0).grad;
    const real* dy = run.result(0).grad;
    if (dx == nullptr || dy == nullptr) return;
    each(run, [&](index row, index repeated) { run.k->add(dx + row * input_.cols, dy + repeated * input_.cols, input_.cols); });
  }

 private:
  // visit(row of x, one of the rows of y that repeat it)
  template <class Visit>
  void each(const Run& run, const Visit& visit) const {
    const Packed &from = run.axis(input_.axis), &to = run.axis(axis_);
    for (index rank = 0; rank < from.sequences(); ++rank) {
      const index repeated = to.rank(from.order(rank));
      for (index t = 0; t < to.length(repeated); ++t) visit(from.row(rank, t / factor_), to.row(repeated, t));
    }
  }

  Type input_{};
  index factor_ = 1;
  int axis_ = -1;
};

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=2 gradient=true\n"
      "y = upsample x factor=3\n"
      "h = recurrent y cell=rnn size=2\n",
  };
}

}  // namespace

TG_REGISTER_OP(upsample) = {"upsample", 1, 1, {}, &make_op<Upsample>, &examples};

}  // namespace tidegate
