// cross_entropy LOGITS TARGETS [ignore=-100] [label_smoothing=0] [class_weights=w1,...,wV] [reduction=mean|sum]
//
// LOGITS [rows, V] real, TARGETS ids. With p = softmax(logits), t the target, w the class weights (1) and e the smoothing:
//
//   loss[row] = (1 - e) w[t] (-log p[t]) + e/V sum over c of w[c] (-log p[c])       0 where t is the ignored id
//   loss      = sum of loss[row], for mean divided by the sum of w[t] over the rows that are not ignored; 0 if there are none
//
// as PyTorch defines it. Outputs: the loss [1,1], and at port "rows" the loss of each row [rows, 1], into which a gradient of its own
// may come. With reduction=none the rows [rows, 1] are the first output, there is no port, and backward does not start here.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <cstdint>

#include "ops/rows.h"

namespace tidegate {

namespace {

constexpr index kGrain = 16;  // rows that are worth a thread of their own

class CrossEntropy : public NodeOp {
 public:
  void infer(Declaration& node) override;
  void check(const Run& run) const override;
  void forward(Run& run) const override;
  void backward(Run& run) const override;

 private:
  enum class Reduction { mean, sum, none };
  double weight_of(index target) const { return weights_.empty() ? 1 : static_cast<double>(weights_[target]); }
  double row_loss(const Run& run, const real* x, index target, double greatest, double sum) const;
  void row_backward(const Run& run, const real* x, index target, const real* softmax, double dloss, real* dx) const;
  double divisor(const Value& targets) const;
  void make_smooth() const;

  std::string targets_name_;
  Reduction reduction_ = Reduction::mean;
  index classes_ = 0, ignore_ = -100;
  double smoothing_ = 0;
  std::vector<real> weights_;  // [V]; empty: all are 1
  mutable std::once_flag smooth_made_;
  mutable Counted<real> smooth_;   // [V] smoothing / V * weight; empty without smoothing
  mutable double smooth_sum_ = 0;  // its sum
};

void CrossEntropy::infer(Declaration& node) {
  expect_kind(node, 0, Kind::real);
  expect_kind(node, 1, Kind::ids);
  expect_same_rows(node, 0, 1);
  targets_name_ = node.describe(1);
  const Type& logits = node.input(0);
  const Attributes& attributes = node.attributes();
  classes_ = logits.cols;
  ignore_ = attributes.integer("ignore", INT32_MIN, INT32_MAX, -100);
  smoothing_ = attributes.number("label_smoothing", 0, 1, 0);
  for (const double weight : attributes.numbers("class_weights")) {
    if (weight < 0) node.fail(text("class_weights: expected no weight below 0, got ", weight));
    weights_.push_back(static_cast<real>(weight));
  }
  if (!weights_.empty() && static_cast<index>(weights_.size()) != classes_) {
    node.fail(text("class_weights: expected ", classes_, " weights, one for each column of ", node.describe(0), ", got ",
                   weights_.size()));
  }
  const std::string reduction = attributes.choice("reduction", {"mean", "sum", "none"}, "mean");
  reduction_ = reduction == "mean" ? Reduction::mean : reduction == "sum" ? Reduction::sum : Reduction::none;
  const Type rows = {Kind::real, logits.per, logits.axis, 1};
  if (reduction_ == Reduction::none) {
    node.output("", rows);
    return;
  }
  node.output("", {Kind::real, Per::batch, -1, 1});
  node.output("rows", rows);
  node.loss();
}

void CrossEntropy::check(const Run& run) const {
  check_same_rows(run, 0, 1);
  check_ids(run, run.in(1), targets_name_, classes_, ignore_);
}

// When there are rows that wide, rather than when a spec says so.
void CrossEntropy::make_smooth() const {
  if (smoothing_ == 0) return;
  std::call_once(smooth_made_, [&] {
    smooth_.resize(static_cast<std::size_t>(classes_));
    for (index c = 0; c < classes_; ++c) smooth_[c] = static_cast<real>(smoothing_ / static_cast<double>(classes_) * weight_of(c));
    for (const real share : smooth_) smooth_sum_ += static_cast<double>(share);
  });
}

// log p[c] = x[c] - greatest - log(sum)
double CrossEntropy::row_loss(const Run& run, const real* x, index target, double greatest, double sum) const {
  const double log_sum = std::log(sum);
  double loss = (1 - smoothing_) * weight_of(target) * (log_sum - (static_cast<double>(x[target]) - greatest));
  if (!smooth_.empty()) {
    real shifted;  // sum of smooth * (x - greatest)
    run.k->weighted_sum(&shifted, x, static_cast<real>(greatest), smooth_.data(), classes_);
    loss += smooth_sum_ * log_sum - static_cast<double>(shifted);
  }
  return loss;
}

// dloss/dx[c] = ((1 - e) w[t] + sum of smooth) p[c] - (1 - e) w[t] [c = t] - smooth[c]
void CrossEntropy::row_backward(const Run& run, const real* x, index target, const real* softmax, double dloss, real* dx) const {
  const double hit = (1 - smoothing_) * weight_of(target);
  run.k->add_exp(dx, static_cast<real>(dloss * (hit + smooth_sum_) / static_cast<double>(softmax[1])), x, softmax[0], classes_);
  dx[target] -= static_cast<real>(dloss * hit);
  if (!smooth_.empty()) run.k->add_scaled(dx, static_cast<real>(-dloss), smooth_.data(), classes_);
}

double CrossEntropy::divisor(const Value& targets) const {
  if (reduction_ != Reduction::mean) return 1;
  double sum = 0;
  for (index row = 0; row < targets.rows; ++row) {
    if (targets.ids[row] != ignore_) sum += weight_of(targets.ids[row]);
  }
  return sum;
}

// Saves the greatest logit of each row and the sum of exp(logit - greatest), from which backward has p.
void CrossEntropy::forward(Run& run) const {
  make_smooth();
  const Value& logits = run.in(0);
  const Value& targets = run.in(1);
  const bool reduced = reduction_ != Reduction::none;
  real* rows = run.out(reduced ? 1 : 0);
  real* softmax = run.train ? run.save(0, 2 * logits.rows) : run.scratch->take<real>(2 * logits.rows);
  run.threads->split(logits.rows, kGrain, [&](index begin, index end) {
    for (index row = begin; row < end; ++row) {
      const index target = targets.ids[row];
      rows[row] = 0;
      if (target == ignore_) continue;
      const real* x = logits.data + row * classes_;
      run.k->exp_sum(softmax + 2 * row, x, classes_);
      rows[row] = static_cast<real>(row_loss(run, x, target, static_cast<double>(softmax[2 * row]),
                                             static_cast<double>(softmax[2 * row + 1])));
    }
  });
  double total = 0;
  index counted = 0;
  for (index row = 0; row < logits.rows; ++row) {
    total += static_cast<double>(rows[row]);
    counted += targets.ids[row] != ignore_;
  }
  if (!reduced) return;
  const double count = divisor(targets);
  *run.out(0) = static_cast<real>(count > 0 ? total / count : 0);
  run.count_targets(counted);
}

void CrossEntropy::backward(Run& run) const {
  const Value& logits = run.in(0);
  const Value& targets = run.in(1);
  const bool reduced = reduction_ != Reduction::none;
  const real* dloss = reduced ? run.result(0).grad : nullptr;
  const real* drows = run.result(reduced ? 1 : 0).grad;
  if (logits.grad == nullptr || (dloss == nullptr && drows == nullptr)) return;
  const double count = divisor(targets);
  const double each = dloss != nullptr && count > 0 ? static_cast<double>(*dloss) / count : 0;
  const real* softmax = run.saved(0);
  run.threads->split(logits.rows, kGrain, [&](index begin, index end) {
    for (index row = begin; row < end; ++row) {
      if (targets.ids[row] == ignore_) continue;
      const double drow = each + (drows != nullptr ? static_cast<double>(drows[row]) : 0);
      row_backward(run, logits.data + row * classes_, targets.ids[row], softmax + 2 * row, drow, logits.grad + row * classes_);
    }
  });
}

std::string example(const std::string& attributes) {
  return "x = input axis=a cols=5 gradient=true\n"
         "y = linear x cols=4\n"
         "target = ids axis=a\n"
         "loss = cross_entropy y target" + attributes + "\n";
}

std::vector<std::string> examples() {
  return {
      example(""),
      example(" ignore=1 label_smoothing=0.1 class_weights=1,0.5,2,0.25"),
      example(" label_smoothing=0.2 reduction=sum"),
      "x = input axis=a cols=3 per=sequence gradient=true\n"
      "target = ids axis=b per=sequence\n"
      "rows = cross_entropy x target ignore=2 reduction=none\n"
      "zero = input axis=a cols=1 per=sequence\n"
      "loss = mse rows zero\n",
  };
}

}  // namespace

TG_REGISTER_OP(cross_entropy) = {"cross_entropy", 2, 2, {}, &make_op<CrossEntropy>, &examples};

}  // namespace tidegate
