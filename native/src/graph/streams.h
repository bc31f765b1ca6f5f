// Streams that step together, over one frozen model: a server's clients, of which other ones have something to say at each call.
//
// What a stream is between its steps is one row of a slab: the states that the model carries for a sequence, side by side. A step takes the
// rows of its streams to the sequences of one session, and brings them back when other streams step, so that streams which step together
// again are not copied.
//
// Threads. One at a time steps. All else may be called meanwhile, also for the streams of that step, and waits for no step.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "graph/session.h"

namespace tidegate {

class Streams {
 public:
  // output: what a step shows, real and per step or sequence. At most `capacity` streams are open at once.
  Streams(Model& model, int output, std::int32_t capacity);

  // A stream at its beginning, or one that goes on from a saved state of one sequence. Its number is no other stream's in this process.
  std::int64_t open();
  std::int64_t open(const char* state, index bytes);
  void close(std::int64_t stream);
  // One step of the streams [count], feeds with a row for each in their order. The output is copied stream after stream; rows [count],
  // unless null, receives how many each has.
  void step(const std::int64_t* streams, std::int32_t count, const Feed* feeds, int feeds_count, real* output, index room,
            std::int32_t* rows);
  // The state of a stream as Session::save_state writes it.
  index saved_state_bytes(std::int64_t stream);
  void save_state(std::int64_t stream, char* to, index bytes);

  void set_threads(int count);
  std::int32_t count();
  index bytes();

 private:
  struct Slot {
    std::int64_t stream = 0;  // 0: free
    bool fresh = true;        // has made no step
    bool steps = false;       // in the step that runs
    bool settled = true;      // its row is its state; else that is in the session
  };
  struct Part {  // a state in a row
    int state;
    index first, cols;
  };
  class Turn;

  void check_output(int output) const;
  void find_inputs(int output);
  void find_parts();
  int slot_of(std::int64_t stream) const;
  int take_slot();
  std::int64_t put_stream(int slot);
  real* row(int slot) const { return chunks_[static_cast<std::size_t>(slot / kChunk)].data() + slot % kChunk * width_; }
  void begin_row(real* row) const;
  void check_feeds(const Feed* feeds, int count, index sequences) const;
  void settle();
  void gather();
  void copy_output(real* output, std::int32_t* rows) const;
  const Session& with_state_of(std::int64_t stream);

  static constexpr int kChunk = 64;  // rows of the slab that are taken at once

  Model& model_;
  const int output_;
  const std::int32_t capacity_;
  Session session_;   // of the steps
  Session exchange_;  // of one state at a time that comes or goes as bytes
  std::vector<int> inputs_;
  int axis_ = -1;  // that all inputs are on
  std::vector<Part> parts_;
  index width_ = 0;
  std::mutex mutex_;  // of what follows, but for the rows and the session of the streams that step
  bool stepping_ = false;
  std::vector<Buffer<real>> chunks_;
  Counted<Slot> slots_;
  Counted<std::int32_t> free_;
  std::int32_t open_ = 0;
  // The streams whose states the session carries, sequence by sequence, and those of the step at hand; slots alone where a stream is gone.
  struct Rows {
    Counted<std::int64_t> streams;
    Counted<std::int32_t> slots;
  } resident_, asked_;
};

}  // namespace tidegate
