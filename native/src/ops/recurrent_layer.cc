#include "ops/recurrent_layer.h"

#include <cmath>

#include "ops/affine.h"

namespace tidegate {

namespace {

const char* const kPorts[kMaxStates] = {"h_n", "c_n"};
const char* const kInputs[kMaxStates] = {"h0", "c0"};
const char* const kCarried[kMaxStates] = {"h", "c"};

}  // namespace

CellChoice CellChoice::read(const Declaration& node) {
  const Attributes& a = node.attributes();
  CellChoice choice;
  choice.size = a.integer("size", 1, index{1} << 24);
  choice.cell = kernels().cell(a.choice("cell", kernels().cell_names()));
  choice.bias = a.flag("bias", true);
  const Cell& cell = *choice.cell;
  if (!cell.projected && a.has("proj")) node.fail(text("cell=", cell.name, " has no projection; use cell=lstm_projected"));
  choice.width = cell.projected ? a.integer("proj", 1, choice.size) : choice.size;
  choice.sets_forget_bias = a.has("forget_bias");
  if (choice.sets_forget_bias && cell.forget_gate < 0) node.fail(text("cell=", cell.name, " has no forget gate for forget_bias"));
  if (choice.sets_forget_bias && !choice.bias) node.fail("forget_bias needs bias=true");
  choice.forget_bias = a.number("forget_bias", -1e6, 1e6, 0);
  return choice;
}

bool CellChoice::has_recurrent_weight() const {
  bool has = false;
  each_recurrent_gate(*cell, [&](int, int) { has = true; });
  return has;
}

Initializer CellChoice::initializer(const Attributes& attributes) const {
  return Initializer(attributes, 1.0 / std::sqrt(static_cast<double>(size)));
}

RecurrentWeights CellChoice::declare(Declaration& node, const Initializer& init, const std::string& suffix, index cols) const {
  const index rows = checked_product("gates", cell->gates, size);
  const bool has_hh = has_recurrent_weight();
  RecurrentWeights w;
  w.ih = node.parameter("weight_ih" + suffix, rows, cols, init.weight(size, cols));
  if (has_hh) w.hh = node.parameter("weight_hh" + suffix, rows, width, init.weight(size, width, true));
  if (bias) {
    Init bias_ih = init.bias(), bias_hh = init.bias();
    if (sets_forget_bias) {
      bias_ih.first = bias_hh.first = cell->forget_gate * size;
      bias_ih.count = bias_hh.count = size;
      bias_ih.fixed = forget_bias;
    }
    w.bias_ih = node.parameter("bias_ih" + suffix, rows, 0, bias_ih);
    if (has_hh) w.bias_hh = node.parameter("bias_hh" + suffix, rows, 0, bias_hh);
  }
  if (cell->projected) w.hr = node.parameter("weight_hr" + suffix, width, size, init.weight(width, size));
  return w;
}

Scan CellChoice::scan(const Run& run, const Packed& packed, const RecurrentWeights& weights, const StageWeights* frozen, int first) const {
  const bool has_memory = cell->states > 1;
  Scan scan{};
  scan.cell = cell;
  scan.size = size;
  scan.width = width;
  scan.packed = &packed;
  scan.weight_hh = weights.hh < 0 ? nullptr : run.parameter(weights.hh);
  scan.weight_hr = weights.hr < 0 ? nullptr : run.parameter(weights.hr);
  scan.weights = frozen;
  scan.tape = run.saved(first + kTape);
  scan.one_memory = frozen != nullptr;
  scan.memory = has_memory ? run.saved(first + (frozen == nullptr ? kMemory : kInitialMemory)) : nullptr;
  scan.initial[0] = run.saved(first + kInitialHidden);
  scan.initial[1] = has_memory ? run.saved(first + kInitialMemory) : nullptr;
  return scan;
}

void fill_tape(Run& run, const CellChoice& choice, const RecurrentWeights& weights, const Value& x, real* tape) {
  const index columns = choice.tape_columns();
  const auto parameter = [&](int i) { return i < 0 ? nullptr : run.parameter(i); };
  real* start = run.scratch->take<real>(columns);
  sum_biases(*choice.cell, choice.size, parameter(weights.bias_ih), parameter(weights.bias_hh), *run.k, start);
  fill_rows(tape, columns, x.rows, start, columns);
  add_product(run, x, run.parameter(weights.ih), choice.gate_columns(), tape, columns);
}

void fill_tape(Run& run, const CellChoice& choice, const AffineProduct& input, const real* start, const Value& x, real* tape) {
  const index columns = choice.tape_columns(), gates = choice.gate_columns();
  char* workspace = run.scratch->take<char>(checked_product("workspace", input.workspace(x.rows), run.threads->count()));
  fill_rows(tape + gates, columns, x.rows, start + gates, columns - gates);
  input.forward(*run.k, x, start, tape, columns, workspace, *run.threads);
}

void add_bias_gradients(Run& run, const CellChoice& choice, const RecurrentWeights& weights, const real* dtape, index rows) {
  if (weights.bias_ih < 0 || run.gradient(weights.bias_ih) == nullptr) return;
  const index columns = choice.tape_columns(), size = choice.size;
  real* sums = run.scratch->take_zeroed<real>(columns);
  run.k->add_columns(sums, dtape, rows, columns, columns);
  run.k->add(run.gradient(weights.bias_ih), sums, choice.gate_columns());
  if (weights.bias_hh < 0) return;
  each_recurrent_gate(*choice.cell, [&](int gate, int column) {
    run.k->add(run.gradient(weights.bias_hh) + gate * size, sums + column * size, size);
  });
}

void NodeStates::declare(Declaration& node, const CellChoice& choice, int axis, int blocks, const char* meaning) {
  choice_ = choice;
  axis_ = axis;
  blocks_ = blocks;
  for (int s = 0; s < kMaxStates; ++s) {
    given_[s] = node.named(kInputs[s]);
    if (s >= choice.cell->states) {
      if (given_[s] >= 0) node.fail(text("cell=", choice.cell->name, " has no ", kInputs[s]));
      continue;
    }
    const index columns = checked_product("states", blocks, choice.state_width(s));
    node.output(kPorts[s], {Kind::real, Per::sequence, axis, columns});
    node.state(kCarried[s], axis, columns);
    if (given_[s] < 0) continue;
    const Type& type = node.input(given_[s]);
    if (type.kind != Kind::real || type.per != Per::sequence || type.cols != columns) {
      node.fail(text(kInputs[s], " must be real with ", columns, " columns per sequence (", meaning, choice.state_width(s), "), got ",
                     node.describe(given_[s])));
    }
  }
}

void NodeStates::check(const Run& run) const {
  const index sequences = run.axis(axis_).sequences();
  for (int s = 0; s < kMaxStates; ++s) {
    if (given_[s] < 0 || run.in(given_[s]).rows == sequences) continue;
    run.fail(text(kInputs[s], " has ", run.in(given_[s]).rows, " rows for ", sequences, " sequences"));
  }
}

void NodeStates::start(Run& run, int block, int first) const {
  for (int s = 0; s < choice_.cell->states; ++s) {
    const index width = choice_.state_width(s);
    real* to = run.save(first + kInitialHidden + s, checked_product("states", run.axis(axis_).sequences(), width));
    const real* from = run.state(s);
    if (from == nullptr && given_[s] >= 0) from = run.in(given_[s]).data;
    each_sequence(run, block, s, [&](index rank, index at) {
      if (from == nullptr) {
        std::fill_n(to + rank * width, width, real{0});
      } else {
        std::copy_n(from + at, width, to + rank * width);
      }
    });
  }
}

void NodeStates::finish(Run& run, int block, const Scan& scan) const {
  for (int s = 0; s < choice_.cell->states; ++s) {
    real* out = run.out(1 + s);
    real* next = run.next_state(s);
    each_sequence(run, block, s, [&](index rank, index at) {
      const index length = scan.packed->length(rank);  // 0: a sequence of a derived axis stays where it was
      const real* last = length == 0 ? scan.initial[s] + rank * scan.state_width(s)
                                     : scan.state(s) + scan.state_row(s, length - 1, rank) * scan.state_ld(s);
      std::copy_n(last, scan.state_width(s), out + at);
      std::copy_n(last, scan.state_width(s), next + at);
    });
  }
}

void NodeStates::take_gradient(const Run& run, int block, int s, real* d) const {
  const index width = choice_.state_width(s);
  const real* last = run.result(1 + s).grad;
  each_sequence(run, block, s, [&](index rank, index at) {
    if (last == nullptr) {
      std::fill_n(d + rank * width, width, real{0});
    } else {
      std::copy_n(last + at, width, d + rank * width);
    }
  });
}

void NodeStates::give_gradient(Run& run, int block, int s, const real* d) const {
  if (given_[s] < 0 || run.in(given_[s]).grad == nullptr) return;
  const index width = choice_.state_width(s);
  each_sequence(run, block, s, [&](index rank, index at) { run.k->add(run.in(given_[s]).grad + at, d + rank * width, width); });
}

}  // namespace tidegate
