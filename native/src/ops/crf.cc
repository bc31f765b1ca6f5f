// crf SCORES TAGS [reduction=mean|sum]: the loss of a linear-chain conditional random field (Lafferty, McCallum and Pereira, ICML
// 2001). SCORES [R, K] real and TAGS ids, per step of the same axis. Parameters: transitions [K, K], from the row's tag to the column's,
// start [K] and end [K]. With x the scores (emissions) of a sequence of T steps and y its tag sequence
//
//   score(x, y) = start[y1] + sum of x[t, y_t] + sum of transitions[y_t, y_t+1] + end[y_T]
//   loss[s]     = log of the sum of e^score over all K^T tag sequences - score of the sequence's own (log partition - score)
//   loss        = sum of loss[s], for mean divided by the steps of all sequences
//
// Outputs: the loss [1,1], and at port "rows" the loss of each sequence [N,1], into which a gradient of its own may come.
// Parameters start like a linear layer's, at U(-a, a) with a = 1/sqrt(K).
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "ops/initializer.h"
#include "ops/log_sum.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

enum { kTransitions, kStart, kEnd };  // parameters
enum { kAlpha, kLogSum };             // saved, in double: alpha [R, K]; log of the sum of e^score [N]

constexpr index kTagGrain = 4;  // tags whose transitions are worth a thread of their own

// A block of doubles among what is saved as reals.
index reals_for(index doubles) { return doubles * static_cast<index>(sizeof(double) / sizeof(real)); }

// The forward-backward algorithm over one sequence.
class Chain {
 public:
  Chain(const Run& run, const Packed& axis, index sequence)
      : x_(run.in(0).data),
        tags_(run.in(1).ids),
        count_(run.in(0).type.cols),
        transitions_(run.parameter(kTransitions)),
        start_(run.parameter(kStart)),
        end_(run.parameter(kEnd)),
        axis_(axis),
        rank_(axis.rank(sequence)) {}

  index steps() const { return axis_.length(rank_); }
  index row(index t) const { return axis_.row(rank_, t); }
  index tag(index t) const { return tags_[row(t)]; }

  double score_of_tags() const {
    double score = start(tag(0)) + end(tag(steps() - 1));
    for (index t = 0; t < steps(); ++t) {
      score += x(t, tag(t));
      if (t > 0) score += transition(tag(t - 1), tag(t));
    }
    return score;
  }

  // alpha [R, K], log forward variables: over all prefixes up to step t that end in tag k. Returns the log partition function.
  double forward(double* alpha) const {
    for (index t = 0; t < steps(); ++t) {
      double* now = alpha + row(t) * count_;
      const double* before = t == 0 ? nullptr : alpha + row(t - 1) * count_;
      for (index k = 0; k < count_; ++k) {
        now[k] = x(t, k) + (t == 0 ? start(k) : log_sum(count_, [&](index i) { return before[i] + transition(i, k); }));
      }
    }
    const double* last = alpha + row(steps() - 1) * count_;
    return log_sum(count_, [&](index k) { return last[k] + end(k); });
  }

  // beta [R, K], log backward variables: over all suffixes after step t from tag k, with their emissions.
  void backward(double* beta) const {
    for (index t = steps(); t-- > 0;) {
      double* now = beta + row(t) * count_;
      if (t + 1 == steps()) {
        for (index k = 0; k < count_; ++k) now[k] = end(k);
        continue;
      }
      const double* after = beta + row(t + 1) * count_;
      for (index k = 0; k < count_; ++k) {
        now[k] = log_sum(count_, [&](index j) { return transition(k, j) + x(t + 1, j) + after[j]; });
      }
    }
  }

  double x(index t, index tag) const { return static_cast<double>(x_[row(t) * count_ + tag]); }
  double transition(index from, index to) const { return static_cast<double>(transitions_[from * count_ + to]); }
  double start(index tag) const { return static_cast<double>(start_[tag]); }
  double end(index tag) const { return static_cast<double>(end_[tag]); }

 private:
  const real* x_;
  const std::int32_t* tags_;
  const index count_;
  const real *transitions_, *start_, *end_;
  const Packed& axis_;
  const index rank_;
};

class Crf : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    expect_kind(node, 1, Kind::ids);
    expect_same_rows(node, 0, 1);
    const Type& scores = node.input(0);
    if (scores.per != Per::step) node.fail(text("input ", node.describe(0), ": expected a value per step"));
    tags_name_ = node.describe(1);
    tags_ = scores.cols;
    mean_ = node.attributes().choice("reduction", {"mean", "sum"}, "mean") == "mean";
    const Initializer init(node.attributes(), 1 / std::sqrt(static_cast<double>(tags_)));
    node.parameter("transitions", tags_, tags_, init.weight(tags_, tags_));
    node.parameter("start", tags_, 0, init.bias());
    node.parameter("end", tags_, 0, init.bias());
    node.output("", {Kind::real, Per::batch, -1, 1});
    node.output("rows", {Kind::real, Per::sequence, scores.axis, 1});
    node.loss();
  }

  void check(const Run& run) const override {
    check_ids(run, run.in(1), tags_name_, tags_);
    check_no_empty(run, 1, tags_name_);
  }
  void forward(Run& run) const override;
  void backward(Run& run) const override;

 private:
  void scores_backward(const Run& run, const double* beta, const double* dloss, index sequence) const;
  void transitions_backward(const Run& run, const double* beta, const double* dloss, index from, double* sums) const;
  void ends_backward(const Run& run, const double* beta, const double* dloss) const;
  const Packed& axis(const Run& run) const { return run.axis(run.in(0).type.axis); }
  double factor(const Run& run) const { return mean_ ? 1.0 / static_cast<double>(axis(run).rows()) : 1.0; }
  static double* doubles(real* saved) { return reinterpret_cast<double*>(saved); }

  std::string tags_name_;
  index tags_ = 0;
  bool mean_ = true;
};

void Crf::forward(Run& run) const {
  const Packed& axis = this->axis(run);
  const index sequences = axis.sequences(), alphas = checked_product("crf", axis.rows(), tags_);
  real* rows = run.out(1);
  double* alpha = run.train ? doubles(run.save(kAlpha, reals_for(alphas))) : run.scratch->take<double>(alphas);
  double* log_sum = run.train ? doubles(run.save(kLogSum, reals_for(sequences))) : run.scratch->take<double>(sequences);
  double* loss = run.scratch->take<double>(sequences);
  run.threads->split(sequences, 1, [&](index begin, index end) {
    for (index s = begin; s < end; ++s) {
      const Chain chain(run, axis, s);
      log_sum[s] = chain.forward(alpha);
      loss[s] = log_sum[s] - chain.score_of_tags();
      rows[s] = static_cast<real>(loss[s]);
    }
  });
  double total = 0;
  for (index s = 0; s < sequences; ++s) total += loss[s];
  *run.out(0) = static_cast<real>(total * factor(run));
  run.count_targets(axis.rows());
}

// The marginal p(tag k at step t) - [k is the sequence's tag]
void Crf::scores_backward(const Run& run, const double* beta, const double* dloss, index sequence) const {
  const Packed& axis = this->axis(run);
  const Chain chain(run, axis, sequence);
  const double *alpha = doubles(run.saved(kAlpha)), all = doubles(run.saved(kLogSum))[sequence];
  for (index t = 0; t < chain.steps(); ++t) {
    const index first = chain.row(t) * tags_;
    real* dx = run.in(0).grad + first;
    for (index k = 0; k < tags_; ++k) {
      const double p = std::exp(alpha[first + k] + beta[first + k] - all);
      dx[k] += static_cast<real>(dloss[sequence] * (p - (chain.tag(t) == k)));
    }
  }
}

// sums [K]: over all steps, the pairwise marginal p(from, k) - [these are the sequence's tags]
void Crf::transitions_backward(const Run& run, const double* beta, const double* dloss, index from, double* sums) const {
  const Packed& axis = this->axis(run);
  const double* alpha = doubles(run.saved(kAlpha));
  std::fill_n(sums, tags_, 0.0);
  for (index s = 0; s < axis.sequences(); ++s) {
    const Chain chain(run, axis, s);
    const double all = doubles(run.saved(kLogSum))[s];
    for (index t = 0; t + 1 < chain.steps(); ++t) {
      const double before = alpha[chain.row(t) * tags_ + from] - all;
      const double* after = beta + chain.row(t + 1) * tags_;
      for (index k = 0; k < tags_; ++k) {
        sums[k] += dloss[s] * std::exp(before + chain.transition(from, k) + chain.x(t + 1, k) + after[k]);
      }
      if (chain.tag(t) == from) sums[chain.tag(t + 1)] -= dloss[s];
    }
  }
}

void Crf::ends_backward(const Run& run, const double* beta, const double* dloss) const {
  const Packed& axis = this->axis(run);
  const double* alpha = doubles(run.saved(kAlpha));
  real *dstart = run.gradient(kStart), *dend = run.gradient(kEnd);
  for (index s = 0; s < axis.sequences(); ++s) {
    const Chain chain(run, axis, s);
    const double all = doubles(run.saved(kLogSum))[s];
    const index last = chain.steps() - 1, at_first = chain.row(0) * tags_, at_last = chain.row(last) * tags_;
    for (index k = 0; k < tags_; ++k) {
      const double first_p = std::exp(alpha[at_first + k] + beta[at_first + k] - all);
      const double last_p = std::exp(alpha[at_last + k] + beta[at_last + k] - all);
      dstart[k] += static_cast<real>(dloss[s] * (first_p - (chain.tag(0) == k)));
      dend[k] += static_cast<real>(dloss[s] * (last_p - (chain.tag(last) == k)));
    }
  }
}

// Threads split the sequences for the emissions, then the tags for the transitions: no sum depends on their number.
void Crf::backward(Run& run) const {
  const Packed& axis = this->axis(run);
  const index sequences = axis.sequences();
  const real *dtotal = run.result(0).grad, *drows = run.result(1).grad;
  double* dloss = run.scratch->take<double>(sequences);
  for (index s = 0; s < sequences; ++s) {
    dloss[s] = dtotal == nullptr ? 0 : static_cast<double>(*dtotal) * factor(run);
    if (drows != nullptr) dloss[s] += static_cast<double>(drows[s]);
  }
  double* beta = run.scratch->take<double>(checked_product("crf", axis.rows(), tags_));
  run.threads->split(sequences, 1, [&](index begin, index end) {
    for (index s = begin; s < end; ++s) {
      Chain(run, axis, s).backward(beta);
      if (run.in(0).grad != nullptr) scores_backward(run, beta, dloss, s);
    }
  });
  if (run.gradient(kTransitions) == nullptr) return;
  double* sums = run.scratch->take<double>(checked_product("crf", tags_, tags_));
  run.threads->split(tags_, kTagGrain, [&](index begin, index end) {
    for (index from = begin; from < end; ++from) {
      double* own = sums + from * tags_;
      transitions_backward(run, beta, dloss, from, own);
      real* gradient = run.gradient(kTransitions) + from * tags_;
      for (index k = 0; k < tags_; ++k) gradient[k] += static_cast<real>(own[k]);
    }
  });
  ends_backward(run, beta, dloss);
}

std::vector<std::string> examples() {
  return {
      "x = input axis=a cols=3 gradient=true\n"
      "scores = linear x cols=4\n"
      "tags = ids axis=a\n"
      "loss = crf scores tags\n",
      "x = input axis=a cols=3 gradient=true\n"
      "tags = ids axis=a\n"
      "loss = crf x tags reduction=sum init=normal init_scale=0.5\n",
      "x = input axis=a cols=1 gradient=true\n"
      "tags = ids axis=a\n"
      "loss = crf x tags trainable=false\n",
  };
}

}  // namespace

TG_REGISTER_OP(crf) = {"crf", 2, 2, {}, &make_op<Crf>, &examples};

}  // namespace tidegate
