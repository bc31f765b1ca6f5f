// attention X KEYS [score=dot|scaled_dot|general|additive] [size=A] [weights=P]: every row of X attends to the steps of one sequence
// of KEYS: their mean, weighted by the softmax of its scores (ops/attention_score.h).
//   X [rows, Q] per step or per sequence of one axis, KEYS [R, H] per step of the same or another axis; sequence s of X's axis
//   attends to sequence s of KEYS' axis. Output: the context [rows of X, H]. Port weights [rows of X, P], 0 past the last key.
#include <algorithm>

#include "ops/attention_score.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

enum { kX, kKeys };               // inputs
enum { kWeights, kProjectedQueries };  // what is saved
constexpr index kRankGrain = 4;   // sequences that are worth a thread of their own

struct FrozenAttention : public Prepared {
  FrozenScore score;
  index bytes() const override { return score.bytes(); }
};

class Attention : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, kX, Kind::real);
    const Type& x = node.input(kX);
    if (x.per == Per::batch) node.fail(text("input ", node.describe(kX), ": expected a value per step or per sequence"));
    score_.infer(node, "dot", "size", kKeys, x, node.describe(kX));
    port_ = node.attributes().integer("weights", 1, index{1} << 24, 0);
    for (const int i : {kX, kKeys}) name_[i] = node.describe(i);
    node.output("", {Kind::real, x.per, x.axis, node.input(kKeys).cols});
    if (port_ > 0) node.output("weights", {Kind::real, x.per, x.axis, port_});
  }

  std::unique_ptr<Prepared> freeze(Freezing& model) const override {
    auto frozen = std::make_unique<FrozenAttention>();
    frozen->score = score_.freeze(model);
    return frozen;
  }

  void check(const Run& run) const override { check_keys(run, axis(run, kX), name_[kX], axis(run, kKeys), name_[kKeys], port_); }

  std::unique_ptr<SessionLocal> make_local() const override { return std::make_unique<ProjectedKeys>(); }

  void forward(Run& run) const override {
    const Value &x = run.in(kX), &values = run.in(kKeys);
    const auto* frozen = static_cast<const FrozenAttention*>(run.prepared);
    const FrozenScore* score = frozen == nullptr ? nullptr : &frozen->score;
    const index size = score_.size(), width = weights_width(run);
    const real* projected = score_.project_keys(run, score, values, projected_keys(run));
    real* queries = score_.projects_queries() ? block(run, kProjectedQueries, checked_product("queries", x.rows, size)) : nullptr;
    if (queries != nullptr) score_.project_queries(run, score, x, queries);
    const KeyRows keys = score_.keys(run, values, projected);
    real* weights = port_ > 0 ? run.out(1) : block(run, kWeights, checked_product("weights", x.rows, width));
    real* context = run.out(0);
    const real* asked = queries != nullptr ? queries : x.data;
    each_sequence(run, [&](index rank, index row) {
      const index length = keys.axis->length(rank);
      attend(*run.k, keys, rank, asked + row * size, weights + row * width, context + row * keys.width);
      if (port_ > 0) std::fill(weights + row * width + length, weights + (row + 1) * width, real{0});
    });
  }

  void backward(Run& run) const override {
    const Value &x = run.in(kX), &values = run.in(kKeys);
    const real* dcontext = run.result(0).grad;
    const real* dweights = port_ > 0 ? run.result(1).grad : nullptr;
    if (dcontext == nullptr && dweights == nullptr) return;
    const index size = score_.size(), width = weights_width(run);
    const KeyRows keys = score_.keys(run, values, projected_keys(run).rows.data());
    const KeyGradients gradients = score_.gradients(run, values);
    const bool projects = score_.projects_queries();
    const real* asked = projects ? run.saved(kProjectedQueries) : x.data;
    real* dasked = projects ? run.scratch->take_zeroed<real>(checked_product("queries", x.rows, size)) : x.grad;
    const real* weights = port_ > 0 ? run.result(1).data : run.saved(kWeights);
    real* workspaces = run.scratch->take<real>(checked_product("scores", x.rows, keys.axis->steps()));
    each_sequence(run, [&](index rank, index row) {
      attend_backward(*run.k, keys, gradients, rank, asked + row * size, weights + row * width,
                      dweights == nullptr ? nullptr : dweights + row * width,
                      dcontext == nullptr ? nullptr : dcontext + row * keys.width,
                      dasked == nullptr ? nullptr : dasked + row * size, workspaces + row * keys.axis->steps());
    });
    score_.finish_keys(run, values, gradients);
    if (projects) score_.finish_queries(run, x, dasked);
  }

 private:
  static ProjectedKeys& projected_keys(const Run& run) { return static_cast<ProjectedKeys&>(*run.local); }
  const Packed& axis(const Run& run, int input) const { return run.axis(run.in(input).type.axis); }
  index weights_width(const Run& run) const { return port_ > 0 ? port_ : axis(run, kKeys).steps(); }
  // Saved in training, for the backward pass.
  static real* block(Run& run, int slot, index count) { return run.train ? run.save(slot, count) : run.scratch->take<real>(count); }

  // visit(rank of the keys' sequence, row of X) for all rows of X; a sequence's rows on one thread, in their order.
  template <class Visit>
  void each_sequence(Run& run, const Visit& visit) const {
    const Packed &asking = axis(run, kX), &keys = axis(run, kKeys);
    const bool each_step = run.in(kX).type.per == Per::step;
    run.threads->split(keys.sequences(), kRankGrain, [&](index begin, index end) {
      for (index rank = begin; rank < end; ++rank) {
        const index sequence = keys.order(rank);
        if (!each_step) {
          visit(rank, sequence);
          continue;
        }
        const index own = asking.rank(sequence);
        for (index t = 0; t < asking.length(own); ++t) visit(rank, asking.row(own, t));
      }
    });
  }

  AttentionScore score_;
  index port_ = 0;  // columns of the port weights, 0: none
  std::string name_[2];
};

std::vector<std::string> examples() {
  std::vector<std::string> specs;
  for (const char* score : {"dot", "scaled_dot", "general", "additive"}) {
    const bool free = score == std::string("general") || score == std::string("additive");
    const std::string cols = free ? "2" : "3", size = score == std::string("additive") ? " size=4" : "";
    // A decoder's steps attend to an encoder's.
    specs.push_back("keys = input axis=source cols=3 gradient=true\n"
                    "x = input axis=target gradient=true cols=" + cols + "\n"
                    "y = attention x keys weights=12 score=" + score + size + "\n"
                    "goal = input axis=target cols=3\n"
                    "loss = mse y goal\n");
    // One query a sequence, over what a layer made of the same axis.
    specs.push_back("x = input axis=time cols=2 gradient=true\n"
                    "h = recurrent x cell=rnn size=3\n"
                    "q = input axis=time per=sequence gradient=true cols=" + cols + "\n"
                    "y = attention q h score=" + score + "\n");
  }
  // The keys are their own queries.
  for (const char* score : {"scaled_dot", "general"}) {
    specs.push_back(text("x = input axis=time cols=3 gradient=true\ny = attention x x score=", score, "\n"));
  }
  return specs;
}

}  // namespace

TG_REGISTER_OP(attention) = {"attention", 2, 2, {}, &make_op<Attention>, &examples};

}  // namespace tidegate
