#include "graph/streams.h"

#include <algorithm>
#include <atomic>

namespace tidegate {

namespace {

// A stream's number: how many were opened before it in this process, and its slot. So one that is closed, or belongs to others, is known.
constexpr int kSlotBits = 20;
constexpr std::int64_t kMostOpened = std::int64_t{1} << (63 - kSlotBits);
std::atomic<std::int64_t> opened{0};

}  // namespace

// The time in which a step's streams are its own. Ends with the object, also where the step fails.
class Streams::Turn {
 public:
  // Checks the streams and brings their states into the session.
  Turn(Streams& streams, const std::int64_t* asked, std::int32_t count) : streams_(streams) {
    Streams& s = streams;
    const std::lock_guard<std::mutex> lock(s.mutex_);
    if (s.stepping_) {
      throw Error(Status::invalid_state,
                  "another thread steps; one step at a time: wait for it, or give each thread streams of its own over the model");
    }
    if (count < 1 || count > s.capacity_) {
      throw Error(Status::invalid_argument, text("a step of ", count, " streams; expected 1 to ", s.capacity_));
    }
    s.asked_.streams.assign(asked, asked + count);  // a copy: what is checked is what is used
    s.asked_.slots.resize(static_cast<std::size_t>(count));
    std::int32_t known = 0;
    try {
      for (; known < count; ++known) {
        const int slot = s.slot_of(s.asked_.streams[known]);
        if (s.slots_[slot].steps) throw Error(Status::invalid_argument, text("stream ", s.asked_.streams[known], " is given twice"));
        s.slots_[slot].steps = true;
        s.asked_.slots[known] = slot;
      }
      if (s.asked_.streams != s.resident_.streams) {
        s.settle();
        s.gather();
        s.resident_.streams.clear();
      }
    } catch (...) {
      for (std::int32_t i = 0; i < known; ++i) s.slots_[s.asked_.slots[i]].steps = false;
      throw;
    }
    s.stepping_ = true;
  }
  ~Turn() {
    Streams& s = streams_;
    const std::lock_guard<std::mutex> lock(s.mutex_);
    for (const std::int32_t number : s.asked_.slots) {
      Slot& slot = s.slots_[number];
      slot.steps = false;
      if (succeeded) slot.fresh = slot.settled = false;
      if (slot.stream == 0) s.free_.push_back(number);  // closed meanwhile; there is room
    }
    if (succeeded) std::swap(s.resident_, s.asked_);
    s.stepping_ = false;
  }
  Turn(const Turn&) = delete;
  bool succeeded = false;

 private:
  Streams& streams_;
};

Streams::Streams(Model& model, int output, std::int32_t capacity)
    : model_(model), output_(output), capacity_(capacity),
      session_(model, false, 0, std::vector<int>{output}), exchange_(model, false, 0, std::vector<int>{output}) {
  if (!model.frozen()) {
    throw Error(Status::invalid_state, "streams need a frozen model: their answers must not depend on who steps with them");
  }
  if (capacity < 1 || capacity > (1 << kSlotBits)) {
    throw Error(Status::invalid_argument, text("room for ", capacity, " streams; expected 1 to ", 1 << kSlotBits));
  }
  check_output(output);
  find_inputs(output);
  find_parts();
  session_.keep_state_blocks();
  chunks_.resize(static_cast<std::size_t>((capacity + kChunk - 1) / kChunk));
}

void Streams::check_output(int output) const {
  const ValueInfo& info = model_.values()[output];
  if (info.type.kind == Kind::real && info.type.per != Per::batch && !model_.nodes()[info.node].input) return;
  throw Error(Status::invalid_argument, text("'", info.name, "' cannot be what streams show: expected a computed value of numbers, with ",
                                             "rows for each sequence"));
}

// What the output is computed from. Each stream's must be its own.
void Streams::find_inputs(int output) {
  std::vector<char> needed(model_.nodes().size(), false);
  needed[static_cast<std::size_t>(model_.values()[output].node)] = true;
  for (std::size_t i = needed.size(); i-- > 0;) {
    if (!needed[i]) continue;
    const NodeInfo& node = model_.nodes()[i];
    const auto refuse = [&](const std::string& why) {
      throw Error(Status::invalid_argument, text("streams cannot show '", model_.values()[output].name, "', which follows from node '",
                                                 node.name, "' (", node.kind->name, "): ", why, "; give each stream a session of its own"));
    };
    if (node.op->row_numbers() >= 0) refuse("it reads rows by their numbers, which depend on what other streams are there");
    if (node.states > 0 && !node.named.empty()) {
      refuse(text(node.named.front().first, " is given to it, but a stream begins at zero or with a saved state"));
    }
    for (int v = node.first_value; v < node.first_value + node.values; ++v) {
      if (model_.values()[v].type.per == Per::batch) refuse("it joins all sequences");
    }
    for (const int input : node.inputs) needed[static_cast<std::size_t>(model_.values()[input].node)] = true;
    if (!node.input) continue;
    const int axis = model_.values()[node.first_value].type.axis;
    if (model_.axes()[axis].derived()) refuse(text("its axis '", model_.axes()[axis].name, "' is derived, and a step feeds others"));
    if (axis_ >= 0 && axis != axis_) {
      refuse(text("its axis '", model_.axes()[axis].name, "' is another than '", model_.axes()[axis_].name,
                  "', and a stream is one sequence of one axis"));
    }
    axis_ = axis;
    inputs_.push_back(node.first_value);
  }
  std::reverse(inputs_.begin(), inputs_.end());
}

// The states of all nodes that run when the inputs are fed, whether the output needs them or not, and of the axes that are derived then.
void Streams::find_parts() {
  std::vector<char> known(model_.values().size(), false);
  for (const int input : inputs_) known[static_cast<std::size_t>(input)] = true;
  std::vector<char> carried(model_.states().size(), false);
  for (const NodeInfo& node : model_.nodes()) {
    if (node.input) continue;
    bool runs = true;
    for (const int input : node.inputs) runs = runs && known[static_cast<std::size_t>(input)];
    for (int v = node.first_value; v < node.first_value + node.values; ++v) known[static_cast<std::size_t>(v)] = runs;
    for (int s = node.first_state; s < node.first_state + node.states; ++s) carried[static_cast<std::size_t>(s)] = runs;
  }
  for (const AxisInfo& axis : model_.axes()) {
    if (axis.phase >= 0 && axis.root == axis_) carried[static_cast<std::size_t>(axis.phase)] = true;
  }
  for (std::size_t s = 0; s < carried.size(); ++s) {
    if (!carried[s]) continue;
    const index cols = model_.states()[s].cols;
    parts_.push_back({static_cast<int>(s), width_, cols});
    width_ = checked_sum("a stream's state", width_, cols);
  }
  width_ = (width_ + kSlabAlign - 1) / kSlabAlign * kSlabAlign;
}

// ---- Opening and closing --------------------------------------------------------------------------------------------------------------

int Streams::slot_of(std::int64_t stream) const {
  const auto slot = static_cast<std::size_t>(stream & ((std::int64_t{1} << kSlotBits) - 1));
  if (stream > 0 && slot < slots_.size() && slots_[slot].stream == stream) return static_cast<int>(slot);
  throw Error(Status::invalid_argument, text("stream ", stream, " is none of these: it was closed, or others opened it"));
}

// A free slot with room in the slab. It stays free until put_stream(), which cannot fail.
int Streams::take_slot() {
  if (open_ == capacity_) {
    throw Error(Status::invalid_state, text("all ", capacity_, " streams are open; close one first, or make room for more"));
  }
  if (free_.empty()) {
    const std::size_t have = slots_.size();
    if (have == static_cast<std::size_t>(capacity_)) {
      throw Error(Status::invalid_state, text("all ", capacity_, " streams are open or closed in a step that goes on; open it after that"));
    }
    const std::size_t more = std::min<std::size_t>(have + kChunk, static_cast<std::size_t>(capacity_));
    chunks_[have / kChunk].need(std::max<index>(1, kChunk * width_));
    if (free_.capacity() < more) free_.reserve(std::min<std::size_t>(2 * more, static_cast<std::size_t>(capacity_)));
    slots_.resize(more);
    for (std::size_t slot = more; slot-- > have;) free_.push_back(static_cast<std::int32_t>(slot));
  }
  return free_.back();
}

std::int64_t Streams::put_stream(int slot) {
  const std::int64_t number = opened.fetch_add(1) + 1;
  if (number >= kMostOpened) throw Error(Status::internal, "all numbers of streams are used up");
  free_.pop_back();
  ++open_;
  slots_[static_cast<std::size_t>(slot)].stream = number << kSlotBits | slot;
  slots_[static_cast<std::size_t>(slot)].settled = true;
  return slots_[static_cast<std::size_t>(slot)].stream;
}

// What a session carries is null at first, which stands for zeros, and for the phase at which an axis begins.
void Streams::begin_row(real* row) const {
  std::fill_n(row, width_, real{0});
  for (const AxisInfo& axis : model_.axes()) {
    for (const Part& part : parts_) {
      if (part.state == axis.phase) row[part.first] = static_cast<real>(axis.windows.phase());
    }
  }
}

std::int64_t Streams::open() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int slot = take_slot();
  begin_row(row(slot));
  slots_[static_cast<std::size_t>(slot)].fresh = true;
  return put_stream(slot);
}

std::int64_t Streams::open(const char* state, index bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int slot = take_slot();
  exchange_.load_state(state, bytes);
  begin_row(row(slot));
  bool fresh = true;
  for (const Part& part : parts_) {
    const index sequences = exchange_.carried_sequences(part.state);
    if (sequences == 0) continue;
    if (sequences > 1) {
      throw Error(Status::invalid_argument, text("the state is of ", sequences, " sequences; a stream is one: select it first"));
    }
    std::copy_n(exchange_.carried(part.state), part.cols, row(slot) + part.first);
    fresh = false;
  }
  slots_[static_cast<std::size_t>(slot)].fresh = fresh;
  return put_stream(slot);
}

void Streams::close(std::int64_t stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int number = slot_of(stream);
  Slot& slot = slots_[static_cast<std::size_t>(number)];
  slot.stream = 0;
  --open_;
  if (!slot.steps) free_.push_back(number);  // else its step does it; there is room
}

// ---- Steps ----------------------------------------------------------------------------------------------------------------------------

void Streams::check_feeds(const Feed* feeds, int count, index sequences) const {
  for (int i = 0; i < count; ++i) {
    const int value = feeds[i].value;
    if (std::find(inputs_.begin(), inputs_.end(), value) == inputs_.end()) {
      const bool exists = value >= 0 && value < static_cast<int>(model_.values().size());
      const std::string name = exists ? text("'", model_.values()[value].name, "'") : text("value ", value);
      throw Error(Status::invalid_argument, text(name, " is no input that '", model_.values()[output_].name, "' follows from"));
    }
    const Type& type = model_.values()[value].type;
    const index cols = type.kind == Kind::one_hot ? 1 : type.cols;
    if (feeds[i].count == checked_product("input", sequences, cols)) continue;
    throw Error(Status::invalid_argument, text("input '", model_.values()[value].name, "' has ", feeds[i].count, " elements; ", sequences,
                                               sequences == 1 ? " stream needs " : " streams need ", sequences * cols));
  }
  for (const int input : inputs_) {
    if (std::count_if(feeds, feeds + count, [&](const Feed& feed) { return feed.value == input; }) == 1) continue;
    throw Error(Status::invalid_argument, text("input '", model_.values()[input].name, "' must be given once in each step: '",
                                               model_.values()[output_].name, "' follows from it"));
  }
}

// Brings the states in the session back to their rows. The lock is held, and no step runs.
void Streams::settle() {
  for (std::size_t i = 0; i < resident_.streams.size(); ++i) {
    Slot& slot = slots_[static_cast<std::size_t>(resident_.slots[i])];
    if (slot.stream != resident_.streams[i]) continue;  // closed since
    for (const Part& part : parts_) {
      std::copy_n(session_.carried(part.state) + static_cast<index>(i) * part.cols, part.cols, row(resident_.slots[i]) + part.first);
    }
    slot.settled = true;
  }
  resident_.streams.clear();
}

void Streams::gather() {
  const index count = static_cast<index>(asked_.slots.size());
  for (const Part& part : parts_) {
    real* to = session_.replace_carried(part.state, count);
    for (const std::int32_t slot : asked_.slots) {
      std::copy_n(row(slot) + part.first, part.cols, to);
      to += part.cols;
    }
  }
}

void Streams::copy_output(real* output, std::int32_t* rows) const {
  const Value& value = session_.output(output_);
  const Packed& axis = session_.axis(value.type.axis);
  const index count = axis.sequences(), cols = value.type.cols;
  if (value.type.per == Per::sequence || axis.steps() == 1) {
    std::copy_n(value.data, value.rows * cols, output);
  } else {  // several rows of one stream lie apart
    for (index s = 0; s < count; ++s) {
      const index rank = axis.rank(s);
      for (index t = 0; t < axis.length(rank); ++t, output += cols) std::copy_n(value.data + axis.row(rank, t) * cols, cols, output);
    }
  }
  for (index s = 0; rows != nullptr && s < count; ++s) {
    rows[s] = value.type.per == Per::sequence ? 1 : static_cast<std::int32_t>(axis.length(axis.rank(s)));
  }
}

void Streams::step(const std::int64_t* streams, std::int32_t count, const Feed* feeds, int feeds_count, real* output, index room,
                   std::int32_t* rows) {
  check_feeds(feeds, feeds_count, count);
  Turn turn(*this, streams, count);
  const Wanted wanted{output_, room};
  session_.step(feeds, feeds_count, &wanted);
  copy_output(output, rows);
  turn.succeeded = true;
}

// ---- States as bytes ------------------------------------------------------------------------------------------------------------------

// The lock is held.
const Session& Streams::with_state_of(std::int64_t stream) {
  const int number = slot_of(stream);
  const Slot& slot = slots_[static_cast<std::size_t>(number)];
  if (slot.steps) {
    throw Error(Status::invalid_state, text("stream ", stream, " is in a step of another thread; ask for its state before or after that"));
  }
  if (!slot.settled) settle();
  exchange_.reset_state();
  for (const Part& part : parts_) {
    if (!slot.fresh) std::copy_n(row(number) + part.first, part.cols, exchange_.replace_carried(part.state, 1));
  }
  return exchange_;
}

index Streams::saved_state_bytes(std::int64_t stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return with_state_of(stream).saved_state_bytes();
}

void Streams::save_state(std::int64_t stream, char* to, index bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  with_state_of(stream).save_state(to, bytes);
}

// ---- Settings and figures -------------------------------------------------------------------------------------------------------------

void Streams::set_threads(int count) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stepping_) throw Error(Status::invalid_state, "another thread steps; set the number of threads before or after that");
  session_.set_threads(count);
}

std::int32_t Streams::count() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return open_;
}

index Streams::bytes() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stepping_) throw Error(Status::invalid_state, "another thread steps; ask for the bytes before or after that");
  index total = static_cast<index>(sizeof *this) + session_.bytes() + exchange_.bytes();
  for (const Buffer<real>& chunk : chunks_) total += static_cast<index>(sizeof chunk) + chunk.bytes();
  total += static_cast<index>(slots_.capacity() * sizeof(Slot) + free_.capacity() * sizeof(std::int32_t));
  for (const Rows* rows : {&resident_, &asked_}) {
    total += static_cast<index>(rows->streams.capacity() * sizeof(std::int64_t) + rows->slots.capacity() * sizeof(std::int32_t));
  }
  return total;
}

}  // namespace tidegate
