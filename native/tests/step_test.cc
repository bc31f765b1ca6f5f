// Streaming: a step is a forward call over one step of each sequence, and the state that it leaves can be kept as bytes.
#include <cstring>
#include <utility>

#include "check.h"
#include "examples.h"

namespace {

using Bytes = std::vector<char>;

Bytes saved(const Session& session) {
  std::int64_t size = -1;
  ok(tg_session_state_bytes(session.get(), &size));
  Bytes bytes(static_cast<std::size_t>(size));
  ok(tg_session_save_state(session.get(), bytes.data(), size));
  return bytes;
}

tg_status load(Session& session, const Bytes& bytes) {
  return tg_session_load_state(session.get(), bytes.data(), static_cast<std::int64_t>(bytes.size()));
}

// The values that the graph can evaluate now, one after the other; what cannot be evaluated is left out.
Reals evaluated(const Model& model, const Session& session) {
  Reals all;
  for (int v = 0; v < model.values(); ++v) {
    tg_tensor output;
    if (tg_session_output(session.get(), v, &output) != TG_OK) continue;
    all.push_back(static_cast<tg_real>(v));
    all.insert(all.end(), output.data, output.data + output.dims[0] * output.dims[1]);
  }
  return all;
}

const char* const kStream =
    "words = ids axis=text\n"
    "e = embedding words rows=9 cols=6\n"
    "h = recurrent e cell=lstm size=5 layers=2\n"
    "g = recurrent h cell=gru size=4\n"
    "y = linear g cols=9\n";

// One word for each of n streams.
Reals step_words(const Model& model, Session& session, const Ids& words) {
  const tg_feed feed = {model.find("words"), words.data(), static_cast<std::int64_t>(words.size())};
  Reals y(words.size() * 9);
  ok(tg_session_step(session.get(), &feed, 1, model.find("y"), y.data(), static_cast<std::int64_t>(y.size())));
  return y;
}

}  // namespace

TEST("for every op's examples a step gives the bits of a forward call over sequences of length 1 with carry on") {
  for (const Example& example : all_examples()) {
    if (!streams(example.spec)) continue;
    Model model(example.spec, 3), frozen(model, TG_FLOAT32), half(model, TG_BFLOAT16), quarter(model, TG_INT8);
    for (Model* each : {&model, &frozen, &half, &quarter}) {
      check::About about(example.op + (each == &model ? "\n" : ", frozen\n") + example.spec);
      Session forward(*each, TG_INFER), step(*each, TG_INFER);
      ok(tg_session_carry(forward.get(), 1));
      for (std::uint64_t i = 0; i < 4; ++i) {
        Batch batch(model);
        fill(model, example.spec, {1, 1, 1}, 70 + i, &batch);
        forward.forward(batch);
        step.step(batch);
        CHECK(evaluated(model, step) == evaluated(model, forward));
        CHECK(saved(step) == saved(forward));
      }
    }
  }
}

TEST("a stream may start, stop and go on as bytes, in another session") {
  Model model(kStream);
  Session one(model, TG_INFER), other(model, TG_INFER);
  const Bytes fresh = saved(one);
  const Reals first = step_words(model, one, {3});
  step_words(model, one, {7});
  const Bytes kept = saved(one);
  const Reals third = step_words(model, one, {1});
  ok(load(other, kept));
  CHECK(step_words(model, other, {1}) == third);
  CHECK(saved(other) == saved(one));
  CHECK(third != first);
  ok(load(other, fresh));
  CHECK(step_words(model, other, {3}) == first);
}

TEST("streams in one session do not touch each other, and their number may change after a reset only") {
  Model model(kStream);
  Session both(model, TG_INFER), one(model, TG_INFER);
  for (int t = 0; t < 3; ++t) {
    const Reals pair = step_words(model, both, {t, 8 - t});
    const Reals alone = step_words(model, one, {8 - t});
    for (std::size_t c = 0; c < alone.size(); ++c) CHECK_CLOSE(pair[9 + c], alone[c], 1e-5);
  }
  const Ids three = {1, 2, 3};
  const tg_feed feed = {model.find("words"), three.data(), 3};
  CHECK_EQUAL(tg_session_step(both.get(), &feed, 1, 0, nullptr, 0), TG_INVALID_ARGUMENT);
  CHECK(std::strstr(tg_last_error(), "carried state is of 2 sequences, this batch has 3") != nullptr);
  step_words(model, both, {1, 2});  // the streams go on
  ok(tg_session_reset(both.get()));
  step_words(model, both, three);
}

TEST("an id out of range fails the step, and the stream goes on from where it was") {
  Model model(kStream);
  Session session(model, TG_INFER), expected(model, TG_INFER);
  for (Session* each : {&session, &expected}) step_words(model, *each, {4});
  const Ids wrong = {9};
  const tg_feed feed = {model.find("words"), wrong.data(), 1};
  CHECK_EQUAL(tg_session_step(session.get(), &feed, 1, model.find("y"), nullptr, 0), TG_INVALID_ARGUMENT);
  CHECK(std::strstr(tg_last_error(), "9") != nullptr);
  CHECK(step_words(model, session, {5}) == step_words(model, expected, {5}));
}

TEST("an initial state is given once, before the first step or with it") {
  const std::string spec =
      "x = input axis=time cols=2\n"
      "start = input axis=time per=sequence cols=3\n"
      "h = recurrent x cell=gru size=3 h0=start\n"
      "s = concat h h\n";
  Model model(spec);
  const Reals start = random_reals(3, 1), rows = random_reals(6, 2);
  Session whole(model, TG_INFER), stream(model, TG_INFER), before(model, TG_INFER);
  Batch all(model);
  all.lengths("time", {3}).feed("x", rows).feed("start", start);
  whole.forward(all);
  const Reals expected = whole.output("s");
  Batch given(model);
  given.lengths("time", {2}).feed("start", start);
  before.forward(given);
  for (std::size_t t = 0; t < 3; ++t) {
    Batch batch(model);
    batch.lengths("time", {1}).feed("x", Reals(rows.begin() + 2 * t, rows.begin() + 2 * t + 2));
    before.step(batch);
    if (t == 0) batch.feed("start", start);
    stream.step(batch);
    for (std::size_t c = 0; c < 6; ++c) {
      CHECK_CLOSE(stream.output("s")[c], expected[6 * t + c], 1e-5);
      CHECK_CLOSE(before.output("s")[c], expected[6 * t + c], 1e-5);
    }
  }
}

TEST("forward calls and steps may alternate, over inputs that change") {
  const std::string spec =
      "source = input axis=source cols=3\n"
      "enc = recurrent source cell=gru size=4\n"
      "x = ids axis=target\n"
      "e = embedding x rows=5 cols=3\n"
      "dec = recurrent e cell=gru size=4 h0=enc.h_n\n"
      "y = linear dec cols=5\n"
      "gold = ids axis=target\n"
      "loss = cross_entropy y gold\n";
  Model model(spec);
  Session session(model, TG_INFER), expected(model, TG_INFER);
  ok(tg_session_carry(expected.get(), 1));
  for (std::uint64_t sentence = 0; sentence < 2; ++sentence) {
    Batch source(model);
    source.lengths("source", {4}).feed("source", random_reals(12, sentence));
    for (Session* each : {&session, &expected}) {
      ok(tg_session_reset(each->get()));
      each->forward(source);
    }
    for (std::int32_t t = 0; t < 4; ++t) {
      Batch word(model);
      word.lengths("target", {1}).feed_ids("x", {t});
      if (t % 2 == 1) word.feed_ids("gold", {4 - t});
      session.step(word);
      expected.forward(word);
      CHECK(session.output("y") == expected.output("y"));
      tg_tensor loss;
      CHECK_EQUAL(tg_session_output(session.get(), model.find("loss"), &loss), t % 2 == 1 ? TG_OK : TG_INVALID_STATE);
    }
  }
}

TEST("a step whose output is refused has not been made: the state is where it was") {
  Model model(kStream);
  Session session(model, TG_INFER);
  step_words(model, session, {1});
  const Bytes before = saved(session);
  const std::int32_t word = 2;
  const tg_feed feed = {model.find("words"), &word, 1};
  Reals y(9);
  for (const auto& [value, count] : {std::pair<int, int>{model.find("y"), 8}, {model.values(), 9}, {-1, 9}, {model.find("words"), 1}}) {
    CHECK(tg_session_step(session.get(), &feed, 1, value, y.data(), count) != TG_OK);
    CHECK(saved(session) == before);
  }
  ok(tg_session_step(session.get(), &feed, 1, model.find("y"), y.data(), 9));
  CHECK(saved(session) != before);
}

TEST("what is no step is refused with a text that says why") {
  Model model("x = input axis=time cols=3\ny = linear x cols=2\n");
  const Reals row = random_reals(6, 1);
  const auto refused = [&](Session& session, tg_feed feed, tg_status status, const char* why) {
    check::About about(why);
    CHECK_EQUAL(tg_session_step(session.get(), &feed, 1, 0, nullptr, 0), status);
    CHECK(std::strstr(tg_last_error(), why) != nullptr);
  };
  Session session(model, TG_INFER), training(model, TG_TRAIN);
  refused(training, {0, row.data(), 3}, TG_INVALID_STATE, "a training session cannot step");
  refused(session, {0, row.data(), 4}, TG_INVALID_ARGUMENT, "'x' has 4 elements; a step needs N rows of 3 columns");
  refused(session, {0, row.data(), 0}, TG_INVALID_ARGUMENT, "'x' has 0 elements");
  refused(session, {0, row.data(), -3}, TG_INVALID_ARGUMENT, "'x' has -3 elements");
  refused(session, {0, nullptr, 3}, TG_INVALID_ARGUMENT, "the data is null");
  refused(session, {1, row.data(), 3}, TG_INVALID_ARGUMENT, "is not an input");
  refused(session, {2, row.data(), 3}, TG_INVALID_ARGUMENT, "value 2 does not exist");
  CHECK_EQUAL(tg_session_step(session.get(), nullptr, 1, 0, nullptr, 0), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_session_step(session.get(), nullptr, 0, 0, nullptr, 0), TG_INVALID_ARGUMENT);
  const tg_feed twice[] = {{0, row.data(), 3}, {0, row.data(), 3}};
  CHECK_EQUAL(tg_session_step(session.get(), twice, 2, 0, nullptr, 0), TG_INVALID_ARGUMENT);
  const tg_feed good = {0, row.data(), 3};
  tg_real output[2];
  CHECK_EQUAL(tg_session_step(session.get(), &good, 1, 7, output, 2), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_session_step(session.get(), &good, 1, 1, output, 3), TG_INVALID_ARGUMENT);
  CHECK(std::strstr(tg_last_error(), "room for 3 elements; 'y' has 1 rows x 2") != nullptr);
  ok(tg_session_step(session.get(), &good, 1, 1, output, 2));
}

TEST("the state of another graph, of other parameters, or cut short is refused, and the session keeps its own") {
  Model model(kStream), same_graph(kStream, 2), other("x = input axis=time cols=3\nh = recurrent x cell=gru size=5\n");
  Model frozen(model, TG_FLOAT32), frozen_low(model, TG_INT8), frozen_other(same_graph, TG_FLOAT32);
  const auto state_of = [](Model& of) {
    Session session(of, TG_INFER);
    step_words(of, session, {3});
    return saved(session);
  };
  const Bytes own = state_of(frozen), foreign = state_of(frozen_other), trained = state_of(same_graph);
  Session session(frozen, TG_INFER);
  ok(load(session, own));
  const auto refused = [&](const Bytes& bytes, const char* why) {
    check::About about(why);
    CHECK_EQUAL(load(session, bytes), TG_INVALID_ARGUMENT);
    CHECK(std::strstr(tg_last_error(), why) != nullptr);
    CHECK(saved(session) == own);
  };
  refused(foreign, "the same graph with other parameters");
  Session of_other(other, TG_INFER);
  refused(saved(of_other), "another graph");
  for (std::size_t size = 0; size < own.size(); ++size) {
    CHECK_EQUAL(load(session, Bytes(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(size))), TG_INVALID_ARGUMENT);
  }
  CHECK(saved(session) == own);
  Bytes longer = own;
  longer.push_back(0);
  refused(longer, "1 bytes are left over");
  for (std::size_t i = 0; i < 36; ++i) {  // every byte of the header, and of the first state's number of sequences
    Bytes broken = own;
    broken[i] = static_cast<char>(broken[i] ^ 0x55);
    if (i < 16 || i >= 24) CHECK_EQUAL(load(session, broken), TG_INVALID_ARGUMENT);
  }
  ok(load(session, trained));  // of parameters that may change nobody can say that they are others
  Session low(frozen_low, TG_INFER);
  ok(load(low, own));
  Session free(same_graph, TG_INFER);
  ok(load(free, own));
}

TEST("a state has a node's columns for each sequence, or none where nothing is carried") {
  Model model(kStream);
  Session session(model, TG_INFER);
  CHECK_EQUAL(saved(session).size(), std::size_t{32 + 3 * 16});
  step_words(model, session, {1, 2});
  CHECK_EQUAL(saved(session).size(), 32 + 3 * 16 + 2 * (10 + 10 + 4) * sizeof(tg_real));
}
