#include "ops/elementwise_loss.h"

#include <algorithm>
#include <cstdio>

namespace tidegate {

void ElementwiseLoss::infer(Declaration& node) {
  for (int i = 0; i < node.inputs(); ++i) {
    expect_kind(node, i, Kind::real);
    if (i > 0) expect_same_rows(node, 0, i);
    names_.push_back(node.describe(i));
  }
  read(node);
  const index cols = node.input(0).cols, targets = node.input(1).cols, expected = columns(targets);
  if (expected != cols && expected == targets) {
    node.fail(text("input ", node.describe(1), ": expected as many columns as ", node.describe(0)));
  }
  if (expected != cols) node.fail(text("input ", node.describe(0), ": expected ", expected, " columns for ", node.describe(1)));
  for (int i = 2; i < node.inputs(); ++i) {
    if (node.input(i).cols != cols) node.fail(text("input ", node.describe(i), ": expected as many columns as ", node.describe(0)));
  }
  mean_ = node.attributes().choice("reduction", {"mean", "sum"}, "mean") == "mean";
  node.output("", {Kind::real, Per::batch, -1, 1});
  node.loss();
}

void ElementwiseLoss::check(const Run& run) const {
  for (int i = 1; i < static_cast<int>(names_.size()); ++i) check_same_rows(run, 0, i);
}

void ElementwiseLoss::forward(Run& run) const {
  check_values(run);
  const index n = elements(run), most = block();
  double total = 0;
  for (index i = 0; i < n; i += most) total += sum(run, i, std::min(most, n - i));
  *run.out(0) = static_cast<real>(mean_ ? total / static_cast<double>(n) : total);
  run.count_targets(run.in(0).rows);
}

void ElementwiseLoss::backward(Run& run) const {
  const real* dy = run.result(0).grad;
  if (dy != nullptr) add_gradients(run, *dy / (mean_ ? static_cast<real>(elements(run)) : real{1}));
}

void ElementwiseLoss::check_range(const Run& run, int i, double least, double most, bool nan_too) const {
  const Value& value = run.in(i);
  const index n = value.rows * value.type.cols;
  const real low = static_cast<real>(least), high = static_cast<real>(most);
  const auto is_wrong = [=](real x) { return (x < low) | (x > high) | (!nan_too & (x != x)); };
  bool wrong_ones = false;
  for (index e = 0; e < n; ++e) wrong_ones |= is_wrong(value.data[e]);
  if (!wrong_ones) return;
  const real* wrong = std::find_if(value.data, value.data + n, is_wrong);
  const index at = wrong - value.data;
  char found[40], range[80];
  std::snprintf(found, sizeof found, "%.9g", static_cast<double>(*wrong));
  if (most < 1e30) {
    std::snprintf(range, sizeof range, "a number from %g to %g", least, most);
  } else {
    std::snprintf(range, sizeof range, "no number below %g", least);
  }
  run.fail(text("input ", names_[static_cast<std::size_t>(i)], ": ", row_name(run, value.type, at / value.type.cols), ", column ",
                at % value.type.cols, " is ", found, ", expected ", range));
}

std::vector<std::string> loss_examples(const std::string& op, const std::string& attributes, const std::string& targets, index columns) {
  const std::string made = targets.empty() ? "" : "t = " + targets + "\n", target = targets.empty() ? "u" : "t";
  return {
      text("x = input axis=a cols=", 3 * columns, " gradient=true\nu = input axis=a cols=3 gradient=true\n", made, "loss = ", op, " x ",
           target, attributes, "\n"),
      text("x = input axis=a cols=", 2 * columns, " per=sequence gradient=true\nu = input axis=b cols=2 per=sequence\n", made,
           "loss = ", op, " x ", target, attributes, " reduction=sum\n"),
  };
}

}  // namespace tidegate
