// tg_session_select and tg_session_clear. The oracle is the promise itself: another session whose batch had the chosen sequences from the
// start, arranged here by the definition of packed rows.
#include <algorithm>
#include <cstring>

#include "check.h"
#include "examples.h"
#include "isa/kernels.h"

namespace {

const std::vector<Ids> kSelections = {{2, 0, 0, 3, 1, 1}, {3, 2, 1, 0}, {1}, {0, 0}, {0, 1, 2, 3}, {3, 3, 1, 3, 2}};

void select(const Model& model, Session& session, const std::string& axis, const Ids& chosen) {
  ok(tg_session_select(session.get(), model.axis(axis), chosen.data(), static_cast<std::int32_t>(chosen.size())));
}

void select_all_axes(const Model& model, Session& session, const Ids& chosen) {
  for (int a = 0; a < tg_model_axes(model.get()); ++a) {
    if (axis_info(model.get(), a).source < 0) select(model, session, tg_model_axis(model.get(), a), chosen);
  }
}

template <class T>
std::vector<T> take(const std::vector<T>& from, const Ids& chosen, std::size_t cols = 1) {
  std::vector<T> to;
  for (const std::int32_t c : chosen) {
    const auto first = from.begin() + c * static_cast<std::ptrdiff_t>(cols);
    to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(cols));
  }
  return to;
}

// Packed rows of sequences of these lengths, as the chosen sequences have them.
template <class T>
std::vector<T> take_packed(const std::vector<T>& from, const Ids& lengths, const Ids& chosen, std::size_t cols = 1) {
  const Ids now = take(lengths, chosen);
  std::size_t rows = 0;
  for (const std::int32_t length : now) rows += static_cast<std::size_t>(length);
  std::vector<T> to(rows * cols);
  for (std::size_t s = 0; s < now.size(); ++s) {
    for (std::int32_t t = 0; t < now[s]; ++t) {
      std::copy_n(from.begin() + packed_row(lengths, t, chosen[s]) * static_cast<std::ptrdiff_t>(cols), cols,
                  to.begin() + packed_row(now, t, static_cast<std::int64_t>(s)) * static_cast<std::ptrdiff_t>(cols));
    }
  }
  return to;
}

// The data of one call over sequences that another call may take in another order.
struct Data {
  std::vector<Ids> lengths;        // by axis
  std::map<int, Reals> reals;      // by value
  std::map<int, Ids> ids;

  Data(const Model& model, const std::string& spec, const Ids& first_axis, std::uint64_t seed) {
    Batch batch(model);
    fill(model, spec, first_axis, seed, &batch);
    for (int a = 0; a < tg_model_axes(model.get()); ++a) {
      lengths.push_back(a == 0 ? first_axis : Ids(first_axis.rbegin(), first_axis.rend()));
    }
    reals = batch.reals();
    for (int v = 0; v < model.values(); ++v) {
      const tg_value value = model.value(v);
      if (value.input && value.kind == TG_IDS) ids[v] = batch.ids(value.name);
    }
  }
  Data selected(const Model& model, const Ids& chosen) const {
    Data to = *this;
    for (auto& [v, data] : to.reals) {
      const tg_value value = model.value(v);
      const auto cols = static_cast<std::size_t>(value.cols);
      data = value.per == TG_PER_STEP ? take_packed(data, lengths[value.axis], chosen, cols) : take(data, chosen, cols);
    }
    for (auto& [v, data] : to.ids) {
      const tg_value value = model.value(v);
      data = value.per == TG_PER_STEP ? take_packed(data, lengths[value.axis], chosen) : take(data, chosen);
    }
    for (Ids& all : to.lengths) all = take(all, chosen);
    return to;
  }
  // Puts the lengths, or none, and the inputs that wanted(value) names into a batch.
  template <class Wanted>
  void fill_batch(const Model& model, bool with_lengths, const Wanted& wanted, Batch* batch) const {
    for (int a = 0; a < tg_model_axes(model.get()) && with_lengths; ++a) {
      if (axis_info(model.get(), a).source < 0) batch->lengths(tg_model_axis(model.get(), a), lengths[a]);
    }
    for (const auto& [v, data] : reals) {
      if (wanted(model.value(v))) batch->feed(model.value(v).name, data);
    }
    for (const auto& [v, data] : ids) {
      if (wanted(model.value(v))) batch->feed_ids(model.value(v).name, data);
    }
  }
};

bool all(const tg_value&) { return true; }
bool per_step(const tg_value& value) { return value.per == TG_PER_STEP; }

void forward(const Model& model, Session& session, const Data& data) {
  Batch batch(model);
  data.fill_batch(model, true, all, &batch);
  session.forward(batch);
}

bool known(const Model& model, const Session& session, int value) {
  tg_tensor tensor;
  return model.value(value).kind == TG_REAL && tg_session_output(session.get(), value, &tensor) == TG_OK;
}

bool same_bits(const Reals& a, const Reals& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(tg_real)) == 0);
}

// All values that both know have the same bits; how many these are.
int check_same_values(const Model& model, const Session& session, const Session& expected) {
  int same = 0;
  for (int v = 0; v < model.values(); ++v) {
    if (!known(model, session, v) || !known(model, expected, v)) continue;
    const std::string name = model.value(v).name;
    check::About about(name);
    CHECK(same_bits(session.output(name), expected.output(name)));
    ++same;
  }
  return same;
}

std::vector<char> saved(const Session& session) {
  std::int64_t size = -1;
  ok(tg_session_state_bytes(session.get(), &size));
  std::vector<char> bytes(static_cast<std::size_t>(size));
  ok(tg_session_save_state(session.get(), bytes.data(), size));
  return bytes;
}

// visit(frozen) of every op's examples in every precision; gather's row numbers are no property of a sequence and have their own tests.
template <class Visit>
void for_every_example(const Visit& visit) {
  for (const Example& example : all_examples()) {
    if (example.op == "gather") continue;
    Model model(example.spec, 3);
    for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
      check::About about(example.op + " in precision " + std::to_string(precision) + "\n" + example.spec);
      Model frozen(model, precision);
      visit(frozen, example.spec);
    }
  }
}

// ---- A decoder over an encoded source -----------------------------------------------------------------------------------------------

constexpr std::int32_t kWords = 7;

std::string translator(const std::string& cell, const std::string& look) {
  const bool projected = cell.find("projected") != std::string::npos, memory = cell.find("lstm") == 0;
  const std::string size = " size=6 cell=" + cell + (projected ? " proj=4" : "");
  const std::string width = projected ? "4" : "6";
  std::string spec = "read = ids axis=source\nr = embedding read rows=9 cols=5\nenc = recurrent r bidirectional=true" + size + "\n";
  spec += "bridge = linear enc.h_n cols=" + width + "\nstart = activation bridge kind=tanh\n";
  if (memory) spec += "start_c = linear enc.c_n cols=6\n";
  const std::string states = std::string(" h0=start") + (memory ? " c0=start_c" : "");
  spec += "words = ids axis=target\nnext = ids axis=target\nw = embedding words rows=7 cols=5\n";
  if (look == "inside") {
    spec += "a = attention_decoder w enc weights=12" + size + states + "\nseen = concat a a.context\n";
  } else {
    spec += "d = recurrent w" + size + states + "\n";
    spec += "a = attention d enc weights=12 score=" + look + "\nseen = concat a d\n";
  }
  return spec + "y = linear seen cols=7\nloss = cross_entropy y next\n";
}

void encode(const Model& model, Session& session, const std::vector<Ids>& sources) {
  Ids lengths;
  std::size_t rows = 0;
  for (const Ids& source : sources) {
    lengths.push_back(static_cast<std::int32_t>(source.size()));
    rows += source.size();
  }
  Ids packed(rows);
  for (std::size_t s = 0; s < sources.size(); ++s) {
    for (std::size_t t = 0; t < sources[s].size(); ++t) {
      packed[static_cast<std::size_t>(packed_row(lengths, static_cast<std::int64_t>(t), static_cast<std::int64_t>(s)))] = sources[s][t];
    }
  }
  Batch batch(model);
  batch.lengths("source", lengths).feed_ids("read", packed);
  session.forward(batch);
}

Reals next_scores(const Model& model, Session& session, const Ids& words) {
  const tg_feed feed = {model.find("words"), words.data(), static_cast<std::int64_t>(words.size())};
  Reals y(words.size() * kWords);
  ok(tg_session_step(session.get(), &feed, 1, model.find("y"), y.data(), static_cast<std::int64_t>(y.size())));
  return y;
}

// What a decoder says of one hypothesis alone: its source encoded, its words read one after the other.
Reals scores_alone(Model& model, const Ids& source, const Ids& words) {
  Session session(model, TG_INFER);
  encode(model, session, {source});
  Reals scores;
  for (const std::int32_t word : words) scores = next_scores(model, session, {word});
  return scores;
}

// A search of `beam` hypotheses a source, by rules that only a test would have; every score is compared with that of its hypothesis alone.
void check_search(Model& model, Session& session, std::vector<Ids> sources, std::size_t beam, std::uint64_t seed) {
  encode(model, session, sources);
  Ids expanded;
  for (std::size_t s = 0; s < sources.size(); ++s) expanded.insert(expanded.end(), beam, static_cast<std::int32_t>(s));
  select(model, session, "source", expanded);
  std::vector<Ids> hypotheses(expanded.size()), read = take(sources, expanded);
  for (std::uint64_t step = 0; step < 5; ++step) {
    const Ids words = random_ids(hypotheses.size(), kWords, seed + step);
    for (std::size_t i = 0; i < words.size(); ++i) hypotheses[i].push_back(words[i]);
    const Reals scores = next_scores(model, session, words);
    for (std::size_t i = 0; i < words.size(); ++i) {
      check::About about("step " + std::to_string(step) + ", hypothesis " + std::to_string(i));
      const Reals own = take(scores, {static_cast<std::int32_t>(i)}, kWords);
      CHECK(same_bits(own, scores_alone(model, read[i], hypotheses[i])));
    }
    // Parents of the same source; after the third step the first source is done, and leaves both axes.
    Ids parents = random_ids(hypotheses.size(), static_cast<std::int32_t>(beam), seed + 100 + step);
    for (std::size_t i = 0; i < parents.size(); ++i) parents[i] += static_cast<std::int32_t>(i / beam * beam);
    select(model, session, "target", parents);
    hypotheses = take(hypotheses, parents);
    if (step != 2 || sources.size() == 1) continue;
    Ids rest;
    for (std::size_t i = beam; i < hypotheses.size(); ++i) rest.push_back(static_cast<std::int32_t>(i));
    select(model, session, "source", rest);
    select(model, session, "target", rest);
    hypotheses = take(hypotheses, rest);
    read = take(read, rest);
  }
}

std::vector<Ids> some_sources(const Ids& lengths, std::uint64_t seed) {
  std::vector<Ids> sources;
  for (const std::int32_t length : lengths) sources.push_back(random_ids(static_cast<std::size_t>(length), 9, seed + sources.size()));
  return sources;
}

}  // namespace

TEST("selected values have the bits of a batch that had these sequences from the start, for every op's examples in every precision") {
  for_every_example([](Model& model, const std::string& spec) {
    const Data data(model, spec, {3, 5, 1, 5}, 11);
    for (const Ids& chosen : kSelections) {
      check::About about(std::to_string(chosen.size()) + " chosen, the first " + std::to_string(chosen[0]));
      Session session(model, TG_INFER), expected(model, TG_INFER);
      forward(model, session, data);
      select_all_axes(model, session, chosen);
      const Data arranged = data.selected(model, chosen);
      forward(model, expected, arranged);
      for (int v = 0; v < model.values(); ++v) {
        if (model.value(v).kind == TG_REAL) CHECK_EQUAL(known(model, session, v), model.value(v).per != TG_PER_BATCH);
      }
      check_same_values(model, session, expected);
      CHECK(saved(session) == saved(expected));
    }
  });
}

TEST("an input given anew after a selection meets the kept values of all others, for every op's examples in every precision") {
  for_every_example([](Model& model, const std::string& spec) {
    const Data data(model, spec, {3, 5, 1, 5}, 11), fresh(model, spec, {3, 5, 1, 5}, 12);
    for (const Ids& chosen : kSelections) {
      const Data arranged = data.selected(model, chosen), given = fresh.selected(model, chosen);
      for (int input = 0; input < model.values(); ++input) {
        if (!model.value(input).input) continue;
        check::About about(std::to_string(chosen.size()) + " chosen, then " + model.value(input).name);
        Session session(model, TG_INFER), expected(model, TG_INFER);
        forward(model, session, data);
        select_all_axes(model, session, chosen);
        forward(model, expected, arranged);
        for (Session* each : {&session, &expected}) {
          Batch batch(model);
          given.fill_batch(model, false, [&](const tg_value& value) { return model.find(value.name) == input; }, &batch);
          each->forward(batch);
        }
        CHECK(check_same_values(model, session, expected) > 0);
      }
    }
  });
}

TEST("streams that are selected go on as if they had stood in that order from the start, for every op's examples in every precision") {
  for_every_example([](Model& model, const std::string& spec) {
    bool steps = false;
    for (int v = 0; v < model.values(); ++v) steps |= model.value(v).input && per_step(model.value(v));
    if (!steps || !streams(spec)) return;
    for (const Ids& chosen : kSelections) {
      check::About about(std::to_string(chosen.size()) + " chosen, the first " + std::to_string(chosen[0]));
      Session session(model, TG_INFER), expected(model, TG_INFER);
      for (std::uint64_t i = 0; i < 5; ++i) {
        const Data data(model, spec, {1, 1, 1, 1}, 20 + i), arranged = data.selected(model, chosen);
        Batch now(model), then(model);  // what is per sequence is fed once
        const auto wanted = [&](const tg_value& value) { return i == 0 || per_step(value); };
        (i < 3 ? data : arranged).fill_batch(model, false, wanted, &now);
        arranged.fill_batch(model, false, wanted, &then);
        session.step(now);
        expected.step(then);
        if (i == 2) select_all_axes(model, session, chosen);
        if (i < 2) continue;
        CHECK(saved(session) == saved(expected));
        if (i > 2) CHECK(check_same_values(model, session, expected) > 0);
      }
    }
  });
}

TEST("a search encodes each source once, for every cell, score and precision, and scores each hypothesis as it does alone") {
  for (const std::string& cell : tidegate::kernels().cell_names()) {
    for (const std::string look : {"general", "additive", "inside"}) {
      Model model(translator(cell, look), 5);
      for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
        check::About about(cell + ", " + look + ", precision " + std::to_string(precision));
        Model frozen(model, precision);
        Session session(frozen, TG_INFER);
        check_search(frozen, session, some_sources({4, 1, 6}, 30), 3, 40);
        ok(tg_session_clear(session.get()));  // the session is lent to the next search
        check_search(frozen, session, some_sources({2, 7}, 50), 2, 60);
        ok(tg_session_clear(session.get()));
        check_search(frozen, session, some_sources({5}, 70), 4, 80);
      }
    }
  }
}

TEST("keys that are their own projections are selected too") {
  for (const char* score : {"dot", "scaled_dot"}) {
    const std::string spec = std::string("keys = input axis=source cols=4\nx = input axis=target cols=4\n") +
                             "y = attention x keys weights=9 score=" + score + "\n";
    Model model(spec), frozen(model, TG_INT8);
    const Data data(frozen, spec, {4, 2, 7}, 3);
    const Ids chosen = {2, 2, 0, 1};
    Session session(frozen, TG_INFER), expected(frozen, TG_INFER);
    Batch keys(frozen);
    keys.lengths("source", data.lengths[0]).feed("keys", data.reals.at(frozen.find("keys")));
    session.forward(keys);
    select(frozen, session, "source", chosen);
    const Data arranged = data.selected(frozen, chosen);
    forward(frozen, expected, arranged);
    Batch queries(frozen);
    queries.lengths("target", arranged.lengths[1]).feed("x", arranged.reals.at(frozen.find("x")));
    session.forward(queries);
    CHECK_EQUAL(check_same_values(frozen, session, expected), 4);
  }
}

TEST("a context and an initial state per sequence of the decoder's own axis are repeated with it, and need not be fed again") {
  const std::string spec =
      "image = input axis=text per=sequence cols=6\n"
      "seen = linear image cols=4\n"
      "start = activation seen kind=tanh\n"
      "words = ids axis=text\n"
      "e = embedding words rows=7 cols=3\n"
      "h = recurrent e cell=gru size=4 h0=start\n"
      "y = linear h cols=7\n";
  Model model(spec), frozen(model, TG_FLOAT32);
  const Reals images = random_reals(12, 1);
  const Ids expanded = {0, 0, 0, 1, 1, 1};
  Session session(frozen, TG_INFER), expected(frozen, TG_INFER);
  Batch two(frozen), six(frozen);
  session.forward(two.lengths("text", {1, 1}).feed("image", images));
  select(frozen, session, "text", expanded);
  expected.forward(six.lengths("text", Ids(6, 1)).feed("image", take(images, expanded, 6)));
  for (const char* value : {"image", "seen", "start"}) CHECK(same_bits(session.output(value), expected.output(value)));
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Ids words = random_ids(6, 7, i);
    CHECK(same_bits(next_scores(frozen, session, words), next_scores(frozen, expected, words)));
    CHECK(same_bits(session.output("image"), expected.output("image")));
  }
}

TEST("the sequences of a model that is not frozen are selected as well, to the rounding of its products") {
  Model model(translator("lstm", "general"), 5);
  Session session(model, TG_INFER);
  const std::vector<Ids> sources = some_sources({4, 1}, 30);
  encode(model, session, sources);
  select(model, session, "source", {1, 0, 1});
  const Ids words = {3, 5, 6};
  const Reals scores = next_scores(model, session, words);
  for (std::size_t i = 0; i < 3; ++i) {
    const Reals alone = scores_alone(model, sources[i == 1 ? 0 : 1], {words[i]});
    for (std::size_t c = 0; c < kWords; ++c) CHECK_CLOSE(scores[i * kWords + c], alone[c], 2e-6);
  }
}

TEST("a selection of one axis leaves the others alone, and makes losses unknown") {
  Model model(
      "a = input axis=one cols=2\nb = input axis=two cols=2\nya = linear a cols=3\nyb = linear b cols=3\n"
      "ga = input axis=one cols=3\ngb = input axis=two cols=3\nla = mse ya ga\nlb = mse yb gb\ntwice = linear la cols=2\n");
  Session session(model, TG_INFER);
  Batch batch(model);
  batch.lengths("one", {2, 1}).lengths("two", {1, 2}).feed("a", random_reals(6, 1)).feed("b", random_reals(6, 2));
  session.forward(batch.feed("ga", random_reals(9, 3)).feed("gb", random_reals(9, 4)));
  const Reals ya = session.output("ya"), yb = session.output("yb"), lb = session.output("lb");
  select(model, session, "one", {1, 1, 0});
  CHECK(session.output("ya") == take_packed(ya, {2, 1}, {1, 1, 0}, 3));
  CHECK(session.output("yb") == yb);
  CHECK(session.output("lb") == lb);
  CHECK(!known(model, session, model.find("la")));
  CHECK(!known(model, session, model.find("twice")));
}

TEST("row numbers that a gather reads are unknown once their rows have moved, and move with their own sequences") {
  Model model("x = input axis=a cols=2 per=sequence\nrows = ids axis=b\ny = gather x rows\nz = linear y cols=3\n");
  const Reals x = random_reals(6, 1);
  Batch batch(model);
  batch.lengths("a", {1, 1, 1}).lengths("b", {2, 1}).feed("x", x).feed_ids("rows", {2, 0, 1});
  {
    Session session(model, TG_INFER);
    session.forward(batch);
    const Reals y = session.output("y");
    select(model, session, "b", {1, 0, 1});
    CHECK(session.output("y") == take_packed(y, {2, 1}, {1, 0, 1}, 2));
    Batch again(model);  // the ids went along: other rows to choose from give what they name
    const Reals other = random_reals(6, 2);
    session.forward(again.feed("x", other));
    CHECK(session.output("y") == take_packed(take(other, {2, 0, 1}, 2), {2, 1}, {1, 0, 1}, 2));
  }
  Session session(model, TG_INFER);
  session.forward(batch);
  select(model, session, "a", {1});
  CHECK(session.output("x") == Reals(x.begin() + 2, x.begin() + 4));
  CHECK(!known(model, session, model.find("y")));
  CHECK(!known(model, session, model.find("z")));
  Batch fresh(model);  // without row numbers nothing is evaluated, with those that are there it is
  session.forward(fresh.feed("x", Reals{5, 6}));
  CHECK(!known(model, session, model.find("y")));
  session.forward(fresh.feed_ids("rows", {0, 0, 0}));
  CHECK(session.output("y") == Reals({5, 6, 5, 6, 5, 6}));
}

TEST("after a step its rows are gone, as the next step would discard them; after a forward call they are there") {
  Model model("x = input axis=t cols=2\ny = linear x cols=3\n");
  const Reals x = random_reals(4, 1);
  Session session(model, TG_INFER);
  Batch batch(model);
  batch.lengths("t", {1, 1}).feed("x", x);
  session.forward(batch);
  select(model, session, "t", {1, 0});
  CHECK(known(model, session, model.find("y")));
  session.step(batch);
  select(model, session, "t", {1, 0});
  CHECK(!known(model, session, model.find("y")));
  session.forward(batch);
  select(model, session, "t", {1});
  CHECK_EQUAL(session.output("x").size(), std::size_t{2});
}

TEST("a state that was put back is selected before anything runs") {
  Model model("x = ids axis=text\ne = embedding x rows=5 cols=3\nh = recurrent e cell=lstm size=4\n");
  Session from(model, TG_INFER), session(model, TG_INFER);
  Batch batch(model);
  from.step(batch.lengths("text", {1, 1}).feed_ids("x", {3, 1}));
  const Reals state = from.state(), h(state.begin(), state.begin() + 8), c(state.begin() + 8, state.end());
  ok(tg_session_set_state(session.get(), state.data(), static_cast<std::int64_t>(state.size()), 2));
  select(model, session, "text", {1, 1, 0});
  Reals expected = take(h, {1, 1, 0}, 4);
  const Reals memory = take(c, {1, 1, 0}, 4);
  expected.insert(expected.end(), memory.begin(), memory.end());
  CHECK(session.state() == expected);
}

TEST("what is no selection is refused with a text that says why, and the session is as it was") {
  Model model("x = input axis=t cols=2\nz = input axis=other cols=2\nh = recurrent x cell=gru size=3\n");
  Session session(model, TG_INFER), training(model, TG_TRAIN), fresh(model, TG_INFER);
  Batch batch(model);
  batch.lengths("t", {2, 1}).feed("x", random_reals(6, 1));
  session.forward(batch);
  const Reals h = session.output("h");
  const std::vector<char> state = saved(session);
  const auto refused = [&](Session& of, std::int32_t axis, const Ids& chosen, tg_status status, const char* why) {
    check::About about(why);
    CHECK_EQUAL(tg_session_select(of.get(), axis, chosen.data(), static_cast<std::int32_t>(chosen.size())), status);
    CHECK(std::strstr(tg_last_error(), why) != nullptr);
    CHECK(session.output("h") == h);
    CHECK(saved(session) == state);
  };
  refused(session, 0, {0, 2}, TG_INVALID_ARGUMENT, "axis 't': chosen[1] is 2; the axis has sequences 0 to 1");
  refused(session, 0, {-1}, TG_INVALID_ARGUMENT, "chosen[0] is -1");
  refused(session, 0, {}, TG_INVALID_ARGUMENT, "axis 't': 0 sequences were chosen; at least 1 is needed");
  refused(session, 2, {0}, TG_INVALID_ARGUMENT, "axis 2 does not exist; the model has 2");
  refused(session, -1, {0}, TG_INVALID_ARGUMENT, "axis -1 does not exist");
  refused(session, 1, {0}, TG_INVALID_STATE, "axis 'other' has no sequences to choose from");
  refused(fresh, 0, {0}, TG_INVALID_STATE, "axis 't' has no sequences to choose from");
  refused(training, 0, {0}, TG_INVALID_STATE, "a training session cannot select sequences");
  CHECK_EQUAL(tg_session_select(session.get(), 0, nullptr, 1), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_session_select(session.get(), 0, nullptr, -1), TG_INVALID_ARGUMENT);
  const std::int32_t one = 0;
  CHECK_EQUAL(tg_session_select(nullptr, 0, &one, 1), TG_INVALID_ARGUMENT);
  Batch three(model);
  session.forward(three.lengths("t", {1, 1, 1}));  // lengths alone: the state is still of two
  CHECK_EQUAL(tg_session_select(session.get(), 0, &one, 1), TG_INVALID_STATE);
  CHECK(std::strstr(tg_last_error(), "has 3 sequences, but the state that node 'h' carries is of 2") != nullptr);
  CHECK(saved(session) == state);
}

TEST("a selection beyond this machine's memory is refused before anything is allocated") {
  Model model("x = input axis=t cols=100\n");
  Session session(model, TG_INFER);
  Batch batch(model);
  session.forward(batch.lengths("t", {1000}).feed("x", Reals(100000, 1)));
  const Ids chosen(std::size_t{1} << 22, 0);  // 1.6 TB
  const std::int64_t bytes = tg_session_bytes(session.get());
  CHECK_EQUAL(tg_session_select(session.get(), 0, chosen.data(), static_cast<std::int32_t>(chosen.size())), TG_OUT_OF_MEMORY);
  CHECK(tg_session_bytes(session.get()) - bytes <= std::int64_t{4} << 22);  // its copy of the choice
  CHECK(session.output("x") == Reals(100000, 1));
  select(model, session, "t", {0});
}

TEST("views of values that were selected can still be read") {
  Model model("x = input axis=t cols=3\ny = linear x cols=3\n");
  Session session(model, TG_INFER);
  Batch batch(model);
  session.forward(batch.lengths("t", {2, 1}).feed("x", random_reals(9, 1)));
  std::vector<tg_tensor> views;
  double sum = 0;
  for (std::int32_t n = 1; n < 2000; n *= 2) {
    tg_tensor view;
    ok(tg_session_output(session.get(), model.find("y"), &view));
    views.push_back(view);
    select(model, session, "t", random_ids(static_cast<std::size_t>(3 * n), std::min(2, 3 * n), 1));
    for (const tg_tensor& each : views) {
      for (std::int64_t i = 0; i < each.dims[0] * each.dims[1]; ++i) sum += static_cast<double>(each.data[i]);
    }
  }
  CHECK(sum == sum);
}

TEST("a session that was cleared shows nothing of its past and does what a new one does, in the memory that it had") {
  Model model(translator("lstm", "inside"), 5), frozen(model, TG_FLOAT32);
  Session session(frozen, TG_INFER), fresh(frozen, TG_INFER);
  ok(tg_session_carry(session.get(), 1));
  ok(tg_session_carry(fresh.get(), 1));
  const std::vector<Ids> sources = some_sources({4, 1, 6}, 30);
  encode(frozen, session, sources);
  next_scores(frozen, session, {1, 2, 3});
  select(frozen, session, "source", {2, 1, 0});
  select(frozen, session, "target", {2, 1, 0});
  next_scores(frozen, session, {4, 5, 6});
  const std::int64_t bytes = tg_session_bytes(session.get());
  ok(tg_session_clear(session.get()));
  CHECK_EQUAL(tg_session_bytes(session.get()), bytes);
  CHECK(saved(session) == saved(fresh));
  for (int v = 0; v < frozen.values(); ++v) CHECK(!known(frozen, session, v));
  const Ids word = {1, 2, 3};
  const tg_feed feed = {frozen.find("words"), word.data(), 3};
  const tg_batch words_alone = {nullptr, 0, &feed, 1};
  for (Session* each : {&session, &fresh}) {  // no lengths, no source
    CHECK_EQUAL(tg_session_forward(each->get(), &words_alone, nullptr), TG_INVALID_ARGUMENT);
    CHECK(std::strstr(tg_last_error(), "the lengths of axis 'target' were never given") != nullptr);
    tg_real y[21];
    CHECK_EQUAL(tg_session_step(each->get(), &feed, 1, frozen.find("y"), y, 21), TG_INVALID_STATE);
  }
  for (int round = 0; round < 2; ++round) {  // the carried state, and that it is carried, are a new session's too
    for (Session* each : {&session, &fresh}) {
      encode(frozen, *each, sources);
      Batch batch(frozen);
      each->forward(batch.lengths("target", {2, 1, 1}).feed_ids("words", {1, 2, 3, 4}).feed_ids("next", {4, 3, 2, 1}));
    }
    CHECK_EQUAL(check_same_values(frozen, session, fresh), 17);
    CHECK(saved(session) == saved(fresh));
  }
}

TEST("a training session that was cleared has no gradients and nothing to go back through, and its random numbers go on") {
  Model model("x = input axis=t cols=2 gradient=true\nd = dropout x p=0.5\ny = linear d cols=3\ng = input axis=t cols=3\nloss = mse y g\n");
  Session session(model);
  Batch batch(model);
  session.forward(batch.lengths("t", {2}).feed("x", random_reals(4, 1)).feed("g", random_reals(6, 2)));
  session.backward();
  const std::uint64_t random = tg_session_random(session.get());
  ok(tg_session_clear(session.get()));
  CHECK_EQUAL(tg_session_random(session.get()), random);
  for (const tg_real g : session.parameter_gradient("y.weight")) CHECK_EQUAL(g, 0);
  tg_tensor gradient;
  CHECK_EQUAL(tg_session_output_gradient(session.get(), model.find("x"), &gradient), TG_INVALID_STATE);
  CHECK_EQUAL(tg_session_backward(session.get(), nullptr, 0), TG_INVALID_STATE);
  CHECK_EQUAL(tg_session_clear(nullptr), TG_INVALID_ARGUMENT);
  session.forward(batch);
  session.backward();
  CHECK(session.gradient("x") != Reals(4, 0));
}
