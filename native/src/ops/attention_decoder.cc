// attention_decoder X KEYS cell=CELL size=H [score=additive] [attention_size=A] [h0=] [c0=] [weights=P]: a recurrent layer that
// attends to KEYS before each step (Bahdanau, Cho and Bengio, ICLR 2015): context_t = attention of h_{t-1} over the sequence's keys, and
// the cell's input at step t is x_t beside context_t.
//   X [R, C] real or one-hot, KEYS [Rk, K] per step of the same or another axis; sequence s attends to sequence s. Output h [R, H]; ports
//   h_n and, for cells with a memory, c_n [N, H]; context [R, K]; weights [R, P], 0 past the last key. Carries state as recurrent does.
// The input weight is in two parts, weight_ih_l0 [G*H, C] for x and weight_ch_l0 [G*H, K] for the context: x's products leave the loop
// over time, the context's are made inside, between the steps of the scan.
#include <algorithm>

#include "ops/affine.h"
#include "ops/attention_score.h"
#include "ops/frozen_recurrent.h"
#include "ops/recurrent_layer.h"
#include "ops/rows.h"
#include "ops/scan_step.h"

namespace tidegate {

namespace {

enum { kX, kKeys };  // inputs
// What is saved besides the layer's slots.
enum { kWeights = kLayerSlots, kProjectedQueries };
constexpr index kRankGrain = 4;  // sequences that are worth a thread of their own

struct FrozenDecoder : public Prepared {
  FrozenDecoder(Freezing& model, const CellChoice& choice, const Type& x, const RecurrentWeights& weights, const PanelShape& context,
                int context_weight, const AttentionScore& attention)
      : layer(model, choice, x, weights), context(model, context, model.parameter(context_weight)),
        score(attention.freeze(model)) {
    model.replaced(context_weight);
  }
  const FrozenLayer layer;
  const FrozenWeight context;
  const FrozenScore score;
  index bytes() const override { return layer.bytes() + context.bytes() + score.bytes(); }
};

struct DecoderLocal : public SessionLocal {
  RecurrentLocal layer;
  ProjectedKeys keys;

  void clear() override {
    layer.clear();
    keys.clear();
  }
  index bytes() const override { return layer.bytes() + keys.bytes(); }
};

// The threads' workspaces for products.
struct Workspace {
  char* memory;
  index bytes;  // of one thread
  // That of the thread whose ranks begin at `begin` of n.
  char* of(index begin, index n, const Threads& threads) const { return memory + begin * threads.count() / n * bytes; }
};

// The operands of one call's attention.
struct AttentionCall {
  KeyRows keys;
  PackedWeight query;    // h -> query; empty where h is the query itself
  PackedWeight context;  // context -> gates
  real* queries = nullptr;   // [R, size], where there is a projection
  real* weights = nullptr;   // [R, weights_ld]
  index weights_ld = 0;
  real* contexts = nullptr;  // [R, K]
  const real* zeros = nullptr;
  Workspace workspace{};
};

class AttentionDecoder : public NodeOp {
 public:
  void infer(Declaration& node) override;
  std::unique_ptr<Prepared> freeze(Freezing& model) const override {
    return std::make_unique<FrozenDecoder>(model, choice_, input_, weights_, context_shape(), context_weight_, score_);
  }
  void check(const Run& run) const override;
  std::unique_ptr<SessionLocal> make_local() const override { return std::make_unique<DecoderLocal>(); }
  void forward(Run& run) const override;
  void backward(Run& run) const override;

 private:
  static DecoderLocal& local(const Run& run) { return static_cast<DecoderLocal&>(*run.local); }
  const FrozenDecoder* frozen(const Run& run) const { return static_cast<const FrozenDecoder*>(run.prepared); }
  const Packed& packed(const Run& run) const { return run.axis(input_.axis); }
  PanelShape context_shape() const { return {choice_.cell.gates, choice_.size, key_cols_}; }
  int context_port() const { return 1 + choice_.cell.states; }
  real* weight_rows(Run& run, index width) const {
    return port_ > 0 ? run.out(context_port() + 1) : run.save(kWeights, checked_product("weights", packed(run).rows(), width));
  }
  index weights_width(const Run& run) const { return port_ > 0 ? port_ : run.axis(run.in(kKeys).type.axis).steps(); }

  Scan make_scan(Run& run, real* hidden) const;
  AttentionCall prepare_attention(Run& run) const;
  void attend_step(Run& run, const Scan& scan, const AttentionCall& call, index step) const;
  void attend_step_backward(Run& run, const Scan& scan, const AttentionCall& call, const ScanGradient& gradient, const KeyGradients& keys,
                            real* dcontexts, real* dqueries, real* workspaces, index step) const;

  CellChoice choice_;
  Type input_{};
  index key_cols_ = 0, port_ = 0;  // port_: columns of the port weights, 0: none
  RecurrentWeights weights_;
  int context_weight_ = -1;
  AttentionScore score_;
  NodeStates states_;
  std::string names_[2];
};

void AttentionDecoder::infer(Declaration& node) {
  input_ = node.input(kX);
  if (input_.kind == Kind::ids || input_.per != Per::step) {
    node.fail(text("attention_decoder needs real or one-hot values per step, got ", node.describe(kX)));
  }
  expect_kind(node, kKeys, Kind::real);
  for (const int i : {kX, kKeys}) names_[i] = node.describe(i);
  key_cols_ = node.input(kKeys).cols;
  choice_ = CellChoice::read(node);
  const Initializer init = choice_.initializer(node.attributes());
  weights_ = choice_.declare(node, init, "_l0", input_.cols);
  context_weight_ = node.parameter("weight_ch_l0", choice_.gate_columns(), key_cols_, init.weight(choice_.size, key_cols_));
  const Type hidden{Kind::real, Per::step, input_.axis, choice_.width};
  score_.infer(node, "additive", "attention_size", kKeys, hidden, text("h (", choice_.width, " columns)"));
  port_ = node.attributes().integer("weights", 1, index{1} << 24, 0);
  node.output("", hidden);
  states_.declare(node, choice_, input_.axis, 1, "");
  node.output("context", {Kind::real, Per::step, input_.axis, key_cols_});
  if (port_ > 0) node.output("weights", {Kind::real, Per::step, input_.axis, port_});
}

void AttentionDecoder::check(const Run& run) const {
  states_.check(run);
  check_keys(run, packed(run), names_[kX], run.axis(run.in(kKeys).type.axis), names_[kKeys], port_);
}

Scan AttentionDecoder::make_scan(Run& run, real* hidden) const {
  const FrozenDecoder* prepared = frozen(run);
  Scan scan = choice_.scan(run, packed(run), weights_, prepared == nullptr ? nullptr : &prepared->layer, 0);
  scan.hidden = hidden;
  scan.hidden_ld = choice_.width;
  return scan;
}

AttentionCall AttentionDecoder::prepare_attention(Run& run) const {
  const FrozenDecoder* prepared = frozen(run);
  const Value& values = run.in(kKeys);
  const index rows = packed(run).rows(), sequences = packed(run).sequences(), size = score_.size();
  const real* projected = score_.project_keys(run, prepared == nullptr ? nullptr : &prepared->score, values, local(run).keys);
  AttentionCall call;
  call.keys = score_.keys(run, values, projected);
  const auto pack = [&](const PanelShape& shape, int weight) {
    return PackedWeight::rows(*run.k->panels, shape, run.parameter(weight), run.scratch->take<char>(run.k->panels->bytes(shape)));
  };
  call.context = prepared == nullptr ? pack(context_shape(), context_weight_) : prepared->context.packed();
  if (score_.projects_queries()) {
    const PanelShape shape{1, size, choice_.width};
    call.query = prepared == nullptr ? pack(shape, score_.query_weight()) : *prepared->score.query->product().packed();
    call.queries = run.save(kProjectedQueries, checked_product("queries", rows, size));
  }
  call.weights_ld = weights_width(run);
  call.weights = weight_rows(run, call.weights_ld);
  call.contexts = run.out(context_port());
  call.zeros = run.scratch->take_zeroed<real>(std::max(size, key_cols_));
  call.workspace.bytes = std::max(call.context.workspace(sequences), call.query.empty() ? 0 : call.query.workspace(sequences));
  call.workspace.memory = run.scratch->take<char>(checked_product("workspace", call.workspace.bytes, run.threads->most()));
  return call;
}

// Before a step: the contexts, with the previous h as the query, and their products into the step's gate pre-activations.
void AttentionDecoder::attend_step(Run& run, const Scan& scan, const AttentionCall& call, index step) const {
  const index active = scan.packed->count(step), size = score_.size();
  run.threads->split(active, kRankGrain, [&](index begin, index end) {
    const StepRows at = step_rows(*scan.packed, step, begin, end);
    const CellRows rows = cell_rows(scan, at);
    char* workspace = call.workspace.of(begin, active, *run.threads);
    const real* query = rows.prev[0];
    index query_ld = rows.prev_ld[0];
    if (!call.query.empty()) {
      PanelPass pass;
      PanelProduct& p = call.query.add_to(pass, query, query_ld, at.rows, workspace);
      p.target[0] = {call.zeros, 0, call.queries + at.row * size, size};
      pass.unit_end = size;
      call.query.kernels->run(pass);
      query = call.queries + at.row * size;
      query_ld = size;
    }
    for (index r = 0; r < at.rows; ++r) {
      const index rank = call.keys.axis->rank(scan.packed->order(begin + r));
      real* weights = call.weights + (at.row + r) * call.weights_ld;
      attend(*run.k, call.keys, rank, query + r * query_ld, weights, call.contexts + (at.row + r) * key_cols_);
      std::fill(weights + call.keys.axis->length(rank), weights + call.weights_ld, real{0});
    }
    PanelPass pass;
    PanelProduct& p = call.context.add_to(pass, call.contexts + at.row * key_cols_, key_cols_, at.rows, workspace);
    for (int g = 0; g < scan.cell->gates; ++g) {
      real* gate = rows.tape + g * scan.size;
      p.target[g] = {gate, rows.tape_ld, gate, rows.tape_ld};
    }
    pass.unit_end = scan.size;
    call.context.kernels->run(pass);
  });
}

void AttentionDecoder::forward(Run& run) const {
  const Packed& rows = packed(run);
  const FrozenDecoder* prepared = frozen(run);
  const Value& x = run.in(kX);
  local(run).layer.from_carried = run.state(0) != nullptr;
  real* tape = run.save(kTape, checked_product("tape", rows.rows(), choice_.tape_columns()));
  states_.start(run, 0, 0);
  if (choice_.cell.states > 1 && prepared == nullptr) run.save(kMemory, checked_product("states", rows.rows(), choice_.size));
  if (prepared == nullptr) {
    fill_tape(run, choice_, weights_, x, tape);
  } else {
    fill_tape(run, choice_, prepared->layer.input(), prepared->layer.start(), x, tape);
  }
  const AttentionCall call = prepare_attention(run);
  Scan scan = make_scan(run, run.out(0));
  scan.descending = local(run).layer.next_order(rows.steps());
  const ScanWork work(scan, *run.k, *run.scratch, *run.threads);
  for (index t = 0; t < rows.steps(); ++t) {
    attend_step(run, scan, call, t);
    scan_forward(scan, work, t, t + 1, *run.threads);
  }
  states_.finish(run, 0, scan);
}

// After a step's backward: from its gates' gradients that of its context, and from it those of the keys and of the previous h.
void AttentionDecoder::attend_step_backward(Run& run, const Scan& scan, const AttentionCall& call, const ScanGradient& gradient,
                                            const KeyGradients& keys, real* dcontexts, real* dqueries, real* workspaces, index step) const {
  const index active = scan.packed->count(step), size = score_.size(), width = scan.width, length = call.keys.axis->steps();
  const real* dgiven = run.result(context_port()).grad;
  const real* dweights = port_ > 0 ? run.result(context_port() + 1).grad : nullptr;
  run.threads->split(active, kRankGrain, [&](index begin, index end) {
    const StepRows at = step_rows(*scan.packed, step, begin, end);
    const CellRows before = cell_rows(scan, at);
    real* dcontext = dcontexts + at.row * key_cols_;
    PanelPass pass;
    PanelProduct& p = call.context.add_to(pass, gradient.dtape + at.row * scan.gradient_width, scan.gradient_width, at.rows);
    const bool given = dgiven != nullptr;
    p.target[0] = {given ? dgiven + at.row * key_cols_ : call.zeros, given ? key_cols_ : 0, dcontext, key_cols_};
    pass.unit_end = key_cols_;
    call.context.kernels->run(pass);
    for (index r = 0; r < at.rows; ++r) {
      const index row = at.row + r, rank = call.keys.axis->rank(scan.packed->order(begin + r));
      const real* query = call.queries != nullptr ? call.queries + row * size : before.prev[0] + r * before.prev_ld[0];
      real* dquery = dqueries != nullptr ? dqueries + row * size : gradient.d[0] + (begin + r) * width;
      attend_backward(*run.k, call.keys, keys, rank, query, call.weights + row * call.weights_ld,
                      dweights == nullptr ? nullptr : dweights + row * call.weights_ld, dcontext + r * key_cols_, dquery,
                      workspaces + (begin + r) * length);
    }
    if (dqueries == nullptr) return;
    PanelPass back;
    PanelProduct& q = call.query.add_to(back, dqueries + at.row * size, size, at.rows);
    q.target[0] = {gradient.d[0] + begin * width, width, gradient.d[0] + begin * width, width};
    back.unit_end = width;
    call.query.kernels->run(back);
  });
}

void AttentionDecoder::backward(Run& run) const {
  const Packed& rows = packed(run);
  const Value &x = run.in(kX), &values = run.in(kKeys);
  const index size = score_.size();
  const Scan scan = make_scan(run, run.result_rows(0));
  AttentionCall call;  // as forward left them, with the weights packed for dy x W
  call.keys = score_.keys(run, values, local(run).keys.rows.data());
  call.queries = score_.projects_queries() ? run.saved(kProjectedQueries) : nullptr;
  call.weights_ld = weights_width(run);
  call.weights = port_ > 0 ? run.result_rows(context_port() + 1) : run.saved(kWeights);
  call.contexts = run.result_rows(context_port());
  call.zeros = run.scratch->take_zeroed<real>(key_cols_);
  const auto pack = [&](index from, index to, int weight) {  // W [from, to]
    const PanelShape shape{1, to, from};
    return PackedWeight::columns(*run.k->panels, shape, run.parameter(weight), run.scratch->take<char>(run.k->panels->bytes(shape)));
  };
  call.context = pack(choice_.gate_columns(), key_cols_, context_weight_);
  if (call.queries != nullptr) call.query = pack(size, choice_.width, score_.query_weight());

  ScanGradient gradient{};
  gradient.dhidden = run.result(0).grad;
  gradient.dhidden_ld = choice_.width;
  if (gradient.dhidden == nullptr) {
    gradient.dhidden = run.scratch->take_zeroed<real>(checked_product("gradient", rows.rows(), choice_.width));
  }
  for (int s = 0; s < choice_.cell.states; ++s) {
    gradient.d[s] = run.scratch->take<real>(rows.sequences() * choice_.state_width(s));
    states_.take_gradient(run, 0, s, gradient.d[s]);
  }
  gradient.dtape = run.scratch->take<real>(checked_product("tape", rows.rows(), scan.gradient_width));
  const int ih = weights_.of(Weight::ih), hh = weights_.of(Weight::hh), hr = weights_.of(Weight::hr);
  gradient.dweight_hh = hh < 0 ? nullptr : run.gradient(hh);
  gradient.dweight_hr = hr < 0 ? nullptr : run.gradient(hr);
  const KeyGradients keys = score_.gradients(run, values);
  real* dcontexts = run.scratch->take<real>(checked_product("contexts", rows.rows(), key_cols_));
  real* dqueries = nullptr;
  if (call.queries != nullptr) dqueries = run.scratch->take_zeroed<real>(checked_product("queries", rows.rows(), size));
  real* workspaces = run.scratch->take<real>(checked_product("scores", rows.sequences(), call.keys.axis->steps()));
  const BackwardWork work(scan, *run.k, *run.scratch);
  for (index t = rows.steps() - 1; t >= 0; --t) {
    scan_backward(scan, gradient, work, t, t + 1, *run.threads);
    attend_step_backward(run, scan, call, gradient, keys, dcontexts, dqueries, workspaces, t);
  }

  add_weight_gradients(scan, gradient, work, *run.scratch, *run.threads);
  add_row_gradients(run, choice_, weights_, gradient.dtape, rows.rows());
  const index gates = choice_.gate_columns(), ld = scan.gradient_width;
  add_product_backward(run, x, run.parameter(ih), run.gradient(ih), gradient.dtape, ld, gates);
  Value factors;  // of a weight's gradient: rows that receive none themselves
  factors.rows = rows.rows();
  factors.type = {Kind::real, Per::step, input_.axis, key_cols_};
  factors.data = call.contexts;
  add_product_backward(run, factors, run.parameter(context_weight_), run.gradient(context_weight_), gradient.dtape, ld, gates);
  if (dqueries != nullptr) {
    factors.type.cols = choice_.width;
    factors.data = hidden_before(scan, *run.scratch);
    score_.finish_queries(run, factors, dqueries);
  }
  score_.finish_keys(run, values, keys);
  if (local(run).layer.from_carried) return;
  for (int s = 0; s < choice_.cell.states; ++s) states_.give_gradient(run, 0, s, gradient.d[s]);
}

std::vector<std::string> examples() {
  std::vector<std::string> specs;
  for (const std::string& cell : kernels().cell_names()) {
    const Cell* kind = kernels().cell(cell);
    for (const CellVariant& variant : cell_variants(*kind)) {
      if (!variant.most) continue;
      const index size = variant.cell.stage[1].whole_rows ? 6 : 3, width = kind->projected ? size - 1 : size;
      std::string given = text("keys = input axis=source cols=4 gradient=true\n"
                               "x = input axis=target cols=2 gradient=true\n"
                               "h0 = input axis=source per=sequence gradient=true cols=", width, "\n");
      if (kind->states > 1) given += text("c0 = input axis=target per=sequence gradient=true cols=", size, "\n");
      specs.push_back(text(given, "h = attention_decoder x keys size=", size, " weights=12 h0=h0 cell=", cell, variant.attributes,
                           kind->projected ? text(" proj=", width) : "", kind->states > 1 ? " c0=c0" : "", "\n"));
    }
  }
  for (const char* score : {"dot", "scaled_dot", "general", "additive"}) {
    specs.push_back(text("keys = input axis=source cols=3 gradient=true\n"
                         "x = ids axis=target\n"
                         "o = one_hot x rows=5\n"
                         "h = attention_decoder o keys cell=lstm size=3 bias=false score=", score,
                         score == std::string("additive") ? " attention_size=2" : "", "\n"));
  }
  return specs;
}

}  // namespace

TG_REGISTER_OP(attention_decoder) = {"attention_decoder", 2, 2, {"h0", "c0"}, &make_op<AttentionDecoder>, &examples};

}  // namespace tidegate
