// Sessions that keep few values: what a call needs besides is lent by the model, and no bit depends on that.
#include <thread>

#include "check.h"
#include "examples.h"

namespace {

// A value as a session shows it; nothing where it does not.
Reals shown(const Session& session, int value) {
  tg_tensor output;
  if (tg_session_output(session.get(), value, &output) != TG_OK) return {};
  Reals all(output.data, output.data + output.dims[0] * output.dims[1]);
  all.push_back(static_cast<tg_real>(output.dims[0]));
  return all;
}

std::vector<char> saved(const Session& session) {
  std::int64_t size = 0;
  ok(tg_session_state_bytes(session.get(), &size));
  std::vector<char> all(static_cast<std::size_t>(size));
  ok(tg_session_save_state(session.get(), all.data(), size));
  return all;
}

std::string refused(const Session& session, int value) {
  tg_tensor output;
  CHECK_EQUAL(tg_session_output(session.get(), value, &output), TG_INVALID_STATE);
  return tg_last_error();
}

std::int64_t bytes(const Session& session) { return tg_session_bytes(session.get()); }

// A detector's shape: windows over the chunks of a stream, a convolution in each, a cell that remembers.
const char* const kStream =
    "x = input axis=time cols=64\n"
    "w = frames x size=2 stride=1 pad=1,0\n"
    "c = conv1d w filters=16 kernel=8 stride=4 channels=1\n"
    "r = activation c kind=relu\n"
    "s = square r\n"
    "h = recurrent s cell=lstm size=12\n"
    "y = linear h cols=1\n";

Reals step(const Model& model, const Session& session, const Reals& rows) {
  const tg_feed feed = {model.find("x"), rows.data(), static_cast<std::int64_t>(rows.size())};
  Reals y(rows.size() / 64);
  ok(tg_session_step(session.get(), &feed, 1, model.find("y"), y.data(), static_cast<std::int64_t>(y.size())));
  return y;
}

// What some steps of so many streams answer, one after the other.
Reals answers(Model& model, Session& session, std::size_t streams, std::uint64_t seed) {
  Reals all;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const Reals y = step(model, session, random_reals(64 * streams, 10 * seed + i));
    all.insert(all.end(), y.begin(), y.end());
  }
  return all;
}

}  // namespace

TEST("for every op's examples a session that keeps one value shows the bits that one that keeps all shows") {
  for (const Example& example : all_examples()) {
    Model model(example.spec, 3), frozen(model, TG_FLOAT32);
    for (Model* each : {&model, &frozen}) {
      check::About about(example.op + (each == &model ? "\n" : ", frozen\n") + example.spec);
      Session all(*each, TG_INFER), other(*each, std::vector<int>{0});
      ok(tg_session_carry(all.get(), streams(example.spec)));
      for (int v = 0; v < model.values(); ++v) {
        if (model.value(v).kind != TG_REAL) continue;
        Session one(*each, std::vector<int>{v});
        ok(tg_session_carry(one.get(), streams(example.spec)));
        ok(tg_session_clear(all.get()));
        ok(tg_session_carry(all.get(), streams(example.spec)));
        for (std::uint64_t i = 0; i < 4; ++i) {
          Batch batch(model), larger(model);
          fill(model, example.spec, {4, 3, 5, 4}, 50 + i, &larger);
          other.forward(larger);  // leaves its own numbers in what is lent
          const bool steps = i > 1 && streams(example.spec);
          fill(model, example.spec, steps ? Ids{1, 1} : Ids{4, 3}, 70 + i, &batch);
          steps ? all.step(batch) : static_cast<void>(all.forward(batch));
          steps ? one.step(batch) : static_cast<void>(one.forward(batch));
          CHECK(shown(one, v) == shown(all, v));
          CHECK(saved(one) == saved(all));
        }
      }
    }
  }
}

TEST("a value that is not kept is refused by name, also as the output of a step") {
  Model model(kStream);
  Session session(model, std::vector<int>{model.find("y")});
  step(model, session, random_reals(64, 1));
  CHECK_EQUAL(refused(session, model.find("r")), std::string("'r' is not kept by this session; name it where the session is made"));
  const Reals x = random_reals(64, 2);
  const tg_feed feed = {model.find("x"), x.data(), 64};
  Reals r(16 * 16);
  CHECK_EQUAL(tg_session_step(session.get(), &feed, 1, model.find("r"), r.data(), 256), TG_INVALID_STATE);
}

TEST("what is kept is named by numbers of values, at least one") {
  Model model(kStream);
  tg_session* session = nullptr;
  for (const std::int32_t wrong : {-1, model.values()}) CHECK_EQUAL(tg_session_create_keeping(model.get(), &wrong, 1, &session), TG_INVALID_ARGUMENT);
  const std::int32_t y = model.find("y");
  CHECK_EQUAL(tg_session_create_keeping(model.get(), &y, 0, &session), TG_INVALID_ARGUMENT);
  CHECK(session == nullptr);
}

TEST("a decoder goes on from a source that is kept, and does not from one that is not") {
  Model model(
      "source = input axis=a cols=3\n"
      "e = recurrent source cell=gru size=4\n"
      "last = pool e kind=last\n"
      "x = input axis=b cols=2\n"
      "h = recurrent x cell=gru size=4 h0=last\n"
      "y = linear h cols=2\n");
  Session all(model, TG_INFER), keeping(model, std::vector<int>{model.find("last"), model.find("y")}), lacking(model, std::vector<int>{model.find("y")});
  for (Session* session : {&all, &keeping, &lacking}) {
    Batch first(model), second(model);
    first.lengths("a", {3, 2}).feed("source", random_reals(15, 1));
    second.lengths("b", {2, 2}).feed("x", random_reals(8, 2));
    session->forward(first);
    session->forward(second);
  }
  CHECK(!shown(all, model.find("y")).empty());
  CHECK(shown(keeping, model.find("y")) == shown(all, model.find("y")));
  CHECK(shown(lacking, model.find("y")).empty());
  // The kept source stays where other inputs move alone, and goes with its axis.
  Batch third(model);
  third.lengths("b", {1, 1}).feed("x", random_reals(4, 3));
  keeping.forward(third);
  all.forward(third);
  CHECK(shown(keeping, model.find("last")) == shown(all, model.find("last")));
  CHECK(shown(keeping, model.find("y")) == shown(all, model.find("y")));
}

TEST("after a call that failed a session that keeps little goes on where it was") {
  Model model(kStream);
  Session all(model, TG_INFER), little(model, std::vector<int>{model.find("y")});
  const Reals first = answers(model, all, 1, 1);
  CHECK(answers(model, little, 1, 1) == first);
  const tg_feed wrong = {model.find("x"), first.data(), 3};
  CHECK_EQUAL(tg_session_step(little.get(), &wrong, 1, -1, nullptr, 0), TG_INVALID_ARGUMENT);
  CHECK(answers(model, little, 1, 2) == answers(model, all, 1, 2));
}

TEST("its streams are selected, and its state is what it would be") {
  Model model(kStream);
  Session all(model, TG_INFER), little(model, std::vector<int>{model.find("y")});
  const std::int32_t chosen[] = {2, 0};
  for (Session* session : {&all, &little}) {
    answers(model, *session, 3, 1);
    ok(tg_session_select(session->get(), model.axis("time"), chosen, 2));
  }
  CHECK(saved(little) == saved(all));
  CHECK(answers(model, little, 2, 2) == answers(model, all, 2, 2));
}

TEST("a stream holds little beside its state, also after others have used what the model lends for large batches") {
  Model model(kStream), frozen(model, TG_FLOAT32);
  const std::vector<int> kept = {model.find("y")};
  Session all(frozen, TG_INFER), little(frozen, kept), large(frozen, kept);
  answers(frozen, all, 1, 1);
  answers(frozen, large, 300, 1);
  answers(frozen, little, 1, 1);
  constexpr std::int64_t state = (65 + 12 + 12) * sizeof(tg_real);
  CHECK(bytes(little) < state + 4000);
  CHECK(bytes(little) < bytes(all) - 8000);
  const std::int64_t used = tg_memory_used();
  for (int i = 0; i < 20; ++i) {
    answers(frozen, large, 300, 2);
    answers(frozen, little, 1, 2);
  }
  CHECK(tg_memory_used() - used < 300 * state);
}

TEST("threads that call at once through sessions of one model get the bits of one alone") {
  Model model(kStream), frozen(model, TG_FLOAT32);
  constexpr std::size_t kThreads = 8;
  std::vector<Reals> alone, together(kThreads);
  for (std::size_t t = 0; t < kThreads; ++t) {
    Session session(frozen, TG_INFER);
    alone.push_back(answers(frozen, session, t % 3 + 1, t));
  }
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 20; ++round) {
        Session session(frozen, std::vector<int>{frozen.find("y")});
        together[t] = answers(frozen, session, t % 3 + 1, t);
        if (together[t] != alone[t]) return;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t t = 0; t < kThreads; ++t) CHECK(together[t] == alone[t]);
}
