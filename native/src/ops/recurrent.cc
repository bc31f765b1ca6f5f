// recurrent X: layers of scans, one or both directions, over the packed rows of an axis.
//   X [R, C] (real or one-hot) -> [R, D*H]; ports h_n [N, L*D*H] and, for cells with a memory, c_n: the states after each sequence's
//   last step, column block l*D + d for layer l and direction d (PyTorch's order of states).
// Named inputs h0, c0 in the same layout; without them a sequence starts from zero, or from the carried state.
// H is the projection's width where the cell has one. Dropout stands between the layers. weight_drop drops elements of weight_hh, the
// same for all steps of a call (DropConnect; Merity, Keskar and Socher, "Regularizing and optimizing LSTM language models", ICLR 2018).
#include <algorithm>
#include <optional>

#include "ops/affine.h"
#include "ops/frozen_recurrent.h"
#include "ops/layer_scan.h"
#include "ops/mask.h"
#include "ops/mirror.h"
#include "ops/recurrent_layer.h"

namespace tidegate {

namespace {

// What is saved: per layer the (dropped) input and the mask, per layer and direction the rest.
enum { kInput, kMask, kPerLayer };
enum { kHiddenRows = kLayerSlots, kMirrored, kDroppedWeight, kPerScan };

class Recurrent : public NodeOp {
 public:
  void infer(Declaration& node) override;
  std::unique_ptr<Prepared> freeze(Freezing& model) const override;
  void check(const Run& run) const override { states_.check(run); }
  std::unique_ptr<SessionLocal> make_local() const override { return std::make_unique<RecurrentLocal>(); }
  void forward(Run& run) const override;
  void backward(Run& run) const override;

 private:
  int blocks() const { return layers_ * directions_; }
  int layer_slot(int layer, int what) const { return layer * kPerLayer + what; }
  int scan_slot(int block, int what) const { return layers_ * kPerLayer + block * kPerScan + what; }
  index gate_columns() const { return choice_.gate_columns(); }
  index tape_columns() const { return choice_.tape_columns(); }
  static RecurrentLocal& local(const Run& run) { return static_cast<RecurrentLocal&>(*run.local); }
  const FrozenLayer* frozen(const Run& run, int block) const {
    return run.prepared == nullptr ? nullptr : static_cast<const FrozenRecurrent*>(run.prepared)->layers[block].get();
  }
  // Left to right a scan writes h into the layer's output, unless dropout will change that before the backward pass reads it.
  bool in_place(const Run& run, int block) const {
    return block % directions_ == 0 && (block / directions_ + 1 == layers_ || dropout_ == 0 || !run.train);
  }

  bool drops_weights(const Run& run) const { return run.train && weight_drop_ > 0; }
  index weight_hh_count() const { return gate_columns() * width_; }
  void draw_weight_mask(const Run& run, int block, real* mask) const;
  void drop_weights(Run& run, int block) const;

  Value layer_input(Run& run, int layer, bool forward) const;
  Scan make_scan(Run& run, int block, real* y) const;
  LayerInput prepare_input(Run& run, int block, const Value& x, const Scan& scan) const;
  void backward_layer(Run& run, int layer, const Value& x, const real* dy) const;
  void backward_scan(Run& run, int block, const Value& x, const real* dy) const;
  // A layer's input: the node's, or the output of the layer below.
  Type layer_type(int layer) const {
    return layer == 0 ? input_ : Type{Kind::real, Per::step, input_.axis, directions_ * width_};
  }
  const Packed& packed(const Run& run) const { return run.axis(input_.axis); }

  CellChoice choice_;
  index size_ = 0, width_ = 0;
  int layers_ = 1, directions_ = 1;
  double dropout_ = 0, weight_drop_ = 0;
  Type input_{};
  std::vector<RecurrentWeights> weights_;
  NodeStates states_;
};

void Recurrent::infer(Declaration& node) {
  const Attributes& a = node.attributes();
  const Type& x = node.input(0);
  if (x.kind == Kind::ids || x.per != Per::step) {
    node.fail(text("recurrent needs real or one-hot values per step, got ", node.describe(0)));
  }
  choice_ = CellChoice::read(node);
  size_ = choice_.size;
  width_ = choice_.width;
  layers_ = static_cast<int>(a.integer("layers", 1, 64, 1));
  directions_ = a.flag("bidirectional", false) ? 2 : 1;
  dropout_ = a.number("dropout", 0, 0.999, 0);
  weight_drop_ = a.number("weight_drop", 0, 0.999, 0);
  input_ = x;

  const Initializer init = choice_.initializer(a);
  if (weight_drop_ > 0 && !choice_.has_recurrent_weight()) {
    node.fail(text("cell=", choice_.cell.name, " has no recurrent weight for weight_drop"));
  }
  for (int block = 0; block < blocks(); ++block) {
    const std::string suffix = text("_l", block / directions_, block % directions_ == 1 ? "_reverse" : "");
    weights_.push_back(choice_.declare(node, init, suffix, layer_type(block / directions_).cols));
  }
  node.output("", {Kind::real, Per::step, input_.axis, checked_product("outputs", directions_, width_)});
  states_.declare(node, choice_, input_.axis, blocks(), "layers x directions x ");
}

// The numbers of the masks' draws: those of the layers' dropout begin at layer << 40, with at most 64 layers.
void Recurrent::draw_weight_mask(const Run& run, int block, real* mask) const {
  draw_mask(mask, weight_hh_count(), weight_drop_, run.random(), static_cast<std::uint64_t>(64 + block) << 40);
}

// The weight that the scan of this call multiplies by.
void Recurrent::drop_weights(Run& run, int block) const {
  real* dropped = run.save(scan_slot(block, kDroppedWeight), weight_hh_count());
  draw_weight_mask(run, block, dropped);
  run.k->multiply(dropped, dropped, run.parameter(weights_[block].of(Weight::hh)), weight_hh_count());
}

// A layer's input: the node's, or the output of the layer below after dropout. In backward its grad is added to.
Value Recurrent::layer_input(Run& run, int layer, bool forward) const {
  if (layer == 0) return run.in(0);
  const index rows = packed(run).rows(), cols = directions_ * width_;
  Value x;
  x.type = layer_type(layer);
  x.rows = rows;
  if (forward && run.train && dropout_ > 0) {
    real* data = run.saved(layer_slot(layer, kInput));
    real* mask = run.save(layer_slot(layer, kMask), rows * cols);
    draw_mask(mask, rows * cols, dropout_, run.random(), static_cast<std::uint64_t>(layer) << 40);
    run.k->multiply(data, data, mask, rows * cols);
  }
  x.data = run.saved(layer_slot(layer, kInput));
  return x;
}

// y [rows, D * width] is the layer's output.
Scan Recurrent::make_scan(Run& run, int block, real* y) const {
  const FrozenLayer* layer = frozen(run, block);
  Scan scan = choice_.scan(run, packed(run), weights_[block], layer, scan_slot(block, 0));
  if (drops_weights(run)) scan.weight_hh = run.saved(scan_slot(block, kDroppedWeight));
  scan.hidden = in_place(run, block) ? y : run.saved(scan_slot(block, kHiddenRows));
  scan.hidden_ld = in_place(run, block) ? directions_ * width_ : width_;
  return scan;
}

std::unique_ptr<Prepared> Recurrent::freeze(Freezing& model) const {
  auto made = std::make_unique<FrozenRecurrent>();
  for (int block = 0; block < blocks(); ++block) {
    made->layers.push_back(std::make_unique<FrozenLayer>(model, choice_, layer_type(block / directions_), weights_[block]));
  }
  return made;
}

// A frozen layer makes its input products chunk by chunk. In training they fill the tape at once.
LayerInput Recurrent::prepare_input(Run& run, int block, const Value& x, const Scan& scan) const {
  if (const FrozenLayer* layer = frozen(run, block)) return {layer->input(), layer->start(), x};
  fill_tape(run, choice_, weights_[block], x, scan.tape);
  return {};
}

void Recurrent::forward(Run& run) const {
  const Packed& rows = packed(run);
  const index out_cols = directions_ * width_;
  local(run).from_carried = run.state(0) != nullptr;
  const bool descending = local(run).next_order(rows.steps());
  for (int layer = 0; layer < layers_; ++layer) {
    const Value x = layer_input(run, layer, true);
    real* y = layer + 1 == layers_ ? run.out(0) : run.save(layer_slot(layer + 1, kInput), checked_product("layer", rows.rows(), out_cols));
    std::optional<LayerScan> scans[2];
    for (int d = 0; d < directions_; ++d) {
      const int block = layer * directions_ + d;
      const bool keeps = frozen(run, block) == nullptr;
      const index tape_rows = keeps ? rows.rows() : LayerScan::chunk_rows(rows, tape_columns());
      run.save(scan_slot(block, kTape), checked_product("tape", tape_rows, tape_columns()));
      if (!in_place(run, block)) run.save(scan_slot(block, kHiddenRows), checked_product("states", rows.rows(), width_));
      if (choice_.cell.states > 1 && keeps) run.save(scan_slot(block, kMemory), checked_product("states", rows.rows(), size_));
      if (!states_.in_place(run)) states_.start(run, block, scan_slot(block, 0));
      if (drops_weights(run)) drop_weights(run, block);
      Scan scan = make_scan(run, block, y);
      if (states_.in_place(run)) states_.start_in_place(run, scan_slot(block, 0), scan);
      scan.descending = descending;
      const Value given = d == 0 ? x : mirrored(run, rows, x, scan_slot(block, kMirrored), true);
      scans[d].emplace(scan, prepare_input(run, block, given, scan), keeps, *run.k, *run.scratch, *run.threads);
    }
    if (directions_ == 1) {
      scans[0]->run(*run.threads);
    } else {
      run.threads->both([&](Threads& half) { scans[0]->run(half); }, [&](Threads& half) { scans[1]->run(half); });
    }
    for (int d = 0; d < directions_; ++d) {
      const int block = layer * directions_ + d;
      states_.finish(run, block, scans[d]->scan());
      if (in_place(run, block)) continue;
      if (d == 0) {
        for (index r = 0; r < rows.rows(); ++r) std::copy_n(scans[d]->scan().hidden + r * width_, width_, y + r * out_cols);
      } else {
        mirror_rows<false>(run, rows, scans[d]->scan().hidden, width_, y + width_, out_cols, width_);
      }
    }
  }
}

void Recurrent::backward_scan(Run& run, int block, const Value& x, const real* dy) const {
  const Packed& rows = packed(run);
  const int layer = block / directions_, d = block % directions_;
  const index out_cols = directions_ * width_;
  real* y = layer + 1 == layers_ ? run.result_rows(0) : run.saved(layer_slot(layer + 1, kInput));
  const Scan scan = make_scan(run, block, y);
  const RecurrentWeights& w = weights_[block];

  ScanGradient gradient{};
  gradient.dhidden = dy + d * width_;
  gradient.dhidden_ld = out_cols;
  if (d == 1) {
    real* reversed = run.scratch->take<real>(rows.rows() * width_);
    mirror_rows<false>(run, rows, gradient.dhidden, out_cols, reversed, width_, width_);
    gradient.dhidden = reversed;
    gradient.dhidden_ld = width_;
  }
  for (int s = 0; s < choice_.cell.states; ++s) {
    gradient.d[s] = run.scratch->take<real>(rows.sequences() * choice_.state_width(s));
    states_.take_gradient(run, block, s, gradient.d[s]);
  }
  gradient.dtape = run.scratch->take<real>(checked_product("tape", rows.rows(), scan.gradient_width));
  const int ih = w.of(Weight::ih), hh = w.of(Weight::hh), hr = w.of(Weight::hr);
  real* dweight_hh = hh < 0 ? nullptr : run.gradient(hh);
  const bool masked = dweight_hh != nullptr && drops_weights(run);
  gradient.dweight_hh = masked ? run.scratch->take_zeroed<real>(weight_hh_count()) : dweight_hh;
  gradient.dweight_hr = hr < 0 ? nullptr : run.gradient(hr);
  const BackwardWork work(scan, *run.k, *run.scratch);
  scan_backward(scan, gradient, work, 0, rows.steps(), *run.threads);
  add_weight_gradients(scan, gradient, work, *run.scratch, *run.threads);
  if (masked) {
    real* mask = run.scratch->take<real>(weight_hh_count());
    draw_weight_mask(run, block, mask);
    run.k->multiply_add(dweight_hh, gradient.dweight_hh, mask, weight_hh_count());
  }
  add_row_gradients(run, choice_, w, gradient.dtape, rows.rows());

  real* dweight_ih = run.gradient(ih);
  if (d == 0) {
    add_product_backward(run, x, run.parameter(ih), dweight_ih, gradient.dtape, scan.gradient_width, gate_columns());
  } else {
    Value reversed = mirrored(run, rows, x, scan_slot(block, kMirrored), false);
    if (x.grad != nullptr) reversed.grad = run.scratch->take_zeroed<real>(checked_product("input gradient", x.rows, x.type.cols));
    add_product_backward(run, reversed, run.parameter(ih), dweight_ih, gradient.dtape, scan.gradient_width, gate_columns());
    if (x.grad != nullptr) mirror_rows<true>(run, rows, reversed.grad, x.type.cols, x.grad, x.type.cols, x.type.cols);
  }

  if (local(run).from_carried) return;
  for (int s = 0; s < choice_.cell.states; ++s) states_.give_gradient(run, block, s, gradient.d[s]);
}

void Recurrent::backward(Run& run) const {
  const index rows = packed(run).rows(), cols = directions_ * width_;
  const real* dy = run.result(0).grad;
  if (dy == nullptr) dy = run.scratch->take_zeroed<real>(checked_product("gradient", rows, cols));
  for (int layer = layers_ - 1; layer >= 0; --layer) {
    Value x = layer_input(run, layer, false);
    if (layer > 0) x.grad = run.scratch->take_zeroed<real>(checked_product("gradient", rows, cols));
    for (int d = 0; d < directions_; ++d) backward_scan(run, layer * directions_ + d, x, dy);
    if (layer > 0 && dropout_ > 0) run.k->multiply(x.grad, x.grad, run.saved(layer_slot(layer, kMask)), rows * cols);
    dy = x.grad;
  }
}

std::vector<std::string> examples() {
  std::vector<std::string> specs;
  const std::string x = "x = input axis=time cols=2 gradient=true\n", one_hot = "x = ids axis=time\no = one_hot x rows=5\n";
  for (const std::string& cell : kernels().cell_names()) {
    const Cell* kind = kernels().cell(cell);
    for (const CellVariant& variant : cell_variants(*kind)) {
      // Moments of few units are too curved for finite differences.
      const index size = variant.cell.stage[1].whole_rows ? 6 : 3, width = kind->projected ? size - 1 : size;
      const std::string line = text(" cell=", cell, variant.attributes, " size=", size, kind->projected ? text(" proj=", width) : "");
      specs.push_back(x + "h = recurrent x" + line + "\n");
      if (!variant.most) continue;
      specs.push_back(one_hot + "h = recurrent o layers=2 bidirectional=true bias=false" + line + "\n");
      std::string given = text(x, "h0 = input axis=time per=sequence gradient=true cols=", 4 * width, "\n");
      if (kind->states > 1) given += text("c0 = input axis=time per=sequence gradient=true cols=", 4 * size, "\n");
      specs.push_back(given + "h = recurrent x layers=2 bidirectional=true dropout=0.3" + line + " h0=h0" +
                      (kind->states > 1 ? " c0=c0" : "") + "\n");
    }
  }
  specs.push_back("x = input axis=time cols=2 gradient=true\n"
                  "h = recurrent x cell=lstm size=3 layers=2 bidirectional=true dropout=0.3 weight_drop=0.5\n");
  specs.push_back("x = input axis=time cols=2 gradient=true\nh = recurrent x cell=gru_reset_before size=4 weight_drop=0.4\n");
  return specs;
}

}  // namespace

TG_REGISTER_OP(recurrent) = {"recurrent", 1, 1, {"h0", "c0"}, &make_op<Recurrent>, &examples};

}  // namespace tidegate
