// softmax X: y = e^x / sum of e^x over the columns of each row; log_softmax X: its logarithm, x - log(sum of e^x). Backward needs only y:
// dx += y (dy - sum of dy y), and dx += dy - e^y (sum of dy). A column at minus infinity is 0, one at infinity NaN.
#include <cmath>
#include <cstring>

#include "ops/rows.h"

namespace tidegate {

namespace {

template <bool logarithm>
class Softmax : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    node.output("", node.input(0));
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    const index cols = x.type.cols;
    real* y = run.out(0);
    run.threads->split(x.rows, row_grain(cols), [&](index begin, index end) {
      for (index row = begin; row < end; ++row) {
        const real* from = x.data + row * cols;
        real* to = y + row * cols;
        if (!logarithm) {
          std::memcpy(to, from, sizeof(real) * cols);
          run.k->softmax(to, cols);
          continue;
        }
        real sum[2];  // the greatest of the row, and the sum relative to it
        run.k->exp_sum(sum, from, cols);
        run.k->shift_scale(to, from, sum[0], 1, cols);
        run.k->shift_scale(to, to, std::log(sum[1]), 1, cols);
      }
    });
  }

  void backward(Run& run) const override {
    real* dx = run.in(0).grad;
    const Value& y = run.result(0);
    if (dx == nullptr || y.grad == nullptr) return;
    const index cols = y.type.cols;
    run.threads->split(y.rows, row_grain(cols), [&](index begin, index end) {
      for (index row = begin; row < end; ++row) {
        const index at = row * cols;
        (logarithm ? run.k->log_softmax_backward : run.k->softmax_backward)(dx + at, y.grad + at, y.data + at, cols);
      }
    });
  }
};

std::string example(const std::string& op, const std::string& per) {
  return "x = input axis=a cols=5 gradient=true" + per + "\n"
         "y = " + op + " x\n"
         "target = input axis=a cols=5" + per + "\n"
         "loss = mse y target\n";
}

std::vector<std::string> softmax_examples() { return {example("softmax", ""), example("softmax", " per=sequence")}; }
std::vector<std::string> log_softmax_examples() { return {example("log_softmax", "")}; }

const OpKind kinds[] = {
    {"softmax", 1, 1, {}, &make_op<Softmax<false>>, &softmax_examples},
    {"log_softmax", 1, 1, {}, &make_op<Softmax<true>>, &log_softmax_examples},
};

}  // namespace

TG_REGISTER_OPS(softmax, kinds);

}  // namespace tidegate
