// ctc LOGITS TARGETS [blank=0] [zero_infinity=false] [reduction=mean|sum|none]: connectionist temporal classification (Graves,
// Fernandez, Gomez and Schmidhuber, ICML 2006).
//
// LOGITS [R, K] real, per step of one axis; TARGETS ids, per step of another; sequence s of the one belongs to sequence s of the
// other. With p[t] = softmax(logits[t]), a path (alignment) gives every frame t a class; it collapses to a labelling: repeats
// are merged, then blanks removed.
//
//   loss[s] = -log of the sum, over the paths that collapse to s's target, of the product of their p[t]
//   loss    = sum of loss[s]; for mean each is divided by max(labels, 1) and the sum by the sequences, as PyTorch does
//
// A target id that equals the blank stands for nothing, so that one blank is an empty target. A target of L labels needs L frames and
// one more between equal neighbours: fewer are an error, or with zero_infinity=true a loss and a gradient of 0.
// Outputs: the loss [1,1], and at port "rows" the loss of each sequence [N,1], into which a gradient of its own may come. With
// reduction=none these are the first output, there is no port, and backward does not start here. A mean counts sequences as targets.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "ops/log_sum.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

enum { kGradient, kShare };  // saved: dloss[s]/dlogits [R, K], and dloss/dloss[s] [N]

// The target of a sequence without its blanks.
class Labels {
 public:
  Labels(const Value& targets, const Packed& axis, index sequence, index blank)
      : ids_(targets.ids), axis_(axis), rank_(axis.rank(sequence)), blank_(blank) {}

  // visit(label) in their order
  template <class Visit>
  void each(const Visit& visit) const {
    for (index i = 0; i < axis_.length(rank_); ++i) {
      const index id = ids_[axis_.row(rank_, i)];
      if (id != blank_) visit(id);
    }
  }
  index count() const {
    index labels = 0;
    each([&](index) { ++labels; });
    return labels;
  }
  index repeats() const {
    index before = blank_, equal = 0;
    each([&](index label) {
      equal += label == before;
      before = label;
    });
    return equal;
  }

 private:
  const std::int32_t* ids_;
  const Packed& axis_;
  const index rank_, blank_;
};

// The states of a target l1 ... lL are blank l1 blank ... lL blank: S = 2L + 1. A path stays in its state, goes on to the next, or
// leaves out a blank between labels that differ. It starts in one of the first two and ends in one of the last two.
class Lattice {
 public:
  // Workspaces: states [states(labels)] and normalizers [T]. softmax [R, 2]: of each row the greatest logit and the sum of
  // exp(logit - greatest).
  Lattice(const Value& logits, const Packed& axis, index rank, const real* softmax, const Labels& labels, index blank,
          std::int32_t* states, double* normalizers)
      : x_(logits.data),
        classes_(logits.type.cols),
        axis_(axis),
        rank_(rank),
        softmax_(softmax),
        normalizer_(normalizers),
        state_(states) {
    for (index t = 0; t < frames(); ++t) {
      const real* row = softmax + 2 * axis.row(rank, t);
      normalizers[t] = static_cast<double>(row[0]) + std::log(static_cast<double>(row[1]));
    }
    state_[states_++] = static_cast<std::int32_t>(blank);
    labels.each([&](index label) {
      state_[states_++] = static_cast<std::int32_t>(label);
      state_[states_++] = static_cast<std::int32_t>(blank);
    });
  }
  static index states(index labels) { return 2 * labels + 1; }

  // alpha [T, S], log forward variables: the prefixes up to frame t that end in state s. Returns log p(target).
  double forward(double* alpha) const {
    for (index t = 0; t < frames(); ++t) {
      double* now = alpha + t * states_;
      const double* before = now - states_;
      for (index s = 0; s < states_; ++s) {
        double sum = t == 0 ? (s < 2 ? 0 : kLogZero) : before[s];
        if (t > 0 && s > 0) sum = log_add(sum, before[s - 1]);
        if (t > 0 && skips_to(s)) sum = log_add(sum, before[s - 2]);
        now[s] = sum == kLogZero ? kLogZero : sum + log_p(t, s);
      }
    }
    const double* last = alpha + (frames() - 1) * states_;
    return states_ == 1 ? last[0] : log_add(last[states_ - 1], last[states_ - 2]);
  }

  // gradient [R, K] += d(-log p(target))/dlogits = p[t, k] - the posterior of class k at frame t.
  // Workspaces: beta [2, S], log backward variables (the suffixes after frame t from state s), and shares [K].
  void backward(const Kernels& k, const double* alpha, double log_p_target, double* beta, double* shares, real* gradient) const {
    double *now = beta, *after = beta + states_;
    for (index t = frames(); t-- > 0;) {
      for (index s = 0; s < states_; ++s) now[s] = t + 1 == frames() ? (s + 2 < states_ ? kLogZero : 0) : continuations(t, s, after);
      std::fill_n(shares, classes_, 0.0);
      for (index s = 0; s < states_; ++s) shares[state_[s]] += std::exp(alpha[t * states_ + s] + now[s] - log_p_target);
      const index row = axis_.row(rank_, t);
      real* d = gradient + row * classes_;
      k.add_exp(d, 1 / softmax_[2 * row + 1], x_ + row * classes_, softmax_[2 * row], classes_);
      for (index c = 0; c < classes_; ++c) d[c] -= static_cast<real>(shares[c]);
      std::swap(now, after);
    }
  }

 private:
  index frames() const { return axis_.length(rank_); }
  bool skips_to(index s) const { return s % 2 == 1 && s >= 3 && state_[s] != state_[s - 2]; }
  double log_p(index t, index s) const {
    return static_cast<double>(x_[axis_.row(rank_, t) * classes_ + state_[s]]) - normalizer_[t];
  }
  double continuations(index t, index s, const double* after) const {
    const auto through = [&](index next) { return after[next] == kLogZero ? kLogZero : after[next] + log_p(t + 1, next); };
    double sum = through(s);
    if (s + 1 < states_) sum = log_add(sum, through(s + 1));
    if (s + 2 < states_ && skips_to(s + 2)) sum = log_add(sum, through(s + 2));
    return sum;
  }

  const real* x_;
  const index classes_;
  const Packed& axis_;
  const index rank_;
  const real* softmax_;
  const double* normalizer_;  // by frame: log of the sum of exp(logit)
  std::int32_t* state_;  // the class of each state
  index states_ = 0;
};

class Ctc : public NodeOp {
 public:
  void infer(Declaration& node) override;
  void check(const Run& run) const override;
  void forward(Run& run) const override;
  void backward(Run& run) const override;

 private:
  enum class Reduction { mean, sum, none };
  Labels labels_of(const Run& run, index sequence) const {
    return Labels(run.in(1), run.axis(run.in(1).type.axis), sequence, blank_);
  }
  bool fits(const Labels& labels, index frames) const { return labels.count() + labels.repeats() <= frames; }

  std::string logits_name_, targets_name_;
  Reduction reduction_ = Reduction::mean;
  index classes_ = 0, blank_ = 0;
  bool zero_infinity_ = false;
};

void Ctc::infer(Declaration& node) {
  expect_kind(node, 0, Kind::real);
  expect_kind(node, 1, Kind::ids);
  for (int i = 0; i < 2; ++i) {
    if (node.input(i).per != Per::step) node.fail(text("input ", node.describe(i), ": expected a value per step"));
  }
  logits_name_ = node.describe(0);
  targets_name_ = node.describe(1);
  classes_ = node.input(0).cols;
  const Attributes& attributes = node.attributes();
  blank_ = attributes.integer("blank", 0, classes_ - 1, 0);
  zero_infinity_ = attributes.flag("zero_infinity", false);
  const std::string reduction = attributes.choice("reduction", {"mean", "sum", "none"}, "mean");
  reduction_ = reduction == "mean" ? Reduction::mean : reduction == "sum" ? Reduction::sum : Reduction::none;
  const Type rows = {Kind::real, Per::sequence, node.input(0).axis, 1};
  if (reduction_ == Reduction::none) {
    node.output("", rows);
    return;
  }
  node.output("", {Kind::real, Per::batch, -1, 1});
  node.output("rows", rows);
  node.loss();
}

void Ctc::check(const Run& run) const {
  const Packed& axis = run.axis(run.in(0).type.axis);
  const index targets = run.axis(run.in(1).type.axis).sequences();
  if (targets != axis.sequences()) run.fail(text("there are ", targets, " targets for ", axis.sequences(), " sequences of frames"));
  check_ids(run, run.in(1), targets_name_, classes_);
  check_no_empty(run, 0, logits_name_);
  for (index s = 0; s < targets && !zero_infinity_; ++s) {
    const Labels labels = labels_of(run, s);
    const index frames = axis.length(axis.rank(s));
    if (fits(labels, frames)) continue;
    run.fail(text("the target of sequence ", s, " does not fit: ", labels.count(), " labels, ", labels.repeats(),
                  " of them equal to the one before, need ", labels.count() + labels.repeats(), " frames, and it has ", frames,
                  "; give it more frames (a smaller hop, less subsampling), leave it out, or say zero_infinity=true to count 0 for it"));
  }
}

void Ctc::forward(Run& run) const {
  const Value& logits = run.in(0);
  const Packed& axis = run.axis(logits.type.axis);
  const index sequences = axis.sequences();
  const bool reduced = reduction_ != Reduction::none;
  real* rows = run.out(reduced ? 1 : 0);
  real* share = run.train ? run.save(kShare, sequences) : run.scratch->take<real>(sequences);
  real* gradient = run.train ? run.save(kGradient, checked_product("ctc gradient", logits.rows, classes_)) : nullptr;
  if (gradient != nullptr) std::fill_n(gradient, logits.rows * classes_, real{0});
  real* softmax = run.scratch->take<real>(2 * logits.rows);

  // The workspace of one thread, for any sequence: alpha [T, S], beta [2, S], shares [K], normalizers [T], and the states [S].
  index most = 0, alphas = 0;
  for (index s = 0; s < sequences; ++s) {
    const index states = Lattice::states(labels_of(run, s).count());
    most = std::max(most, states);
    alphas = std::max(alphas, checked_product("ctc paths", axis.length(axis.rank(s)), states));
  }
  const auto parts_of = [&](int threads) { return static_cast<int>(std::min<index>(sequences, threads)); };
  const int parts = parts_of(run.threads->count()), most_parts = parts_of(run.threads->most());
  const index doubles = alphas + 2 * most + classes_ + axis.steps();
  double* workspace = run.scratch->take<double>(checked_product("ctc paths", most_parts, doubles));
  std::int32_t* states = run.scratch->take<std::int32_t>(checked_product("ctc paths", most_parts, most));
  run.threads->run(parts, [&](int part) {
    double *alpha = workspace + part * doubles, *beta = alpha + alphas, *shares = beta + 2 * most, *normalizers = shares + classes_;
    for (index s = part; s < sequences; s += parts) {
      const Labels labels = labels_of(run, s);
      const index rank = axis.rank(s), count = labels.count();
      share[s] = reduction_ != Reduction::mean ? 1 : static_cast<real>(1.0 / static_cast<double>(sequences * std::max<index>(count, 1)));
      rows[s] = 0;
      if (!fits(labels, axis.length(rank))) continue;
      for (index t = 0; t < axis.length(rank); ++t) {
        const index row = axis.row(rank, t);
        run.k->exp_sum(softmax + 2 * row, logits.data + row * classes_, classes_);
      }
      const Lattice lattice(logits, axis, rank, softmax, labels, blank_, states + part * most, normalizers);
      const double log_p = lattice.forward(alpha);
      if (zero_infinity_ && log_p == kLogZero) continue;
      rows[s] = static_cast<real>(-log_p);
      if (gradient != nullptr) lattice.backward(*run.k, alpha, log_p, beta, shares, gradient);
    }
  });
  if (!reduced) return;
  double total = 0;
  for (index s = 0; s < sequences; ++s) total += static_cast<double>(rows[s]) * static_cast<double>(share[s]);
  *run.out(0) = static_cast<real>(total);
  run.count_targets(sequences);
}

void Ctc::backward(Run& run) const {
  const Value& logits = run.in(0);
  const bool reduced = reduction_ != Reduction::none;
  const real* dloss = reduced ? run.result(0).grad : nullptr;
  const real* drows = run.result(reduced ? 1 : 0).grad;
  if (logits.grad == nullptr) return;
  const Packed& axis = run.axis(logits.type.axis);
  const real *gradient = run.saved(kGradient), *share = run.saved(kShare);
  for (index rank = 0; rank < axis.sequences(); ++rank) {
    const index s = axis.order(rank);
    const real d = (dloss == nullptr ? 0 : *dloss * share[s]) + (drows == nullptr ? 0 : drows[s]);
    for (index t = 0; t < axis.length(rank); ++t) {
      const index first = axis.row(rank, t) * classes_;
      run.k->add_scaled(logits.grad + first, d, gradient + first, classes_);
    }
  }
}

// Whatever target the tests draw: what does not fit counts 0.
std::vector<std::string> examples() {
  return {
      "x = input axis=frames cols=3 gradient=true\n"
      "y = linear x cols=4\n"
      "target = ids axis=labels\n"
      "loss = ctc y target zero_infinity=true\n",
      "x = input axis=frames cols=3 gradient=true\n"
      "target = ids axis=frames\n"
      "loss = ctc x target blank=2 zero_infinity=true reduction=sum\n",
      "x = input axis=frames cols=2 gradient=true\n"
      "target = ids axis=labels\n"
      "rows = ctc x target blank=1 zero_infinity=true reduction=none\n"
      "zero = input axis=frames cols=1 per=sequence\n"
      "loss = mse rows zero\n",
  };
}

}  // namespace

TG_REGISTER_OP(ctc) = {"ctc", 2, 2, {}, &make_op<Ctc>, &examples};

}  // namespace tidegate
