#include "graph/model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_map>

#include "graph/spec.h"

namespace tidegate {

namespace {

const char* kind_text(Kind kind) {
  switch (kind) {
    case Kind::real: return "real";
    case Kind::ids: return "ids";
    default: return "one-hot";
  }
}

double dot(const double* a, const double* b, index n) {
  constexpr index lanes = 8;  // independent sums, which the compiler turns into vectors
  double total[lanes] = {};
  index i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (index j = 0; j < lanes; ++j) total[j] += a[i + j] * b[i + j];
  }
  for (; i < n; ++i) total[0] += a[i] * b[i];
  return ((total[0] + total[1]) + (total[2] + total[3])) + ((total[4] + total[5]) + (total[6] + total[7]));
}

// Orthonormal rows by Gram-Schmidt, twice for accuracy; block [n, cols] with n <= cols.
void orthogonal_block(real* block, index n, index cols, double scale, const Random& random, std::uint64_t first) {
  std::vector<double> rows(static_cast<std::size_t>(n * cols));
  for (index i = 0; i < n * cols; ++i) rows[i] = random.normal(first + static_cast<std::uint64_t>(i));
  for (index r = 0; r < n; ++r) {
    double* row = rows.data() + r * cols;
    for (int pass = 0; pass < 2; ++pass) {
      for (index q = 0; q < r; ++q) {
        const double* other = rows.data() + q * cols;
        const double along = dot(row, other, cols);
        for (index c = 0; c < cols; ++c) row[c] -= along * other[c];
      }
      const double norm = std::sqrt(dot(row, row, cols));
      for (index c = 0; c < cols; ++c) row[c] /= norm;
    }
  }
  for (index i = 0; i < n * cols; ++i) block[i] = static_cast<real>(scale * rows[i]);
}

void draw_parameter(const ParameterInfo& info, real* data, std::uint64_t seed) {
  // By name: another node in the graph does not change this one's start.
  const Random random(seed, Random::stream(info.name));
  switch (info.init.law) {
    case Init::Law::constant:
      std::fill_n(data, info.count, static_cast<real>(info.init.a));
      break;
    case Init::Law::uniform:
      for (index i = 0; i < info.count; ++i) data[i] = static_cast<real>((2 * random.uniform(i) - 1) * info.init.a);
      break;
    case Init::Law::normal:
      for (index i = 0; i < info.count; ++i) data[i] = static_cast<real>(random.normal(i) * info.init.a);
      break;
    case Init::Law::orthogonal:
      for (index r = 0; r < info.rows; r += info.cols) {
        orthogonal_block(data + r * info.cols, std::min(info.cols, info.rows - r), info.cols, info.init.a, random,
                         r * info.cols);
      }
      break;
  }
  const index width = info.cols == 0 ? 1 : info.cols;
  std::fill_n(data + info.init.first * width, info.init.count * width, static_cast<real>(info.init.fixed));
}

}  // namespace

// What an op's infer talks to: the node under construction.
class Model::Builder : public Declaration {
 public:
  // What the nodes of a graph share while it is built.
  struct Shared {
    std::size_t most_parameters;
    std::unordered_map<std::string, int> values;  // by name
  };

  Builder(Model& model, Shared& shared, const NodeLine& line) : model_(model), shared_(shared), line_(line) {}

  void build() {
    const OpKind* kind = find_op(line_.op);
    if (kind == nullptr) {
      std::string known;
      for (const OpKind* each : op_kinds()) known += text(known.empty() ? "" : ", ", each->name);
      fail(text("there is no op '", line_.op, "'; the ops are ", known));
    }
    node_.name = line_.name;
    node_.kind = kind;
    node_.line = line_.line;
    node_.op = kind->make();
    node_.first_value = static_cast<int>(model_.values_.size());
    node_.first_state = static_cast<int>(model_.states_.size());
    const int given = static_cast<int>(line_.inputs.size());
    if (given < kind->least_inputs || given > kind->most_inputs) {
      const std::string expected = kind->least_inputs == kind->most_inputs ? text(kind->least_inputs)
                                   : given < kind->least_inputs            ? text("at least ", kind->least_inputs)
                                                                           : text("at most ", kind->most_inputs);
      fail(text(line_.op, " takes ", expected, " input", kind->least_inputs == 1 && kind->most_inputs == 1 ? "" : "s", ", got ", given));
    }
    for (const auto& name : line_.inputs) node_.inputs.push_back(resolve(name));
    try {
      for (const auto& [key, value] : line_.attributes) {
        const auto is_key = [&key = key](const char* n) { return key == n; };  // (clang captures no structured binding)
        const bool edge = std::any_of(kind->named_inputs.begin(), kind->named_inputs.end(), is_key);
        if (!edge) {
          node_.attributes.add(key, value);
          continue;
        }
        if (named(key) >= 0) fail(text(key, " is given twice"));
        node_.named.emplace_back(key, static_cast<int>(node_.inputs.size()));
        node_.inputs.push_back(resolve(value));
      }
      node_.trainable = node_.attributes.flag("trainable", true);
      node_.op->infer(*this);
      node_.attributes.reject_unknown();
    } catch (const Error& error) {
      if (named_) throw;
      fail(error.what(), error.status);
    }
    finish();
  }

  const Attributes& attributes() const override { return node_.attributes; }
  int inputs() const override { return static_cast<int>(node_.inputs.size()); }
  Type input(int i) const override { return model_.values_[node_.inputs[i]].type; }
  int named(const std::string& name) const override {
    for (const auto& [key, position] : node_.named) {
      if (key == name) return position;
    }
    return -1;
  }
  std::string describe(int i) const override {
    const ValueInfo& value = model_.values_[node_.inputs[i]];
    std::string s = text("'", value.name, "' (", kind_text(value.type.kind));
    if (value.type.kind != Kind::ids) s += text(", ", value.type.cols, value.type.cols == 1 ? " column" : " columns");
    switch (value.type.per) {
      case Per::step: s += text(", per step of axis '", model_.axes_[value.type.axis].name, "'"); break;
      case Per::sequence: s += text(", per sequence of axis '", model_.axes_[value.type.axis].name, "'"); break;
      case Per::batch: s += ", one row"; break;
    }
    return s + ")";
  }
  int axis(const std::string& name) override {
    const auto found = std::find_if(model_.axes_.begin(), model_.axes_.end(), [&](const AxisInfo& axis) { return axis.name == name; });
    if (found != model_.axes_.end()) return static_cast<int>(found - model_.axes_.begin());
    AxisInfo made;
    made.name = name;
    return add_axis(std::move(made));
  }
  int window_axis(int source, const Windows& windows) override {
    if (windows.stride == 1 && windows.before + windows.after == windows.span - 1) return source;
    AxisInfo made = derived(source);
    made.windows = windows;
    return derived_axis(std::move(made));
  }
  int repeated_axis(int source, index times) override {
    if (times == 1) return source;
    AxisInfo made = derived(source);
    made.times = times;
    return derived_axis(std::move(made));
  }
  int parameter(const std::string& name, index rows, index cols, const Init& init) override {
    if (model_.parameters_.size() >= shared_.most_parameters) {
      fail(text("its parameter '", name, "' would be one more than the ", shared_.most_parameters, " that there may be"));
    }
    const index count = checked_product(name.c_str(), rows, cols == 0 ? 1 : cols);
    ParameterInfo info{node_.name + "." + name, rows, cols, model_.slab_count_, count, node_.trainable, init};
    model_.slab_count_ = checked_sum("all parameters", model_.slab_count_, (count + kSlabAlign - 1) / kSlabAlign * kSlabAlign);
    node_.parameters.push_back(static_cast<int>(model_.parameters_.size()));
    model_.parameters_.push_back(info);
    return static_cast<int>(node_.parameters.size()) - 1;
  }
  SharedParameter shared(const std::string& node, const std::string& op, const std::string& name) override {
    for (const NodeInfo& other : model_.nodes_) {
      if (other.name != node) continue;
      if (op != other.kind->name) fail(text("'", node, "' is of the op ", other.kind->name, "; expected one of ", op));
      for (const int p : other.parameters) {
        const ParameterInfo& info = model_.parameters_[p];
        if (info.name != node + "." + name) continue;
        node_.parameters.push_back(p);
        return {static_cast<int>(node_.parameters.size()) - 1, info.rows, info.cols};
      }
      fail(text("'", node, "' has no parameter '", name, "'"));
    }
    fail(text("there is no node '", node, "' above it; expected one of the op ", op), Status::invalid_spec);
  }
  void output(const std::string& port, const Type& type) override {
    if (model_.values_.size() >= kMostValues) fail(text("with its outputs the graph has more than ", kMostValues, " values"));
    model_.values_.push_back({port.empty() ? node_.name : node_.name + "." + port, type, static_cast<int>(model_.nodes_.size())});
    shared_.values.emplace(model_.values_.back().name, static_cast<int>(model_.values_.size()) - 1);
    ++node_.values;
  }
  int state(const std::string& name, int axis, index cols) override {
    model_.states_.push_back({node_.name + "." + name, static_cast<int>(model_.nodes_.size()), axis, cols, false});
    return node_.states++;
  }
  void input_node() override { node_.input = true; }
  void loss() override { node_.loss = true; }
  [[noreturn]] void fail(const std::string& what) const override { fail(what, Status::invalid_spec); }

 private:
  [[noreturn]] void fail(const std::string& what, Status status) const {
    named_ = true;
    throw Error(status, text("line ", line_.line, ": node '", line_.name, "' (", line_.op, "): ", what));
  }

  int add_axis(AxisInfo&& made) {
    const int number = static_cast<int>(model_.axes_.size());
    if (!made.derived()) made.root = number;
    model_.axes_.push_back(std::move(made));
    return number;
  }
  AxisInfo derived(int source) const {
    const AxisInfo& from = model_.axes_[source];
    AxisInfo made;
    made.name = node_.name;
    made.source = source;
    made.root = from.root;
    made.node = static_cast<int>(model_.nodes_.size());
    return made;
  }
  // What counts of windows is when they are complete.
  static bool alike(const AxisInfo& a, const AxisInfo& b) {
    return a.source == b.source && a.times == b.times && a.windows.stride == b.windows.stride && a.windows.after == b.windows.after &&
           a.windows.phase() == b.windows.phase();
  }
  int derived_axis(AxisInfo&& made) {
    for (std::size_t a = 0; a < model_.axes_.size(); ++a) {
      const AxisInfo& axis = model_.axes_[a];
      if (alike(axis, made)) return static_cast<int>(a);
      if (axis.name != made.name) continue;
      fail(text("the axis '", made.name, "' that it derives has the name of another one; call the node, or the axis, otherwise"));
    }
    if (made.times == 1) {
      model_.states_.push_back({node_.name + ".phase", static_cast<int>(model_.nodes_.size()), made.source, 1, true});
      made.phase = node_.first_state + node_.states++;
    }
    return add_axis(std::move(made));
  }

  int resolve(const std::string& name) const {
    const auto found = shared_.values.find(name);
    if (found != shared_.values.end()) return found->second;
    if (name == line_.name) fail("it reads itself; recurrence belongs to the recurrent op");
    fail(text("reads '", name, "', which is not defined above it (nodes stand in the order in which they are evaluated)"),
         Status::invalid_spec);
  }

  void finish() {
    node_.needs_gradient = node_.input && node_.attributes.flag("gradient", false);
    for (const int value : node_.inputs) node_.needs_gradient |= model_.nodes_[model_.values_[value].node].needs_gradient;
    node_.needs_gradient |= !node_.parameters.empty() && node_.trainable;
    if (node_.values > 0 && model_.values_[node_.first_value].type.kind != Kind::real) node_.needs_gradient = false;
    model_.nodes_.push_back(std::move(node_));
  }

  static constexpr std::size_t kMostValues = std::size_t{1} << 16;  // far above what makes sense

  Model& model_;
  Shared& shared_;
  const NodeLine& line_;
  NodeInfo node_{};
  mutable bool named_ = false;  // the error in flight already names the node
};

void Model::build(const std::string& spec, std::size_t most_parameters) {
  Builder::Shared shared{most_parameters, {}};
  for (const NodeLine& line : parse_spec(spec)) Builder(*this, shared, line).build();
  for (const ParameterInfo& p : parameters_) {
    if (!p.trainable) continue;
    const index end = p.offset + (p.count + kSlabAlign - 1) / kSlabAlign * kSlabAlign;
    if (!trainable_.empty() && trainable_.back().end == p.offset) {
      trainable_.back().end = end;
    } else {
      trainable_.push_back({p.offset, end});
    }
  }
  write_spec();
}

Model::Model(const std::string& spec, std::uint64_t seed) {
  build(spec, SIZE_MAX);
  slab_.need(std::max<index>(slab_count_, 1));
  draw(seed);
}

std::unique_ptr<Model> Model::declare(const std::string& spec, std::size_t most_parameters) {
  std::unique_ptr<Model> model(new Model);
  model->build(spec, most_parameters);
  return model;
}

// Without drawing, and without touching what the caller will write: only the gaps between parameters must be 0.
void Model::allocate() {
  if (allocated()) throw Error(Status::invalid_state, "the model has memory for its parameters already");
  slab_.need(std::max<index>(slab_count_, 1));
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const index gap = parameters_[i].offset + parameters_[i].count;
    const index next = i + 1 < parameters_.size() ? parameters_[i + 1].offset : slab_count_;
    std::fill(slab_.data() + gap, slab_.data() + next, real{0});
  }
}

void Model::check_allocated() const {
  if (!allocated()) throw Error(Status::invalid_state, "the model was declared only: it has no memory for its parameters yet");
}

void Model::draw(std::uint64_t seed) {
  std::fill_n(slab_.data(), slab_count_, real{0});
  for (const ParameterInfo& info : parameters_) draw_parameter(info, slab_.data() + info.offset, seed);
}

void Model::write_spec() {
  for (const NodeInfo& node : nodes_) {
    spec_ += text(node.name, " = ", node.kind->name);
    const std::size_t positional = node.inputs.size() - node.named.size();
    for (std::size_t i = 0; i < positional; ++i) spec_ += text(" ", values_[node.inputs[i]].name);
    for (const auto& [key, position] : node.named) spec_ += text(" ", key, "=", values_[node.inputs[position]].name);
    spec_ += node.attributes.canonical();
    spec_ += "\n";
  }
}

}  // namespace tidegate
