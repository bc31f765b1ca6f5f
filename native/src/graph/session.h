// The state of one use of a model: values, saved memory (the tape), gradients and the recurrent state. The forward pass is a loop over the
// nodes, the backward pass the same loop reversed. All memory grows to a high-water mark and stays.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/threads.h"
#include "graph/model.h"
#include "graph/optimizer.h"

namespace tidegate {

struct AxisLengths {
  int axis;
  std::int32_t sequences;
  const std::int32_t* lengths;
};

struct Feed {
  int value;
  const void* data;
  index count;
};

struct Seed {
  int value;
  const real* data;
  index count;
};

struct Metrics {
  double loss = 0;
  std::int64_t targets = 0;
  double gradient_norm = 0;
};

// What a caller wants of a step: a value, and the elements that it has room for.
struct Wanted {
  int value;
  index count;
};

struct StepSettings {
  double learning_rate, clip_norm, clip_value;
  Norm norm;
};

class Session {
 public:
  // kept: the values that callers see after a call, for inference alone; null: all. What a call needs of the others, and of the ops'
  // workspace, it borrows from the model (Workbench). Ids, and what stands for a sequence or the batch, are kept where they are fed.
  Session(Model& model, bool train, std::uint64_t seed, const std::vector<int>* kept = nullptr);
  Session(Model& model, bool train, std::uint64_t seed, const std::vector<int>& kept) : Session(model, train, seed, &kept) {}
  ~Session();

  Metrics forward(const std::vector<AxisLengths>& axes, const std::vector<Feed>& feeds);
  // Forward for one step of each sequence, with the state carried (step.cc). `wanted` may be null; that the value will be there and fill
  // the room is checked before anything runs.
  void step(const Feed* feeds, int count, const Wanted* wanted);
  // Makes the sequences of an axis those that chosen [count] names of the ones it has (select.cc).
  void select(int axis, const std::int32_t* chosen, std::int32_t count);
  // Forgets lengths, values, gradients, the carried state and what nodes keep; the memory and the settings stay.
  void clear();
  void backward(const std::vector<Seed>& seeds);
  double update(Optimizer& optimizer, const StepSettings& step);  // returns the gradient norm before clipping
  Metrics train(const std::vector<AxisLengths>& axes, const std::vector<Feed>& feeds, Optimizer& optimizer, const StepSettings& step);
  void zero_gradients();

  const Model& model() const { return model_; }
  bool training() const { return train_; }
  void set_threads(int count);
  void set_carry(bool carry) { carry_ = carry; }
  void reset_state();
  index state_count() const;
  void get_state(real* to, index count) const;
  void set_state(const real* from, index count, std::int32_t sequences);
  index saved_state_bytes() const;
  void save_state(char* to, index bytes) const;
  void load_state(const char* from, index bytes);
  // What one state carries, [sequences, cols], and memory for another of so many sequences, to be written at once. For a pool of streams.
  index carried_sequences(int state) const { return states_[state].sequences; }
  const real* carried(int state) const { return states_[state].now.data(); }
  real* replace_carried(int state, index sequences);
  // From now on the memory of carried states stays with this session, whatever it borrows besides: steps of many streams, then of few, then
  // of many allocate nothing.
  void keep_state_blocks() { keeps_state_blocks_ = true; }
  std::uint64_t random_position() const { return position_; }
  void set_random_position(std::uint64_t position) { position_ = position; }
  index bytes() const;
  // After a call that failed: whether it may be made again as if it had not been made. Not where it lost what earlier calls had computed.
  bool repeatable() const { return repeatable_; }

  const Packed& axis(int axis) const { return axes_[axis]; }

  // Views. Throw invalid_state where there is nothing to see.
  const Value& output(int value) const;
  real* output_rows(int value) const;  // its memory, [rows, cols]
  const Value& output_gradient(int value) const;
  real* gradient(int parameter) const;  // null if not trainable
  real* gradients() const;              // the slab [model().slab_count()]

 private:
  class NodeRun;
  struct StepPlan;
  struct Held {  // a value of the session
    Value value;
    Buffer<real> data, grad;
    Buffer<real> selected;  // where select() gathers; then it is the data
    bool known = false;    // holds what belongs to the inputs as they are
    bool waits = false;    // has no rows, though its inputs are there: no window of the stream is complete
    bool changed = false;  // given or evaluated in the last forward call
    bool reached = false;  // a gradient came in the last backward call
    bool kept = true;      // else its data is there during a call alone
    int block = -1;        // of the workbench, where it is not kept: what it has in this call, or had in the last one
    std::uint64_t call = 0;  // the call that the block belongs to; 0: none
    int last_reader = -1;  // the last node that reads it, where it is not kept; -1: none
    // Evaluated or given before this call, and not kept.
    bool gone() const { return known && !kept && !changed; }
  };
  struct Carried {
    Buffer<real> now, next;
    index sequences = 0, next_sequences = 0;  // of now, of next; 0: none
    void swap() {
      now.swap(next);
      std::swap(sequences, next_sequences);
    }
  };

  // The workbench of a call, whatever way it ends.
  struct Loan {
    explicit Loan(Session& borrower) : session(borrower) { session.borrow(); }
    ~Loan() { session.give_back(); }
    Loan(const Loan&) = delete;
    Session& session;
  };
  void keep_only(const std::vector<int>& kept);
  void borrow();
  void give_back() noexcept;
  void release_values(int node);  // what no node after this one reads
  real* value_block(Held& held, index count);
  std::vector<Buffer<real>>& saved_blocks(int node);
  real* next_block(int state, index count);
  void set_axes(const std::vector<AxisLengths>& axes, const std::vector<Feed>& feeds);
  void check_fed(const AxisLengths& given, const std::vector<Feed>& feeds) const;
  void forget_axis(int axis, bool keep_per_sequence);
  void clear_derived_axes(int root);
  void move_fed_axes(const std::vector<Feed>& feeds);
  void move_streamed_axes(const std::vector<Feed>& feeds);
  void derive_axes(bool keep_per_sequence);
  bool derive_axis(int axis);  // whether its lengths stay
  void check_derived_carries(const AxisInfo& info, index sequences) const;
  index phase_of(const AxisInfo& info, index sequence) const;
  [[noreturn]] void fail_too_short(const AxisInfo& info, index sequence, index rows) const;
  const ValueInfo& input_info(int value) const;
  void set_feed(const Feed& feed);
  void check_count(const ValueInfo& info, const Feed& feed, index rows) const;
  void choose_nodes();
  void check_nodes();
  void check_carried(int state, index sequences) const;
  void run_nodes(Metrics& metrics);
  void run_backward(const std::vector<Seed>& seeds);
  void swap_states();
  void swap_phases();
  void plan_step(const Feed* feeds, int count);
  bool derives_as_planned();
  void set_step_axis(int axis, index sequences);
  void run_step(const Feed* feeds);
  void forget_all();
  void forget_gradients();
  index sequences_to_choose_from(int axis) const;
  void choose_kept(int axis);
  void check_selection_sizes(std::int32_t count) const;
  void make_room_for_selection(std::int32_t count);
  void select_value(Held& held);
  template <class Visit>
  void each_selected_row(const Type& type, const Visit& visit) const;
  bool in_selection(int axis) const { return axis >= 0 && model_.axes()[axis].root == selecting_; }
  index rows_of(const Type& type) const;
  void require_forward(int value) const;
  real* shown_block(Buffer<real>& block, index count);

  Model& model_;
  MemoryClaim claim_;  // what it takes besides blocks
  const Kernels& kernels_;
  const bool train_;
  const std::uint64_t seed_;
  std::uint64_t position_ = 0;  // of the random numbers: forward calls of a training session so far
  std::uint64_t drawn_ = 0;     // the position that the last forward call drew from
  bool carry_ = false;
  bool from_state_ = false;     // the call in progress starts from the carried state
  bool can_go_back_ = false;
  bool repeatable_ = true;
  bool accumulated_ = false;    // gradients are not all 0
  std::unique_ptr<Threads> threads_;
  std::vector<Packed> axes_, selected_axes_;      // selected_axes_: where select() packs; then they are the axes
  std::vector<char> stepped_;                     // by axis: whether the last call that gave it lengths was a step
  std::vector<char> moves_;                       // by axis: whether this call gives it rows, which go on from those before
  std::vector<char> streamed_;                    // by axis: whether axes were last derived from it with the state carried
  std::vector<Counted<index>> phases_, selected_phases_;  // by axis: where the sequences were before this call (axes.cc)
  Counted<std::int32_t> derived_;                // the lengths at hand
  std::vector<Held> values_;
  std::vector<std::vector<Buffer<real>>> saved_;  // by node
  std::vector<std::unique_ptr<SessionLocal>> locals_;  // by node; null where it has none
  std::vector<Carried> states_;
  std::vector<char> active_, in_backward_;        // by node
  std::unique_ptr<StepPlan> step_plan_;  // of the last call, if that was a step
  Counted<std::int32_t> chosen_;         // select()'s copy
  int selecting_ = -1;                   // select()'s axis
  std::vector<char> kept_;               // by value: known after the selection at hand
  Buffer<real> gradients_;
  std::vector<Buffer<real>> outgrown_;
  bool keeps_all_ = true;
  bool keeps_state_blocks_ = false;
  std::unique_ptr<Workbench> bench_;  // during a call of a session that does not keep all
  std::uint64_t calls_ = 0;           // such calls so far
  Scratch own_scratch_;
  Scratch* scratch_ = &own_scratch_;  // or the workbench's
};

}  // namespace tidegate
