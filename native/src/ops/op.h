// What an op is: a node kind with a name, checks of its inputs (infer), forward and backward. A new op is one file ops/x.cc, which may
// hold several, and its line in the list in CMakeLists.txt.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/attributes.h"
#include "core/buffer.h"
#include "core/error.h"
#include "core/packed.h"
#include "core/random.h"
#include "core/real.h"
#include "core/threads.h"
#include "isa/kernels.h"

namespace tidegate {

enum class Kind { real, ids, one_hot };      // one_hot: ids that stand for rows of zeros with a single one
enum class Per { step, sequence, batch };    // packed rows of an axis; one row a sequence, in the caller's order; one row

// What an edge of the graph carries.
struct Type {
  Kind kind;
  Per per;
  int axis;    // -1 for Per::batch
  index cols;  // 1 for ids, the width for one_hot
};

// Windows over the rows of a sequence: each of span rows, the next one stride rows after it. The first begins `before` rows ahead of the
// sequence, and the last may end `after` rows behind it. Where `after` is 0 a window is complete with its last row, so a stream can have it.
struct Windows {
  index span = 1, stride = 1, before = 0, after = 0;

  // How far a sequence has come before its first row: the windows that are complete at phase p with r more rows are (p + r) / stride. A
  // stream's phase is below stride, and negative while its first window lacks more than a stride.
  index phase() const { return before - span + stride; }
  index complete(index phase, index rows) const { return phase + rows < 0 ? 0 : (phase + rows) / stride; }
  // Of a whole sequence of `rows` rows.
  index count(index rows) const { return complete(phase(), rows + after); }
};

// How a parameter starts. a: the value, bound, deviation or factor. orthogonal: every block of as many rows as there are columns is
// an orthogonal matrix times a. Then the rows [first, first + count) are set to `fixed` (a padding id's row, a forget gate's bias).
struct Init {
  enum class Law { constant, uniform, normal, orthogonal } law;
  double a = 0;
  index first = 0, count = 0;
  double fixed = 0;
};

// A parameter of another node: its number among this node's parameters, and its shape.
struct SharedParameter {
  int number;
  index rows, cols;
};

// What an op declares of a node when the graph is built. Errors name the node and its line.
class Declaration {
 public:
  virtual ~Declaration() = default;
  virtual const Attributes& attributes() const = 0;
  // Positional inputs, then the named ones (h0=node) that are there.
  virtual int inputs() const = 0;
  virtual Type input(int i) const = 0;  // a copy, as output() may move the original
  virtual int named(const std::string& name) const = 0;            // the number of a named input, -1 if it is absent
  virtual std::string describe(int i) const = 0;                   // "'e' (real, 16 columns, per step of axis 'words')"
  // The number of the axis of that name; a new name makes a new axis.
  virtual int axis(const std::string& name) = 0;
  // The axis with a row for each window over a sequence of `source`; source itself where that is one for each row. Axes of the same
  // lengths and the same order in a stream are one. A new one has the node's name.
  virtual int window_axis(int source, const Windows& windows) = 0;
  // The axis with `times` rows for each row of source.
  virtual int repeated_axis(int source, index times) = 0;
  // A parameter "<node>.<name>" [rows, cols], cols = 0 for a vector [rows]. Numbered from 0 in the order declared.
  virtual int parameter(const std::string& name, index rows, index cols, const Init& init) = 0;
  // "<node>.<name>", the parameter of a node above that is of the op `op`: this node uses it too, and adds to its gradient. It is
  // stored, drawn, optimized and named once, by that node. Numbered with this node's own parameters.
  virtual SharedParameter shared(const std::string& node, const std::string& op, const std::string& name) = 0;
  // The node's outputs: the first has no port name.
  virtual void output(const std::string& port, const Type& type) = 0;
  // A recurrent state of cols columns for each sequence of an axis, carried from call to call where the session says so.
  virtual int state(const std::string& name, int axis, index cols) = 0;
  virtual void input_node() = 0;  // the caller feeds this node
  virtual void loss() = 0;        // backward starts at this node's first output [1,1]
  [[noreturn]] virtual void fail(const std::string& text) const = 0;
};

// A value while a session runs.
struct Value {
  Type type;
  index rows = 0;
  const real* data = nullptr;         // [rows, cols] of a real value
  const std::int32_t* ids = nullptr;  // [rows] of ids and one_hot
  std::uint64_t version = 0;          // of a real value: another one whenever it was fed or evaluated again
  real* grad = nullptr;               // [rows, cols], to be added to; null if nobody needs it
};

// What a node keeps of its parameters in a frozen model. Immutable, shared by all sessions.
class Prepared {
 public:
  virtual ~Prepared() = default;
  virtual index bytes() const = 0;
};

// What a node keeps in one session; an op derives its own (NodeOp::make_local). The results of a forward call must not depend on what
// earlier calls left here, also calls that failed.
class SessionLocal {
 public:
  virtual ~SessionLocal() = default;
  virtual void clear() = 0;          // as it was made; memory may stay
  virtual index bytes() const = 0;   // with the object itself
};

class FrozenWeight;  // ops/frozen_affine.h

// What a node sees while its model is frozen.
class Freezing {
 public:
  virtual ~Freezing() = default;
  Precision precision = Precision::float32;
  const Kernels* k = nullptr;
  virtual const real* parameter(int i) const = 0;
  // What freeze() returns replaces parameter i for this node. The frozen model drops parameters that no node reads; Run::parameter(i) is
  // null then.
  virtual void replaced(int i) = 0;
  // Whether other nodes share parameter i.
  virtual bool shared(int i) const = 0;
  // Parameter i as panels of products x W^T, packed once for all nodes that share it. They belong to the frozen model.
  virtual const FrozenWeight& shared_panels(int i) = 0;
};

// One call of one node. Pointers are valid during the call. What lives how long:
//   scratch           the call
//   save(), saved()   from forward to its backward; undefined at the next forward
//   state()           from call to call where the state is carried, until it is reset; select() re-orders it
//   local             as long as the session; clear() resets it. select() leaves it alone: the values that it re-orders get a new version
//   prepared          as long as the frozen model
class Run {
 public:
  virtual ~Run() = default;
  bool train = false;  // a backward pass will follow; dropout is on
  bool carries = false;  // the call goes on from the carried state, where there is one
  const Kernels* k = nullptr;
  Scratch* scratch = nullptr;
  Threads* threads = nullptr;
  const Prepared* prepared = nullptr;  // what freeze() of this node returned, in a frozen model
  SessionLocal* local = nullptr;       // what make_local() of this node returned, for this session

  virtual const Value& in(int i) const = 0;
  virtual const Packed& axis(int axis) const = 0;
  // Where the first window of a sequence that is complete in this call ends: the row of its source in this call, 0 or more, which may be past
  // the last. axis: what window_axis() made, of another number than its source.
  virtual index first_window_end(int axis, index sequence) const = 0;
  virtual const real* parameter(int i) const = 0;
  virtual real* gradient(int i) const = 0;  // to be added to; null if the node is not trainable
  // Forward: sizes output `port` and returns its memory [rows, cols].
  virtual real* out(int port) = 0;
  // Forward: whether a node or the caller reads output `port`. One that nobody reads need not be made.
  virtual bool wanted(int port) const = 0;
  // Forward: makes output `port` share other ids (one_hot).
  virtual void out_ids(int port, const std::int32_t* ids) = 0;
  // Backward: output `port` as forward left it; its grad is null if no gradient reached it.
  virtual const Value& result(int port) const = 0;
  // Backward: the memory of output `port`, for what takes the same mutable view in forward and backward (a scan). Not to be written.
  virtual real* result_rows(int port) = 0;
  // Memory of this node for its backward pass, number `slot`. In forward it is sized; contents undefined. saved() is null where nothing
  // was saved.
  virtual real* save(int slot, index count) = 0;
  virtual real* saved(int slot) const = 0;
  // The carried state: where the last call ended, [N, cols] in the caller's order, or null; and where this call's end is written.
  virtual const real* state(int i) const = 0;
  virtual real* next_state(int i) = 0;
  // Random numbers of this node in this call; the same in forward and backward.
  virtual Random random() const = 0;
  // Losses report the targets that they counted.
  virtual void count_targets(index n) = 0;
  [[noreturn]] virtual void fail(const std::string& text) const = 0;  // invalid_argument, naming the node
};

class NodeOp {
 public:
  virtual ~NodeOp() = default;
  virtual void infer(Declaration& node) = 0;
  // The input whose ids are row numbers of input 0, -1 if there is none: select() moves those rows, which makes the numbers unknown.
  virtual int row_numbers() const { return -1; }
  // Checks values that must be checked before anything is changed, such as the range of ids.
  virtual void check(const Run&) const {}
  // What a session holds for this node beside saved memory; null: nothing.
  virtual std::unique_ptr<SessionLocal> make_local() const { return nullptr; }
  // Runs where every input has rows: a derived axis may have none in a call.
  virtual void forward(Run& run) const = 0;
  virtual void backward(Run& run) const = 0;
  // What the frozen model keeps, for inference alone; null: the parameters as they are.
  virtual std::unique_ptr<Prepared> freeze(Freezing&) const { return nullptr; }
};

struct OpKind {
  const char* name;
  int least_inputs, most_inputs;  // positional
  std::vector<const char*> named_inputs;
  std::unique_ptr<NodeOp> (*make)();
  // Small complete specs that use the op; the gradient checks, the instruction-set checks and the fuzzer's corpus run them all.
  std::vector<std::string> (*examples)();
};

// The ops of one source file.
struct OpGroup {
  const OpKind* kinds;
  int count;
};

const std::vector<const OpKind*>& op_kinds();
const OpKind* find_op(const std::string& name);

// Defines the registry entry of ops/name.cc: TG_REGISTER_OP(name) = {"name", ...}; or, where the file holds several ops,
// const OpKind kinds[] = {{"x", ...}, {"y", ...}}; TG_REGISTER_OPS(name, kinds);
#define TG_REGISTER_OP(name)                          \
  extern const OpKind name##_op;                      \
  extern const OpGroup name##_ops;                    \
  const OpGroup name##_ops = {&name##_op, 1};         \
  const OpKind name##_op
#define TG_REGISTER_OPS(name, kinds)                  \
  extern const OpGroup name##_ops;                    \
  const OpGroup name##_ops = {kinds, static_cast<int>(sizeof(kinds) / sizeof(OpKind))}

template <class T>
std::unique_ptr<NodeOp> make_op() {
  return std::make_unique<T>();
}

}  // namespace tidegate
