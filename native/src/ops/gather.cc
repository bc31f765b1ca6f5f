// gather X INDEX: y[row] = x[index[row]]. X: real, [rows, C]; INDEX: ids, row numbers of X; y has the rows of INDEX and X's columns.
// Of a value per step the row numbers are those of the packed rows (tg_pack_rows).
#include <cstring>

#include "ops/rows.h"

namespace tidegate {

namespace {

class Gather : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    expect_kind(node, 1, Kind::ids);
    name_ = node.describe(1);
    const Type& rows = node.input(1);
    node.output("", {Kind::real, rows.per, rows.axis, node.input(0).cols});
  }

  int row_numbers() const override { return 1; }

  void check(const Run& run) const override { check_ids(run, run.in(1), name_, rows_of(run, run.in(0).type)); }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    const Value& rows = run.in(1);
    const index cols = x.type.cols;
    real* y = run.out(0);
    for (index row = 0; row < rows.rows; ++row) std::memcpy(y + row * cols, x.data + rows.ids[row] * cols, sizeof(real) * cols);
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    const Value& rows = run.in(1);
    const real* dy = run.result(0).grad;
    if (x.grad == nullptr || dy == nullptr) return;
    const index cols = x.type.cols;
    for (index row = 0; row < rows.rows; ++row) run.k->add(x.grad + rows.ids[row] * cols, dy + row * cols, cols);
  }

 private:
  std::string name_;
};

std::vector<std::string> examples() {
  return {
      // Every step of b reads a row of a's sequences.
      "x = input axis=a cols=3 per=sequence gradient=true\n"
      "rows = ids axis=b\n"
      "y = gather x rows\n"
      "target = input axis=b cols=3\n"
      "loss = mse y target\n",
      // Every sequence of b reads a packed row of a.
      "x = input axis=a cols=3 gradient=true\n"
      "rows = ids axis=b per=sequence\n"
      "y = gather x rows\n"
      "target = input axis=b cols=3 per=sequence\n"
      "loss = mse y target\n",
  };
}

}  // namespace

TG_REGISTER_OP(gather) = {"gather", 2, 2, {}, &make_op<Gather>, &examples};

}  // namespace tidegate
