// A graph with its parameters: the nodes in topological order, what flows between them, and one slab of parameters.
// A frozen model has the same graph, with prepared (packed) weights instead of the parameters that its nodes replaced.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/buffer.h"
#include "ops/op.h"
#include "graph/clip.h"
#include "graph/workbench.h"

namespace tidegate {

struct NodeInfo {
  std::string name;
  const OpKind* kind;
  int line;
  std::unique_ptr<NodeOp> op;
  Attributes attributes;
  bool trainable;
  std::vector<int> inputs;                             // values, positional then named
  std::vector<std::pair<std::string, int>> named;      // name -> position in inputs
  std::unique_ptr<Prepared> prepared;                  // in a frozen model what the op keeps; null: nothing
  int first_value = 0, values = 0;
  std::vector<int> parameters;                         // its own, and those that it shares
  int first_state = 0, states = 0;
  bool input = false, loss = false;
  bool needs_gradient = false;                         // something trainable, or an input that wants its gradient, is upstream
};

struct ValueInfo {
  std::string name;
  Type type;
  int node;
};

struct ParameterInfo {
  std::string name;
  index rows, cols;  // cols 0: a vector
  index offset;      // in the slab, a multiple of kSlabAlign; kNotKept where a frozen model does not hold it
  index count;
  bool trainable;
  Init init;
};

struct StateInfo {
  std::string name;
  int node, axis;
  index cols;
  bool phase;  // of a derived axis: it goes on with that, not with the node
};

// The sequences that values belong to. Their lengths are the caller's, or follow from those of the axis `source`.
struct AxisInfo {
  std::string name;
  int source = -1;    // -1: the lengths are the caller's
  int root = 0;       // where the sources begin
  index times = 1;    // rows for each row of the source
  Windows windows;    // or, where times is 1, a row for each window
  int node = -1;      // that derived it first
  int phase = -1;     // the state (StateInfo) by which a stream knows where it stands between two windows; -1: none

  bool derived() const { return source >= 0; }
};

constexpr index kSlabAlign = kAlignment / 4;  // elements
constexpr index kNotKept = -1;

class FrozenWeight;

class Model {
 public:
  // Throws invalid_spec naming line and node.
  Model(const std::string& spec, std::uint64_t seed);
  // The graph without memory for its parameters, which allocate() takes and the caller fills. A spec that declares more than that many
  // parameters is invalid.
  static std::unique_ptr<Model> declare(const std::string& spec, std::size_t most_parameters);
  void allocate();
  bool allocated() const { return slab_.data() != nullptr; }
  // Throws invalid_state if there is no memory for the parameters yet.
  void check_allocated() const;

  // A copy of the model as it is now, made for inference alone. Throws invalid_state if this one is frozen.
  std::unique_ptr<Model> freeze(Precision precision) const;

  bool frozen() const { return frozen_; }
  Precision precision() const { return precision_; }
  // A hash of the canonical spec, and one of the spec and all parameters as they are now; a frozen model has its source's.
  std::uint64_t graph_fingerprint() const;
  std::uint64_t fingerprint() const;
  index bytes() const;  // of the parameters, or of the prepared weights

  const std::string& spec() const { return spec_; }
  const std::vector<NodeInfo>& nodes() const { return nodes_; }
  const std::vector<ValueInfo>& values() const { return values_; }
  const std::vector<ParameterInfo>& parameters() const { return parameters_; }
  const std::vector<StateInfo>& states() const { return states_; }
  const std::vector<AxisInfo>& axes() const { return axes_; }
  index slab_count() const { return slab_count_; }
  real* slab() const { return slab_.data(); }
  const real* parameter(int i) const { return parameters_[i].offset == kNotKept ? nullptr : slab_.data() + parameters_[i].offset; }
  // Lent to the calls of sessions that do not keep every value.
  Workbenches& workbenches() { return workbenches_; }
  // The parts of the slab that are trainable.
  const std::vector<Range>& trainable() const { return trainable_; }

 private:
  class Builder;
  class NodeFreezing;
  Model() = default;
  void build(const std::string& spec, std::size_t most_parameters);
  void draw(std::uint64_t seed);
  void write_spec();

  std::vector<NodeInfo> nodes_;
  std::vector<ValueInfo> values_;
  std::vector<ParameterInfo> parameters_;
  std::vector<StateInfo> states_;
  std::vector<AxisInfo> axes_;
  std::vector<Range> trainable_;
  index slab_count_ = 0;
  Buffer<real> slab_;
  std::string spec_;
  bool frozen_ = false;
  Precision precision_ = Precision::float32;
  std::uint64_t source_fingerprint_ = 0;  // of a frozen model
  Workbenches workbenches_;
  std::map<int, std::shared_ptr<const FrozenWeight>> shared_;  // of a frozen model: parameters that several of its nodes keep as panels
};

}  // namespace tidegate
