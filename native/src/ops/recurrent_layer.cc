#include "ops/recurrent_layer.h"

#include <algorithm>
#include <cmath>

#include "ops/affine.h"
#include "ops/elementwise.h"
#include "ops/frozen_recurrent.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

const char* const kPorts[kMaxStates] = {"h_n", "c_n"};
const char* const kInputs[kMaxStates] = {"h0", "c0"};
const char* const kCarried[kMaxStates] = {"h", "c"};

std::vector<std::string> words(const Setting& setting) {
  std::vector<std::string> all;
  for (const char* word : setting.word) {
    if (word != nullptr) all.emplace_back(word);
  }
  return all;
}

std::vector<std::string> split(const std::string& list, char between) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == between) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// name[:alpha[:beta]]
CellFunction function_of(const std::string& said, const Kernels& set) {
  const std::vector<std::string> parts = split(said, ':');
  Attributes name, numbers;
  name.add("activation", parts[0]);
  const Function& function = activation_of(name, "activation");
  const int given = static_cast<int>(parts.size()) - 1, most = function.settings.count;
  if (given > most) {
    throw Error(Status::invalid_spec, text("'", said, "': ", function.name, most == 0 ? " takes no number" : most == 1 ? " takes one number" :
                                           " takes two numbers", ", got ", given));
  }
  for (int i = 0; i < given; ++i) numbers.add(function.settings.setting[i].key, parts[static_cast<std::size_t>(i) + 1]);
  const FunctionSettings::Numbers read = function.settings.read(numbers);
  return {set.*function.forward, set.*function.backward, static_cast<real>(read.a), static_cast<real>(read.b)};
}

// Sets the functions of the cell to those of the list, as many as the standard ones.
void read_functions(const Setting& setting, const std::string& list, const Kernels& set, Cell& cell) {
  const std::vector<std::string> all = split(list, ','), standard = split(setting.functions, ',');
  try {
    if (all.size() != standard.size()) {
      throw Error(Status::invalid_spec, text("expected ", standard.size(), standard.size() == 1 ? " function" : " functions", " as in ",
                                             setting.functions, ", got ", all.size()));
    }
    for (std::size_t i = 0; i < all.size(); ++i) cell.function[i] = function_of(all[i], set);
  } catch (const Error& e) {
    throw Error(e.status, text("'", setting.key, "=", list, "' of cell=", cell.name, ": ", e.what()));
  }
}

// " key=value"; of a list of functions the example.
std::string setting_text(const Setting& setting, double value) {
  if (setting.functions != nullptr) return text(" ", setting.key, "=", setting.example_functions);
  const std::vector<std::string> all = words(setting);
  if (!all.empty()) return text(" ", setting.key, "=", all[static_cast<std::size_t>(value)]);
  return text(" ", setting.key, "=", value);
}

// Sets the values of the cell's settings and returns those that differ from the standard, as a spec says them.
std::string read_settings(const Attributes& a, Cell& cell) {
  std::string said;
  for (int i = 0; i < cell.settings; ++i) {
    const Setting& setting = cell.setting[i];
    const std::vector<std::string> all = words(setting);
    double& value = cell.value[i];
    if (setting.functions != nullptr) {
      const std::string list = a.word(setting.key, setting.functions);
      read_functions(setting, list, kernels(), cell);
      value = list == setting.functions ? 0 : 1;
      if (value != setting.standard) said += text(" ", setting.key, "=", list);
      continue;
    }
    if (all.empty()) {
      value = a.number(setting.key, setting.least, setting.greatest, setting.standard);
    } else {
      const std::string word = a.choice(setting.key, all, all[static_cast<std::size_t>(setting.standard)]);
      value = static_cast<double>(std::find(all.begin(), all.end(), word) - all.begin());
    }
    if (value != setting.standard) said += setting_text(setting, value);
  }
  return said;
}

const char* configure(Cell& cell) { return cell.configure == nullptr ? nullptr : cell.configure(cell); }

}  // namespace

CellChoice CellChoice::read(const Declaration& node) {
  const Attributes& a = node.attributes();
  CellChoice choice;
  choice.size = a.integer("size", 1, index{1} << 24);
  Cell& cell = choice.cell;
  cell = *kernels().cell(a.choice("cell", kernels().cell_names()));
  choice.bias = a.flag("bias", true);
  if (!cell.projected && a.has("proj")) node.fail(text("cell=", cell.name, " has no projection; use cell=lstm_projected"));
  choice.width = cell.projected ? a.integer("proj", 1, choice.size) : choice.size;
  choice.name = cell.name + read_settings(a, cell);
  if (const char* reason = configure(cell)) node.fail(text("cell=", cell.name, ": ", reason));
  choice.sets_forget_bias = a.has("forget_bias");
  if (choice.sets_forget_bias && cell.forget_gate < 0) node.fail(text("cell=", choice.name, " has no forget gate for forget_bias"));
  if (choice.sets_forget_bias && !choice.bias) node.fail("forget_bias needs bias=true");
  choice.forget_bias = a.number("forget_bias", -1e6, 1e6, 0);
  choice.gradient_columns_ = cell.gradient_columns() * choice.size;
  return choice;
}

bool CellChoice::has_recurrent_weight() const {
  bool has = false;
  each_recurrent_gate(cell, [&](int, int) { has = true; });
  return has;
}

Initializer CellChoice::initializer(const Attributes& attributes) const {
  return Initializer(attributes, 1.0 / std::sqrt(static_cast<double>(size)));
}

index CellChoice::extent(Extent extent, index cols) const {
  switch (extent) {
    case Extent::one: return 1;
    case Extent::unit: return size;
    case Extent::gate: return checked_product("gates", cell.gates, size);
    case Extent::hidden: return width;
    case Extent::input: return cols;
  }
  return 0;
}

RecurrentWeights CellChoice::declare(Declaration& node, const Initializer& init, const std::string& suffix, index cols) const {
  RecurrentWeights weights;
  bool first_bias = true;  // of the gates: the one that forget_bias sets, others are 0 there
  for (int i = 0; i < cell.fields; ++i) {
    const Field& field = cell.field[i];
    if (field.bias && !bias) {
      weights.add(field.weight, -1);
      continue;
    }
    const index rows = extent(field.rows, cols), columns = extent(field.cols, cols);
    Init start{Init::Law::constant, field.start == Start::one ? 1.0 : 0.0};
    if (field.start == Start::drawn) {
      // A gate's block of rows is a matrix of its own.
      const index fan_out = field.rows == Extent::gate ? size : rows;
      start = field.cols == Extent::one ? init.bias() : init.weight(fan_out, columns, field.weight == Weight::hh);
    }
    if (field.bias && field.rows == Extent::gate && sets_forget_bias) {
      start.first = cell.forget_gate * size;
      start.count = size;
      start.fixed = first_bias ? forget_bias : 0;
      first_bias = false;
    }
    weights.add(field.weight, node.parameter(field.name + suffix, rows, field.cols == Extent::one ? 0 : columns, start));
  }
  return weights;
}

Scan CellChoice::scan(const Run& run, const Packed& packed, const RecurrentWeights& weights, const FrozenLayer* frozen, int first) const {
  const bool has_memory = cell.states > 1;
  const auto parameter = [&](int number) { return number < 0 ? nullptr : run.parameter(number); };
  Scan scan{};
  scan.cell = &cell;
  scan.size = size;
  scan.width = width;
  scan.gradient_width = gradient_columns_;
  scan.packed = &packed;
  scan.weight_hh = parameter(weights.of(Weight::hh));
  scan.weight_hr = parameter(weights.of(Weight::hr));
  if (frozen != nullptr) {
    scan.weights = &frozen->stages();
    scan.vector = frozen->vectors();
  } else if (gradient_columns_ > tape_columns()) {
    const real** vectors = run.scratch->take<const real*>(kMaxFields);
    each_vector(cell, weights, [&](int number, int, int, int k) { vectors[k] = parameter(number); });
    scan.vector = vectors;
  }
  scan.tape = run.saved(first + kTape);
  scan.one_memory = frozen != nullptr;
  scan.memory = has_memory ? run.saved(first + (frozen == nullptr ? kMemory : kInitialMemory)) : nullptr;
  scan.initial[0] = run.saved(first + kInitialHidden);
  scan.initial[1] = has_memory ? run.saved(first + kInitialMemory) : nullptr;
  return scan;
}

std::vector<CellVariant> cell_variants(const Cell& cell, const Kernels& set) {
  std::vector<CellVariant> variants;
  // Counts through the settings' values, 0 standing for the standard one. A list of functions is not among them.
  int chosen[kMaxSettings] = {}, at = 0;
  while (at < cell.settings || variants.empty()) {
    CellVariant one{"", cell};
    for (int i = 0; i < cell.settings; ++i) {
      if (chosen[i] == 0) continue;
      const Setting& setting = cell.setting[i];
      one.cell.value[i] = words(setting).empty() ? setting.example : chosen[i] <= setting.standard ? chosen[i] - 1 : chosen[i];
      one.attributes += setting_text(setting, one.cell.value[i]);
    }
    if (configure(one.cell) == nullptr) variants.push_back(one);
    const auto values = [&](const Setting& setting) {
      return setting.functions != nullptr ? 1 : std::max<int>(2, static_cast<int>(words(setting).size()));
    };
    for (at = 0; at < cell.settings && ++chosen[at] == values(cell.setting[at]); ++at) chosen[at] = 0;
  }
  for (int i = 0; i < cell.settings; ++i) {
    const Setting& setting = cell.setting[i];
    if (setting.functions == nullptr) continue;
    CellVariant one{setting_text(setting, setting.example), cell};
    one.cell.value[i] = setting.example;
    read_functions(setting, setting.example_functions, set, one.cell);
    if (configure(one.cell) == nullptr) variants.push_back(one);
  }
  for (CellVariant& one : variants) {
    for (const CellVariant& other : variants) {
      bool has_all = true, has_more = false;
      for (int i = 0; i < cell.settings; ++i) {
        const bool same = other.cell.value[i] == one.cell.value[i];
        has_all &= same || one.cell.value[i] == cell.setting[i].standard;
        has_more |= !same;
      }
      if (has_all && has_more && !one.attributes.empty()) one.most = false;
    }
  }
  return variants;
}

void fill_tape(Run& run, const CellChoice& choice, const RecurrentWeights& weights, const Value& x, real* tape) {
  const index columns = choice.tape_columns();
  const auto parameter = [&](int i) { return i < 0 ? nullptr : run.parameter(i); };
  real* start = run.scratch->take<real>(columns);
  sum_biases(choice.cell, choice.size, weights, parameter, *run.k, start);
  const index gates = choice.gate_columns();
  fill_rows(tape + gates, columns, x.rows, start + gates, columns - gates);
  affine_forward(run, x, run.parameter(weights.of(Weight::ih)), start, gates, tape, columns);
}

void fill_tape(Run& run, const CellChoice& choice, const AffineProduct& input, const real* start, const Value& x, real* tape) {
  const index columns = choice.tape_columns(), gates = choice.gate_columns();
  char* workspace = run.scratch->take<char>(checked_product("workspace", input.workspace(x.rows), run.threads->most()));
  fill_rows(tape + gates, columns, x.rows, start + gates, columns - gates);
  input.forward(x, start, tape, columns, workspace, *run.threads);
}

void add_row_gradients(Run& run, const CellChoice& choice, const RecurrentWeights& weights, const real* dtape, index rows) {
  const auto gradient = [&](int number) { return number < 0 ? nullptr : run.gradient(number); };
  real* const bias_ih = gradient(weights.of(Weight::bias_ih));
  real* const bias_hh = gradient(weights.of(Weight::bias_hh));
  bool any = bias_ih != nullptr || bias_hh != nullptr;
  each_vector(choice.cell, weights, [&](int number, int, int, int) { any |= gradient(number) != nullptr; });
  if (!any) return;
  const index columns = choice.gradient_columns(), size = choice.size;
  real* sums = run.scratch->take_zeroed<real>(columns);
  run.k->add_columns(sums, dtape, rows, columns, columns);
  if (bias_ih != nullptr) run.k->add(bias_ih, sums, choice.gate_columns());
  if (bias_hh != nullptr) {
    each_recurrent_gate(choice.cell, [&](int gate, int column) { run.k->add(bias_hh + gate * size, sums + column * size, size); });
  }
  each_vector(choice.cell, weights, [&](int number, int column, int count, int) {
    if (gradient(number) != nullptr) run.k->add(gradient(number), sums + column * size, count * size);
  });
}

void NodeStates::declare(Declaration& node, const CellChoice& choice, int axis, int blocks, const char* meaning) {
  choice_ = choice;
  axis_ = axis;
  blocks_ = blocks;
  for (int s = 0; s < kMaxStates; ++s) {
    given_[s] = node.named(kInputs[s]);
    if (s >= choice.cell.states) {
      if (given_[s] >= 0) node.fail(text("cell=", choice.cell.name, " has no ", kInputs[s]));
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
  for (int s = 0; s < choice_.cell.states; ++s) {
    const index width = choice_.state_width(s);
    real* to = run.save(first + kInitialHidden + s, checked_product("states", run.axis(axis_).sequences(), width));
    const real* from = run.state(s);
    if (from == nullptr && given_[s] >= 0) from = run.in(given_[s]).data;
    each_sequence(run, block, s, [&](index rank, index at) {
      copy_or_clear(from == nullptr ? nullptr : from + at, width, to + rank * width);
    });
  }
}

bool NodeStates::in_place(const Run& run) const {
  const Packed& packed = run.axis(axis_);
  return blocks_ == 1 && run.prepared != nullptr && packed.steps() > 0 && packed.count(packed.steps() - 1) == packed.sequences();
}

void NodeStates::start_in_place(Run& run, int first, Scan& scan) const {
  for (int s = 0; s < choice_.cell.states; ++s) {
    const real* from = run.state(s);
    if (from == nullptr && given_[s] >= 0) from = run.in(given_[s]).data;
    const index count = checked_product("states", run.axis(axis_).sequences(), choice_.state_width(s));
    if (s > 0) {
      scan.memory = run.next_state(s);
      copy_or_clear(from, count, scan.memory);
      scan.initial[s] = scan.memory;
    } else if (from != nullptr) {
      scan.initial[s] = from;
    } else {
      real* zeros = run.save(first + kInitialHidden, count);
      copy_or_clear(nullptr, count, zeros);
      scan.initial[s] = zeros;
    }
  }
}

void NodeStates::finish(Run& run, int block, const Scan& scan) const {
  const bool whole = in_place(run);
  for (int s = 0; s < choice_.cell.states; ++s) {
    real* next = run.next_state(s);
    real* out = run.wanted(1 + s) ? run.out(1 + s) : nullptr;
    if (scan.state(s) == next) next = nullptr;  // it is there
    if (out == nullptr && next == nullptr) continue;
    if (whole && scan.state_ld(s) == scan.state_width(s)) {
      const real* last = scan.state(s) + scan.state_row(s, scan.packed->steps() - 1, 0) * scan.state_ld(s);
      const index count = scan.packed->sequences() * scan.state_width(s);
      if (out != nullptr) std::copy_n(last, count, out);
      if (next != nullptr) std::copy_n(last, count, next);
      continue;
    }
    each_sequence(run, block, s, [&](index rank, index at) {
      const index length = scan.packed->length(rank);  // 0: a sequence of a derived axis stays where it was
      const real* last = length == 0 ? scan.initial[s] + rank * scan.state_width(s)
                                     : scan.state(s) + scan.state_row(s, length - 1, rank) * scan.state_ld(s);
      if (out != nullptr) std::copy_n(last, scan.state_width(s), out + at);
      if (next != nullptr) std::copy_n(last, scan.state_width(s), next + at);
    });
  }
}

void NodeStates::take_gradient(const Run& run, int block, int s, real* d) const {
  const index width = choice_.state_width(s);
  const real* last = run.result(1 + s).grad;
  each_sequence(run, block, s, [&](index rank, index at) {
    copy_or_clear(last == nullptr ? nullptr : last + at, width, d + rank * width);
  });
}

void NodeStates::give_gradient(Run& run, int block, int s, const real* d) const {
  if (given_[s] < 0 || run.in(given_[s]).grad == nullptr) return;
  const index width = choice_.state_width(s);
  each_sequence(run, block, s, [&](index rank, index at) { run.k->add(run.in(given_[s]).grad + at, d + rank * width, width); });
}

}  // namespace tidegate
