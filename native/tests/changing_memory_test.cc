// The caller's memory may change while a call reads it: a Java program's buffers can be written by any of its threads. The session
// checks its own copies, so such a call takes what was there at some moment or refuses it, and never reads or writes outside of memory;
// the address sanitizer watches these tests.
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "check.h"
#include "network.h"

namespace {

// Writes two values by turns into one place, until it ends. The place is read and written like memory that two threads share.
class Changing {
 public:
  Changing(std::int32_t* place, std::int32_t one, std::int32_t other)
      : writer_([this, place, one, other] {
          while (!done_.load(std::memory_order_relaxed)) {
            __atomic_store_n(place, other, __ATOMIC_RELAXED);
            __atomic_store_n(place, one, __ATOMIC_RELAXED);
          }
        }) {}
  ~Changing() {
    done_ = true;
    writer_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread writer_;
};

// Calls again and again for a while; the status must be one of the two.
template <class Call>
void calls(const Call& call) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(150);
  while (std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 50; ++i) {
      const tg_status status = call();
      if (status != TG_OK && status != TG_INVALID_ARGUMENT) check::fail(__FILE__, __LINE__, tg_last_error());
    }
  }
}

}  // namespace

TEST("lengths that change during a forward call are taken as they were once") {
  Model model("x = input axis=t cols=1\nr = reverse x\np = pool r kind=last\n");
  Session session(model, TG_INFER);
  Ids lengths = {3, 2, 2, 1, 2};
  const Reals x(10, 1);
  const tg_axis_lengths axis = {0, 5, lengths.data()};
  const tg_feed feed = {0, x.data(), 10};
  const tg_batch batch = {&axis, 1, &feed, 1};
  for (const std::int32_t other : {1, 4000, -7, 2000000}) {
    check::About about(std::to_string(other));
    lengths[2] = 2;
    const Changing changing(&lengths[2], 2, other);
    calls([&] { return tg_session_forward(session.get(), &batch, nullptr); });
  }
}

TEST("lengths that change while rows are packed lead to no more offsets than there is room for") {
  Ids lengths = {3, 2, 2, 1, 2};
  const Changing changing(&lengths[2], 2, 4000);
  calls([&] {
    Ids rank(5);
    std::vector<std::int64_t> offset(4);  // of its exact size: a write behind it is noticed
    return tg_pack_rows(lengths.data(), 5, rank.data(), offset.data(), 4);
  });
}

TEST("ids that change during a call are checked as they are used") {
  const std::int32_t outside = 1 << 28;
  for (const char* spec : {"i = ids axis=t\ny = embedding i rows=4 cols=2\n", "i = ids axis=t\no = one_hot i rows=4\ny = linear o cols=2\n",
                           "i = ids axis=t\nx = input axis=u cols=4\ny = gather x i\n"}) {
    check::About about(spec);
    Model model(spec), frozen(model, TG_FLOAT32);
    Session session(frozen, TG_INFER);
    Batch rows(frozen);
    if (tg_model_axes(frozen.get()) > 1) session.forward(rows.lengths("u", {4}).feed("x", random_reals(16, 1)));
    Ids ids = {1, 3, 2, 0};
    const std::int32_t lengths[] = {1, 1, 1, 1};
    const tg_axis_lengths axis = {frozen.axis("t"), 4, lengths};
    const tg_feed feed = {frozen.find("i"), ids.data(), 4};
    const tg_batch batch = {&axis, 1, &feed, 1};
    const Changing changing(&ids[2], 2, outside);
    calls([&] { return tg_session_forward(session.get(), &batch, nullptr); });
    if (tg_model_axes(frozen.get()) == 1) calls([&] { return tg_session_step(session.get(), &feed, 1, 0, nullptr, 0); });
  }
}

TEST("the bytes of a state that change while it is put back lead nowhere else") {
  Model model("x = ids axis=t\ne = embedding x rows=5 cols=3\nh = recurrent e cell=lstm size=4\n");
  Session session(model, TG_INFER);
  Batch batch(model);
  session.step(batch.lengths("t", {1, 1}).feed_ids("x", {3, 1}));
  std::int64_t size = 0;
  ok(tg_session_state_bytes(session.get(), &size));
  std::vector<std::int64_t> bytes(static_cast<std::size_t>(size) / 8);  // aligned: 32 of a header, 16 for each state, and the numbers
  ok(tg_session_save_state(session.get(), bytes.data(), size));
  auto* sequences = reinterpret_cast<std::int32_t*>(&bytes[4]);
  REQUIRE(*sequences == 2);
  const Changing changing(sequences, 2, 1 << 20);
  calls([&] { return tg_session_load_state(session.get(), bytes.data(), size); });
}

TEST("a choice of sequences that changes during the call is checked as it is used") {
  Model model("x = input axis=t cols=2\nh = recurrent x cell=gru size=3\n");
  Session session(model, TG_INFER);
  Batch batch(model);
  session.forward(batch.lengths("t", {2, 1, 3}).feed("x", random_reals(12, 1)));
  Ids chosen = {0, 1, 2};
  const Changing changing(&chosen[1], 1, 1 << 28);
  calls([&] { return tg_session_select(session.get(), 0, chosen.data(), 3); });
}
