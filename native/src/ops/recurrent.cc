// recurrent X: layers of scans, one or both directions, over the packed rows of an axis.
//   X [R, C] (real or one-hot) -> [R, D*H]; ports h_n [N, L*D*H] and, for cells with a memory, c_n: the states after each sequence's
//   last step, column block l*D + d for layer l and direction d (PyTorch's order of states).
// Named inputs h0, c0 in the same layout; without them a sequence starts from zero, or from the carried state.
// H is the projection's width where the cell has one. Dropout stands between the layers. weight_drop drops elements of weight_hh, the
// same for all steps of a call (DropConnect; Merity, Keskar and Socher, "Regularizing and optimizing LSTM language models", ICLR 2018).
#include <algorithm>
#include <cmath>
#include <optional>

#include "ops/affine.h"
#include "ops/frozen_recurrent.h"
#include "ops/initializer.h"
#include "ops/layer_scan.h"
#include "ops/mask.h"
#include "ops/mirror.h"
#include "ops/scan.h"

namespace tidegate {

namespace {

// What is saved: per layer the (dropped) input and the mask, per layer and direction the rest.
enum { kInput, kMask, kPerLayer };
enum { kTape, kHiddenRows, kMemory, kMirrored, kInitialHidden, kInitialMemory, kDroppedWeight, kPerScan };
// And of the node: whether the call started from a carried state, and which way the units go.
enum { kCarried, kDescending, kFlags };

class Recurrent : public NodeOp {
 public:
  void infer(Declaration& node) override;
  std::unique_ptr<Prepared> freeze(Freezing& model) const override;
  void check(const Run& run) const override;
  void forward(Run& run) const override;
  void backward(Run& run) const override;

 private:
  int blocks() const { return layers_ * directions_; }
  int layer_slot(int layer, int what) const { return 1 + layer * kPerLayer + what; }
  int scan_slot(int block, int what) const { return 1 + layers_ * kPerLayer + block * kPerScan + what; }
  index gate_columns() const { return cell_->gates * size_; }
  index state_width(int s) const { return s == 0 ? width_ : size_; }
  index tape_columns() const { return (cell_->gates + cell_->slots) * size_; }
  const FrozenLayer* frozen(const Run& run, int block) const {
    return run.prepared == nullptr ? nullptr : static_cast<const FrozenRecurrent*>(run.prepared)->layers[block].get();
  }
  // Left to right a scan writes its h where the layer's output stands, unless dropout will change that before backward reads it.
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
  void start_states(Run& run, int block) const;
  void finish_states(Run& run, int block, const Scan& scan) const;
  void backward_layer(Run& run, int layer, const Value& x, const real* dy) const;
  void backward_scan(Run& run, int block, const Value& x, const real* dy) const;
  // What a layer reads: the node's input, or the layer below.
  Type layer_type(int layer) const {
    return layer == 0 ? input_ : Type{Kind::real, Per::step, input_.axis, directions_ * width_};
  }
  const Packed& packed(const Run& run) const { return run.axis(input_.axis); }

  const Cell* cell_ = nullptr;
  index size_ = 0, width_ = 0;
  int layers_ = 1, directions_ = 1, h0_ = -1, c0_ = -1;
  bool bias_ = true;
  double dropout_ = 0, weight_drop_ = 0;
  Type input_{};
  std::vector<RecurrentWeights> weights_;
};

void Recurrent::infer(Declaration& node) {
  const Attributes& a = node.attributes();
  const Type& x = node.input(0);
  if (x.kind == Kind::ids || x.per != Per::step) {
    node.fail(text("recurrent needs real or one-hot values per step, got ", node.describe(0)));
  }
  size_ = a.integer("size", 1, index{1} << 24);
  cell_ = kernels().cell(a.choice("cell", kernels().cell_names()));
  layers_ = static_cast<int>(a.integer("layers", 1, 64, 1));
  directions_ = a.flag("bidirectional", false) ? 2 : 1;
  dropout_ = a.number("dropout", 0, 0.999, 0);
  weight_drop_ = a.number("weight_drop", 0, 0.999, 0);
  bias_ = a.flag("bias", true);
  if (!cell_->projected && a.has("proj")) node.fail(text("cell=", cell_->name, " has no projection; use cell=lstm_projected"));
  width_ = cell_->projected ? a.integer("proj", 1, size_) : size_;
  const bool sets_forget_bias = a.has("forget_bias");
  if (sets_forget_bias && cell_->forget_gate < 0) node.fail(text("cell=", cell_->name, " has no forget gate for forget_bias"));
  if (sets_forget_bias && !bias_) node.fail("forget_bias needs bias=true");
  const double forget_bias = a.number("forget_bias", -1e6, 1e6, 0);
  input_ = x;

  const Initializer init(a, 1.0 / std::sqrt(static_cast<double>(size_)));
  bool has_hh = false;
  each_recurrent_gate(*cell_, [&](int, int) { has_hh = true; });
  if (weight_drop_ > 0 && !has_hh) node.fail(text("cell=", cell_->name, " has no recurrent weight for weight_drop"));
  for (int block = 0; block < blocks(); ++block) {
    const std::string suffix = text("_l", block / directions_, block % directions_ == 1 ? "_reverse" : "");
    const index cols = layer_type(block / directions_).cols;
    const index rows = checked_product("gates", cell_->gates, size_);
    RecurrentWeights w;
    w.ih = node.parameter("weight_ih" + suffix, rows, cols, init.weight(size_, cols));
    if (has_hh) w.hh = node.parameter("weight_hh" + suffix, rows, width_, init.weight(size_, width_, true));
    if (bias_) {
      Init bias_ih = init.bias(), bias_hh = init.bias();
      if (sets_forget_bias) {
        bias_ih.first = bias_hh.first = cell_->forget_gate * size_;
        bias_ih.count = bias_hh.count = size_;
        bias_ih.fixed = forget_bias;
      }
      w.bias_ih = node.parameter("bias_ih" + suffix, rows, 0, bias_ih);
      if (has_hh) w.bias_hh = node.parameter("bias_hh" + suffix, rows, 0, bias_hh);
    }
    if (cell_->projected) w.hr = node.parameter("weight_hr" + suffix, width_, size_, init.weight(width_, size_));
    weights_.push_back(w);
  }

  node.output("", {Kind::real, Per::step, input_.axis, checked_product("outputs", directions_, width_)});
  const char* ports[] = {"h_n", "c_n"};
  const char* inputs[] = {"h0", "c0"};
  int* given[] = {&h0_, &c0_};
  for (int s = 0; s < kMaxStates; ++s) {
    *given[s] = node.named(inputs[s]);
    if (s >= cell_->states) {
      if (*given[s] >= 0) node.fail(text("cell=", cell_->name, " has no ", inputs[s]));
      continue;
    }
    const index cols = checked_product("states", blocks(), s == 0 ? width_ : size_);
    node.output(ports[s], {Kind::real, Per::sequence, input_.axis, cols});
    node.state(s == 0 ? "h" : "c", input_.axis, cols);
    if (*given[s] < 0) continue;
    const Type& type = node.input(*given[s]);
    if (type.kind != Kind::real || type.per != Per::sequence || type.cols != cols) {
      node.fail(text(inputs[s], " must be real with ", cols, " columns per sequence (layers x directions x ",
                     s == 0 ? width_ : size_, "), got ", node.describe(*given[s])));
    }
  }
}

// The numbers of the masks' draws: those of the layers' dropout begin at layer << 40, with at most 64 layers.
void Recurrent::draw_weight_mask(const Run& run, int block, real* mask) const {
  draw_mask(mask, weight_hh_count(), weight_drop_, run.random(), static_cast<std::uint64_t>(64 + block) << 40);
}

// The weight that the scan of this call multiplies by.
void Recurrent::drop_weights(Run& run, int block) const {
  real* dropped = run.save(scan_slot(block, kDroppedWeight), weight_hh_count());
  draw_weight_mask(run, block, dropped);
  run.k->multiply(dropped, dropped, run.parameter(weights_[block].hh), weight_hh_count());
}

// The rows that a layer reads: the node's input, or the layer below after dropout. In backward its grad is what to add to.
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
  const RecurrentWeights& w = weights_[block];
  const FrozenLayer* layer = frozen(run, block);
  Scan scan;
  scan.cell = cell_;
  scan.size = size_;
  scan.width = width_;
  scan.packed = &packed(run);
  scan.weight_hh = w.hh < 0 ? nullptr : drops_weights(run) ? run.saved(scan_slot(block, kDroppedWeight)) : run.parameter(w.hh);
  scan.weight_hr = w.hr < 0 ? nullptr : run.parameter(w.hr);
  scan.weights = layer == nullptr ? nullptr : &layer->stages();
  scan.descending = run.saved(0)[kDescending] != 0;
  scan.tape = run.saved(scan_slot(block, kTape));
  scan.tape_row = 0;
  scan.hidden = in_place(run, block) ? y : run.saved(scan_slot(block, kHiddenRows));
  scan.hidden_ld = in_place(run, block) ? directions_ * width_ : width_;
  scan.one_memory = layer != nullptr;
  scan.memory = cell_->states > 1 ? run.saved(scan_slot(block, layer == nullptr ? kMemory : kInitialMemory)) : nullptr;
  scan.initial[0] = run.saved(scan_slot(block, kInitialHidden));
  scan.initial[1] = cell_->states > 1 ? run.saved(scan_slot(block, kInitialMemory)) : nullptr;
  return scan;
}

std::unique_ptr<Prepared> Recurrent::freeze(Freezing& model) const {
  auto made = std::make_unique<FrozenRecurrent>();
  for (int block = 0; block < blocks(); ++block) {
    made->layers.push_back(std::make_unique<FrozenLayer>(model, *cell_, size_, width_, layer_type(block / directions_), weights_[block]));
  }
  return made;
}

// A frozen layer makes its input products turn by turn. In training they fill the tape at once: packed for the call and made by turns
// they took as long as OpenBLAS (0.98 to 1.03 times, benchmarks/native/train_step), which needs no memory for panels.
LayerInput Recurrent::prepare_input(Run& run, int block, const Value& x, const Scan& scan) const {
  if (const FrozenLayer* layer = frozen(run, block)) return {layer->input(), layer->start(), x};
  const RecurrentWeights& w = weights_[block];
  const auto parameter = [&](int i) { return i < 0 ? nullptr : run.parameter(i); };
  real* start = run.scratch->take<real>(tape_columns());
  sum_biases(*cell_, size_, parameter(w.bias_ih), parameter(w.bias_hh), *run.k, start);
  fill_rows(scan.tape, tape_columns(), x.rows, start, tape_columns());
  add_product(run, x, run.parameter(w.ih), gate_columns(), scan.tape, tape_columns());
  return {};
}

// Carried state, given state, or zero; by rank.
void Recurrent::start_states(Run& run, int block) const {
  const Packed& rows = packed(run);
  for (int s = 0; s < cell_->states; ++s) {
    const index width = state_width(s), cols = blocks() * width;
    const int given = s == 0 ? h0_ : c0_;
    const real* from = run.state(s);
    if (from == nullptr && given >= 0) from = run.in(given).data;
    real* to = run.save(scan_slot(block, s == 0 ? kInitialHidden : kInitialMemory), checked_product("states", rows.sequences(), width));
    for (index rank = 0; rank < rows.sequences(); ++rank) {
      if (from == nullptr) {
        std::fill_n(to + rank * width, width, real{0});
      } else {
        std::copy_n(from + rows.order(rank) * cols + block * width, width, to + rank * width);
      }
    }
  }
}

void Recurrent::finish_states(Run& run, int block, const Scan& scan) const {
  const Packed& rows = packed(run);
  for (int s = 0; s < cell_->states; ++s) {
    const index width = scan.state_width(s), cols = blocks() * width;
    real* out = run.out(1 + s);
    real* next = run.next_state(s);
    for (index rank = 0; rank < rows.sequences(); ++rank) {
      const real* last = scan.state(s) + scan.state_row(s, rows.length(rank) - 1, rank) * scan.state_ld(s);
      const index at = rows.order(rank) * cols + block * width;
      std::copy_n(last, width, out + at);
      std::copy_n(last, width, next + at);
    }
  }
}

// Initial states may come from another axis.
void Recurrent::check(const Run& run) const {
  const index sequences = packed(run).sequences();
  for (int s = 0; s < kMaxStates; ++s) {
    const int given = s == 0 ? h0_ : c0_;
    if (given < 0 || run.in(given).rows == sequences) continue;
    run.fail(text(s == 0 ? "h0" : "c0", " has ", run.in(given).rows, " rows for ", sequences, " sequences"));
  }
}

void Recurrent::forward(Run& run) const {
  const Packed& rows = packed(run);
  const index out_cols = directions_ * width_;
  const bool descended = run.saved(0) != nullptr && run.saved(0)[kDescending] != 0;
  real* flags = run.save(0, kFlags);
  flags[kCarried] = run.state(0) != nullptr;
  // The weights that a call ends with are still in the cache when the next one begins with them.
  flags[kDescending] = descended != (rows.steps() % 2 == 1);
  for (int layer = 0; layer < layers_; ++layer) {
    const Value x = layer_input(run, layer, true);
    real* y = layer + 1 == layers_ ? run.out(0) : run.save(layer_slot(layer + 1, kInput), checked_product("layer", rows.rows(), out_cols));
    std::optional<LayerScan> scans[2];
    for (int d = 0; d < directions_; ++d) {
      const int block = layer * directions_ + d;
      const bool keeps = frozen(run, block) == nullptr;
      const index tape_rows = keeps ? rows.rows() : LayerScan::turn_rows(rows, tape_columns());
      run.save(scan_slot(block, kTape), checked_product("tape", tape_rows, tape_columns()));
      if (!in_place(run, block)) run.save(scan_slot(block, kHiddenRows), checked_product("states", rows.rows(), width_));
      if (cell_->states > 1 && keeps) run.save(scan_slot(block, kMemory), checked_product("states", rows.rows(), size_));
      start_states(run, block);
      if (drops_weights(run)) drop_weights(run, block);
      const Scan scan = make_scan(run, block, y);
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
      finish_states(run, block, scans[d]->scan());
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
  real* y = layer + 1 == layers_ ? const_cast<real*>(run.result(0).data) : run.saved(layer_slot(layer + 1, kInput));
  const Scan scan = make_scan(run, block, y);
  const RecurrentWeights& w = weights_[block];

  ScanGradient gradient{};
  gradient.dhidden = dy + d * width_;
  gradient.dhidden_ld = out_cols;
  if (d == 1) {
    real* turned = run.scratch->take<real>(rows.rows() * width_);
    mirror_rows<false>(run, rows, gradient.dhidden, out_cols, turned, width_, width_);
    gradient.dhidden = turned;
    gradient.dhidden_ld = width_;
  }
  for (int s = 0; s < cell_->states; ++s) {
    const index width = scan.state_width(s), cols = blocks() * width;
    const real* last = run.result(1 + s).grad;
    gradient.d[s] = run.scratch->take_zeroed<real>(rows.sequences() * width);
    if (last == nullptr) continue;
    for (index rank = 0; rank < rows.sequences(); ++rank) {
      std::copy_n(last + rows.order(rank) * cols + block * width, width, gradient.d[s] + rank * width);
    }
  }
  gradient.dtape = run.scratch->take<real>(checked_product("tape", rows.rows(), scan.tape_width()));
  real* dweight_hh = w.hh < 0 ? nullptr : run.gradient(w.hh);
  const bool masked = dweight_hh != nullptr && drops_weights(run);
  gradient.dweight_hh = masked ? run.scratch->take_zeroed<real>(weight_hh_count()) : dweight_hh;
  gradient.dweight_hr = w.hr < 0 ? nullptr : run.gradient(w.hr);
  scan_backward(scan, gradient, *run.k, *run.scratch, *run.threads);
  if (masked) {
    real* mask = run.scratch->take<real>(weight_hh_count());
    draw_weight_mask(run, block, mask);
    run.k->multiply_add(dweight_hh, gradient.dweight_hh, mask, weight_hh_count());
  }

  if (w.bias_ih >= 0 && run.gradient(w.bias_ih) != nullptr) {
    real* sums = run.scratch->take_zeroed<real>(scan.tape_width());
    run.k->add_columns(sums, gradient.dtape, rows.rows(), scan.tape_width(), scan.tape_width());
    run.k->add(run.gradient(w.bias_ih), sums, gate_columns());
    if (w.bias_hh >= 0) {
      each_recurrent_gate(*cell_, [&](int gate, int column) {
        run.k->add(run.gradient(w.bias_hh) + gate * size_, sums + column * size_, size_);
      });
    }
  }

  real* dweight_ih = run.gradient(w.ih);
  if (d == 0) {
    add_product_backward(run, x, run.parameter(w.ih), dweight_ih, gradient.dtape, scan.tape_width(), gate_columns());
  } else {
    Value turned = mirrored(run, rows, x, scan_slot(block, kMirrored), false);
    if (x.grad != nullptr) turned.grad = run.scratch->take_zeroed<real>(checked_product("input gradient", x.rows, x.type.cols));
    add_product_backward(run, turned, run.parameter(w.ih), dweight_ih, gradient.dtape, scan.tape_width(), gate_columns());
    if (x.grad != nullptr) mirror_rows<true>(run, rows, turned.grad, x.type.cols, x.grad, x.type.cols, x.type.cols);
  }

  const bool carried = run.saved(0)[kCarried] != 0;
  for (int s = 0; s < cell_->states && !carried; ++s) {
    const int given = s == 0 ? h0_ : c0_;
    if (given < 0 || run.in(given).grad == nullptr) continue;
    const index width = scan.state_width(s), cols = blocks() * width;
    for (index rank = 0; rank < rows.sequences(); ++rank) {
      run.k->add(run.in(given).grad + rows.order(rank) * cols + block * width, gradient.d[s] + rank * width, width);
    }
  }
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
  for (const std::string& cell : kernels().cell_names()) {
    const Cell* kind = kernels().cell(cell);
    const std::string proj = kind->projected ? " proj=2" : "";
    const index width = kind->projected ? 2 : 3;
    specs.push_back(text("x = input axis=time cols=2 gradient=true\nh = recurrent x cell=", cell, " size=3", proj, "\n"));
    specs.push_back(text("x = ids axis=time\no = one_hot x rows=5\nh = recurrent o cell=", cell,
                         " size=3 layers=2 bidirectional=true bias=false", proj, "\n"));
    std::string given = text("x = input axis=time cols=2 gradient=true\nh0 = input axis=time per=sequence gradient=true cols=", 4 * width, "\n");
    if (kind->states > 1) given += "c0 = input axis=time per=sequence gradient=true cols=12\n";
    given += text("h = recurrent x cell=", cell, " size=3 layers=2 bidirectional=true dropout=0.3", proj, " h0=h0",
                  kind->states > 1 ? " c0=c0" : "", "\n");
    specs.push_back(given);
  }
  specs.push_back("x = input axis=time cols=2 gradient=true\n"
                  "h = recurrent x cell=lstm size=3 layers=2 bidirectional=true dropout=0.3 weight_drop=0.5\n");
  specs.push_back("x = input axis=time cols=2 gradient=true\nh = recurrent x cell=gru_reset_before size=4 weight_drop=0.4\n");
  return specs;
}

}  // namespace

TG_REGISTER_OP(recurrent) = {"recurrent", 1, 1, {"h0", "c0"}, &make_op<Recurrent>, &examples};

}  // namespace tidegate
