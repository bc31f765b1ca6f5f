// What a session keeps from call to call: the carried state, values that were not evaluated again, what a new length discards.
#include <algorithm>

#include "check.h"
#include "network.h"

namespace {

const std::vector<std::string> kCells = {"rnn", "lstm", "gru", "gru_reset_before", "lstm_projected proj=2", "lstm peepholes=true",
                                         "lstm layer_norm=true", "min_lstm"};

std::string spec_of(const std::string& cell, int layers = 2) {
  return "x = input axis=time cols=3\nh = recurrent x size=4 layers=" + std::to_string(layers) + " cell=" + cell + "\n";
}

void check_near(const Reals& actual, const Reals& expected, const std::string& what) {
  check::About about(what);
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) CHECK_CLOSE(actual[i], expected[i], 2e-6);
}

// Steps [begin, end) of sequences of equal length, rows [T,N,3].
Reals slice(const Reals& x, std::size_t n, std::size_t begin, std::size_t end) {
  return Reals(x.begin() + begin * n * 3, x.begin() + end * n * 3);
}

}  // namespace

TEST("chunks with a carried state give what one long sequence gives, for every cell") {
  for (const auto& cell : kCells) {
    check::About about(cell);
    Model model(spec_of(cell));
    Session whole(model, TG_INFER), chunks(model, TG_INFER);
    ok(tg_session_carry(chunks.get(), 1));
    const Reals x = random_reals(10 * 2 * 3, 5);
    Batch all(model);
    all.lengths("time", {10, 10}).feed("x", x);
    whole.forward(all);
    Reals joined;
    for (const auto& [begin, end] : std::vector<std::pair<std::size_t, std::size_t>>{{0, 4}, {4, 5}, {5, 10}}) {
      Batch chunk(model);
      chunk.lengths("time", Ids(2, static_cast<std::int32_t>(end - begin))).feed("x", slice(x, 2, begin, end));
      chunks.forward(chunk);
      const Reals h = chunks.output("h");
      joined.insert(joined.end(), h.begin(), h.end());
    }
    check_near(joined, whole.output("h"), "outputs");
    check_near(chunks.output("h.h_n"), whole.output("h.h_n"), "final states");
  }
}

TEST("a reset forgets the carried state, and without carry there is none") {
  Model model(spec_of("lstm"));
  Session session(model, TG_INFER);
  Batch batch(model);
  batch.lengths("time", {3, 3}).feed("x", random_reals(6 * 3, 1));
  session.forward(batch);
  const Reals fresh = session.output("h");
  session.forward(batch);
  CHECK(session.output("h") == fresh);
  ok(tg_session_carry(session.get(), 1));
  ok(tg_session_reset(session.get()));
  std::int64_t count = -1;
  ok(tg_session_state_count(session.get(), &count));
  CHECK_EQUAL(count, 0);
  session.forward(batch);
  CHECK(session.output("h") == fresh);
  session.forward(batch);
  CHECK(session.output("h") != fresh);
  ok(tg_session_reset(session.get()));
  session.forward(batch);
  CHECK(session.output("h") == fresh);
}

TEST("a state taken out and put back into another session goes on with the same bits") {
  for (const auto& cell : kCells) {
    check::About about(cell);
    Model model(spec_of(cell));
    Session first(model, TG_INFER), second(model, TG_INFER);
    Batch batch(model), next(model);
    batch.lengths("time", {2, 2, 2}).feed("x", random_reals(6 * 3, 1));
    next.lengths("time", {1, 1, 1}).feed("x", random_reals(3 * 3, 2));
    ok(tg_session_carry(first.get(), 1));
    ok(tg_session_carry(second.get(), 1));
    first.forward(batch);
    const Reals state = first.state();
    CHECK(!state.empty());
    ok(tg_session_set_state(second.get(), state.data(), static_cast<std::int64_t>(state.size()), 3));
    CHECK(second.state() == state);
    first.forward(next);
    second.forward(next);
    CHECK(first.output("h") == second.output("h"));
    CHECK(first.state() == second.state());
  }
}

TEST("the state is h of [N, layers x directions x H], for the LSTM then c, and equals the final states") {
  Model model(spec_of("lstm", 2));
  Session session(model, TG_INFER);
  ok(tg_session_carry(session.get(), 1));
  Batch batch(model);
  batch.lengths("time", {3, 1, 2}).feed("x", random_reals(6 * 3, 1));
  session.forward(batch);
  const Reals state = session.state(), h = session.output("h.h_n"), c = session.output("h.c_n");
  REQUIRE(state.size() == 3 * 2 * 8);
  CHECK(Reals(state.begin(), state.begin() + 24) == h);
  CHECK(Reals(state.begin() + 24, state.end()) == c);
}

TEST("a carried state of another number of sequences is refused and stays") {
  Model model(spec_of("gru"));
  Session session(model, TG_INFER);
  ok(tg_session_carry(session.get(), 1));
  Batch two(model), three(model);
  two.lengths("time", {2, 2}).feed("x", random_reals(4 * 3, 1));
  three.lengths("time", {1, 1, 1}).feed("x", random_reals(3 * 3, 2));
  session.forward(two);
  const Reals state = session.state();
  CHECK_EQUAL(tg_session_forward(session.get(), three.get(), nullptr), TG_INVALID_ARGUMENT);
  const std::string text = tg_last_error();
  CHECK(text.find('2') != std::string::npos && text.find('3') != std::string::npos);
  CHECK(session.state() == state);
  ok(tg_session_reset(session.get()));
  session.forward(three);
}

TEST("the gradient stops at a carried state") {
  Model model("x = input axis=time cols=3\nh0 = input axis=time per=sequence cols=4 gradient=true\nh = recurrent x cell=gru size=4 h0=h0\n");
  Session session(model);
  ok(tg_session_carry(session.get(), 1));
  Batch batch(model);
  batch.lengths("time", {2}).feed("x", random_reals(6, 1)).feed("h0", random_reals(4, 2));
  const Reals seed = random_reals(8, 3);
  session.forward(batch);
  session.backward({{"h", seed}});
  const Reals first = session.gradient("h0");
  CHECK(std::any_of(first.begin(), first.end(), [](tg_real g) { return g != 0; }));
  session.forward(batch);  // starts from the carried state now, not from h0
  session.backward({{"h", seed}});
  for (const tg_real g : session.gradient("h0")) CHECK_EQUAL(g, 0);
}

TEST("final states feed another node: an encoder starts a decoder, and the gradient flows back through it") {
  Model model(
      "x = input axis=source cols=3 gradient=true\n"
      "enc = recurrent x cell=lstm size=4\n"
      "y = input axis=target cols=2\n"
      "dec = recurrent y cell=lstm size=4 h0=enc.h_n c0=enc.c_n\n");
  Session session(model);
  Batch batch(model);
  const Ids source = {3, 1};
  batch.lengths("source", source).lengths("target", {1, 2}).feed("x", random_reals(12, 1)).feed("y", random_reals(6, 2));
  session.forward(batch);
  const Reals h = session.output("dec"), c = session.output("enc.c_n");

  Model plain(
      "y = input axis=target cols=2\nh0 = input axis=target per=sequence cols=4\nc0 = input axis=target per=sequence cols=4\n"
      "dec = recurrent y cell=lstm size=4 h0=h0 c0=c0\n");
  for (const char* name : {"dec.weight_ih_l0", "dec.weight_hh_l0", "dec.bias_ih_l0", "dec.bias_hh_l0"}) plain.set(name, model.get(name));
  Session alone(plain);
  Batch given(plain);
  given.lengths("target", {1, 2}).feed("y", random_reals(6, 2)).feed("h0", session.output("enc.h_n")).feed("c0", c);
  alone.forward(given);
  check_near(h, alone.output("dec"), "the decoder's outputs");

  session.backward({{"dec", random_reals(12, 3)}});
  const Reals dx = session.gradient("x");
  CHECK(std::all_of(dx.begin(), dx.end(), [](tg_real g) { return g != 0; }));
}

TEST("a decoder steps many times over one encoded source, whose values stay") {
  Model model(
      "x = input axis=source cols=3\n"
      "enc = recurrent x cell=gru size=4\n"
      "y = input axis=target cols=2\n"
      "dec = recurrent y cell=gru size=4 h0=enc.h_n\n");
  const Reals source = random_reals(5 * 3, 1), target = random_reals(3 * 2, 2);
  Session whole(model, TG_INFER);
  Batch all(model);
  all.lengths("source", {5}).lengths("target", {3}).feed("x", source).feed("y", target);
  whole.forward(all);

  Session steps(model, TG_INFER);
  Batch encode(model);
  encode.lengths("source", {5}).feed("x", source);
  steps.forward(encode);
  const Reals encoded = steps.output("enc");
  check_near(encoded, whole.output("enc"), "the encoded source");
  tg_tensor tensor;
  CHECK_EQUAL(tg_session_output(steps.get(), model.find("dec"), &tensor), TG_INVALID_STATE);
  Reals joined;
  for (std::int32_t n = 1; n <= 3; ++n) {
    Batch step(model);
    step.lengths("target", {n}).feed("y", Reals(target.begin(), target.begin() + n * 2));
    steps.forward(step);
    CHECK(steps.output("enc") == encoded);
    joined = steps.output("dec");
    Reals expected = whole.output("dec");
    expected.resize(static_cast<std::size_t>(n) * 4);
    check_near(joined, expected, "prefix of " + std::to_string(n));
  }
}

TEST("lengths given again discard the values of that axis, and only those") {
  Model model(
      "a = input axis=one cols=2\nb = input axis=two cols=2\nya = linear a cols=3\nyb = linear b cols=3\n");
  Session session(model, TG_INFER);
  Batch both(model);
  both.lengths("one", {2}).lengths("two", {2}).feed("a", random_reals(4, 1)).feed("b", random_reals(4, 2));
  session.forward(both);
  const Reals ya = session.output("ya");
  Batch lengths_only(model);
  lengths_only.lengths("two", {3});
  session.forward(lengths_only);
  CHECK(session.output("ya") == ya);
  tg_tensor tensor;
  CHECK_EQUAL(tg_session_output(session.get(), model.find("yb"), &tensor), TG_INVALID_STATE);
  CHECK(std::string(tg_last_error()).find("yb") != std::string::npos);
}

TEST("feeding one input again keeps the lengths and what does not depend on it") {
  Model model("a = input axis=t cols=2\nb = input axis=t cols=2\nya = linear a cols=3\nyb = linear b cols=3\ny = add ya yb\n");
  Session session(model, TG_INFER);
  Batch both(model);
  both.lengths("t", {2, 1}).feed("a", random_reals(6, 1)).feed("b", random_reals(6, 2));
  session.forward(both);
  const Reals ya = session.output("ya"), yb = session.output("yb");
  tg_feed feed = {model.find("b"), nullptr, 6};
  const Reals fresh = random_reals(6, 3);
  feed.data = fresh.data();
  const tg_batch again = {nullptr, 0, &feed, 1};
  ok(tg_session_forward(session.get(), &again, nullptr));
  CHECK(session.output("ya") == ya);
  CHECK(session.output("yb") != yb);
  const Reals y = session.output("y"), new_yb = session.output("yb");
  for (std::size_t i = 0; i < y.size(); ++i) CHECK_CLOSE(y[i], ya[i] + new_yb[i], 1e-6);
}

TEST("a view of an output that a longer call outgrew can still be read") {
  Model model("a = input axis=t cols=2\ny = linear a cols=3\n");
  Session session(model, TG_INFER);
  Batch brief(model), lengthy(model);
  brief.lengths("t", {1}).feed("a", random_reals(2, 1));
  lengthy.lengths("t", {1000}).feed("a", random_reals(2000, 2));
  session.forward(brief);
  tg_tensor view;
  ok(tg_session_output(session.get(), model.find("y"), &view));
  const Reals before(view.data, view.data + 3);
  session.forward(lengthy);
  CHECK(Reals(view.data, view.data + 3) == before);
}

TEST("a state of which only one node's part is there counts as none, and nothing is copied out") {
  Model model(
      "a = input axis=one cols=2\nb = input axis=two cols=2\nh = recurrent a cell=gru size=3\ng = recurrent b cell=gru size=3\n");
  Session session(model, TG_INFER);
  ok(tg_session_carry(session.get(), 1));
  Batch first(model), second(model);
  first.lengths("one", {2, 2}).feed("a", random_reals(8, 1));
  second.lengths("two", {1, 1}).feed("b", random_reals(4, 2));
  session.forward(first);
  std::int64_t count = -1;
  ok(tg_session_state_count(session.get(), &count));
  CHECK_EQUAL(count, 0);
  Reals room(12, 7);
  ok(tg_session_get_state(session.get(), room.data(), 0));
  CHECK(room == Reals(12, 7));
  session.forward(second);
  CHECK_EQUAL(session.state().size(), 12u);
}
