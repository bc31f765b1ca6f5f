// Frozen models: the answers of their source, immutable, shared by threads.
#include <cstring>
#include <thread>

#include "check.h"
#include "examples.h"

namespace {

struct Bound {
  tg_precision precision;
  double error;  // of the greatest magnitude of a value
};

// All values that the graph evaluates.
std::vector<Reals> answers(Model& model, Batch& batch) {
  Session session(model, TG_INFER);
  session.forward(batch);
  std::vector<Reals> all;
  for (int v = 0; v < model.values(); ++v) {
    if (model.value(v).kind == TG_REAL) all.push_back(session.output(model.value(v).name));
  }
  return all;
}

double greatest(const Reals& values) {
  double most = 0;
  for (const tg_real x : values) most = std::max(most, std::fabs(static_cast<double>(x)));
  return most;
}

const char* const kSpec =
    "words = ids axis=text\n"
    "next = ids axis=text\n"
    "e = embedding words rows=9 cols=6\n"
    "h = recurrent e cell=lstm size=24 layers=2\n"
    "y = linear h cols=9\n"
    "loss = cross_entropy y next\n";

}  // namespace

TEST("for every op's examples a frozen model answers as its source does, to the rounding of its precision") {
  for (const Example& example : all_examples()) {
    Model model(example.spec, 3);
    for (const Bound& bound : {Bound{TG_FLOAT32, 2e-6}, Bound{TG_BFLOAT16, 3e-2}, Bound{TG_INT8, 6e-2}}) {
      check::About about(example.op + " in precision " + std::to_string(bound.precision) + "\n" + example.spec);
      // Normalising few units multiplies the rounding of their weights.
      const double more = example.spec.find("layer_norm=true") == std::string::npos ? 1 : 6;
      Model frozen(model, bound.precision);
      CHECK_EQUAL(tg_model_frozen(frozen.get()), 1);
      for (const Ids& lengths : {Ids{3, 5, 1}, Ids{1}, Ids{7, 7, 2, 9, 1}}) {
        Batch batch(model);
        fill(model, example.spec, lengths, 11, &batch);
        const std::vector<Reals> expected = answers(model, batch), got = answers(frozen, batch);
        REQUIRE(got.size() == expected.size());
        for (std::size_t v = 0; v < got.size(); ++v) {
          REQUIRE(got[v].size() == expected[v].size());
          const double scale = std::max(greatest(expected[v]), 1.0);
          for (std::size_t i = 0; i < got[v].size(); ++i) CHECK_CLOSE(got[v][i], expected[v][i], more * bound.error * scale);
        }
      }
    }
  }
}

TEST("training its source, or destroying it, does not reach a frozen model") {
  auto* model = new Model(kSpec);
  Model frozen(*model, TG_FLOAT32);
  Batch batch(frozen);
  batch.lengths("text", {5, 3}).feed_ids("words", random_ids(8, 9, 1)).feed_ids("next", random_ids(8, 9, 2));
  const std::vector<Reals> before = answers(frozen, batch);
  const std::uint64_t fingerprint = tg_model_fingerprint(model->get());
  CHECK_EQUAL(tg_model_fingerprint(frozen.get()), fingerprint);
  {
    Session session(*model);
    Optimizer optimizer(*model, "sgd");
    const tg_step step = {0.5, 0, 0, TG_NORM_L2};
    ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, nullptr));
  }
  CHECK(answers(*model, batch) != before);
  CHECK(tg_model_fingerprint(model->get()) != fingerprint);
  CHECK(answers(frozen, batch) == before);
  delete model;
  CHECK(answers(frozen, batch) == before);
  CHECK_EQUAL(tg_model_fingerprint(frozen.get()), fingerprint);
}

TEST("a frozen model is not trained, optimized, looked into or frozen again") {
  Model model(kSpec), frozen(model, TG_FLOAT32);
  const auto refused = [](tg_status status, const char* why) {
    check::About about(why);
    CHECK_EQUAL(status, TG_INVALID_STATE);
    CHECK(std::strstr(tg_last_error(), why) != nullptr);
  };
  tg_session* session = nullptr;
  refused(tg_session_create(frozen.get(), TG_TRAIN, 1, &session), "a frozen model cannot be trained");
  CHECK(session == nullptr);
  tg_optimizer* optimizer = nullptr;
  refused(tg_optimizer_create(frozen.get(), "sgd", &optimizer), "nothing to optimize");
  tg_tensor parameter;
  refused(tg_model_parameter(frozen.get(), 0, &parameter), "does not show its parameters ('e.weight')");
  tg_model* again = nullptr;
  refused(tg_model_freeze(frozen.get(), TG_INT8, &again), "frozen already");
  CHECK(again == nullptr);
  CHECK_EQUAL(tg_model_freeze(model.get(), static_cast<tg_precision>(3), &again), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_model_freeze(nullptr, TG_INT8, &again), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_model_freeze(model.get(), TG_INT8, nullptr), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_model_frozen(model.get()), 0);
  CHECK_EQUAL(std::string(tg_model_spec(frozen.get())), std::string(tg_model_spec(model.get())));
  CHECK_EQUAL(tg_model_parameters(frozen.get()), model.parameters());
}

TEST("a layer that a precision cannot hold is refused by its name") {
  Model model("x = input axis=time cols=131072\nscore = linear x cols=1\n"), frozen(model, TG_BFLOAT16);
  tg_model* none = nullptr;
  CHECK_EQUAL(tg_model_freeze(model.get(), TG_INT8, &none), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(std::string(tg_last_error()).find("node 'score' (linear): a layer with 131072 inputs"), std::size_t{0});
  CHECK(none == nullptr);
}

TEST("a fingerprint is of the spec and of every parameter") {
  Model model(kSpec), same(kSpec), other(kSpec, 2), other_name(std::string(kSpec) + "z = activation y kind=tanh\n");
  const std::uint64_t fingerprint = tg_model_fingerprint(model.get());
  CHECK_EQUAL(tg_model_fingerprint(same.get()), fingerprint);
  CHECK(tg_model_fingerprint(other.get()) != fingerprint);
  CHECK(tg_model_fingerprint(other_name.get()) != fingerprint);
  for (int p = 0; p < model.parameters(); ++p) {
    const tg_tensor tensor = model.parameter(p);
    const std::int64_t count = tensor.dims[0] * tensor.dims[1];
    for (const std::int64_t i : {std::int64_t{0}, count / 2, count - 1}) {
      const tg_real before = tensor.data[i];
      tensor.data[i] += tg_real{0.25};
      CHECK(tg_model_fingerprint(model.get()) != fingerprint);
      tensor.data[i] = before;
    }
  }
  CHECK_EQUAL(tg_model_fingerprint(model.get()), fingerprint);
}

TEST("threads that share a frozen model all get its answers") {
  Model model(kSpec), frozen(model, TG_FLOAT32);
  constexpr int kThreads = 8;
  std::vector<Reals> expected, got(kThreads);
  const auto stream = [&](std::uint64_t seed) {
    Session session(frozen, TG_INFER);
    Reals all;
    for (const std::int32_t word : random_ids(300, 9, seed)) {
      const tg_feed feed = {0, &word, 1};
      tg_real y[9];
      ok(tg_session_step(session.get(), &feed, 1, 6, y, 9));
      all.insert(all.end(), y, y + 9);
    }
    return all;
  };
  REQUIRE(frozen.find("y") == 6);
  for (int i = 0; i < kThreads; ++i) expected.push_back(stream(static_cast<std::uint64_t>(i)));
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { got[i] = stream(static_cast<std::uint64_t>(i)); });
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kThreads; ++i) CHECK(got[i] == expected[i]);
}

TEST("a session that streams over a frozen model holds little, and a frozen model no weight twice") {
  Model model("words = ids axis=text\ne = embedding words rows=50 cols=32\nh = recurrent e cell=lstm size=64\ny = linear h cols=50\n");
  Model frozen(model, TG_FLOAT32);
  CHECK(tg_model_bytes(frozen.get()) <= tg_model_bytes(model.get()) * 5 / 4);
  Session session(frozen, TG_INFER);
  CHECK(tg_session_bytes(session.get()) < 4096);
  const std::int32_t word = 3;
  const tg_feed feed = {0, &word, 1};
  std::int64_t after_two = 0;
  for (int i = 0; i < 20; ++i) {
    ok(tg_session_step(session.get(), &feed, 1, 0, nullptr, 0));
    if (i == 1) after_two = tg_session_bytes(session.get());
  }
  CHECK_EQUAL(tg_session_bytes(session.get()), after_two);
  CHECK(after_two < 16 * 1024);
}

TEST("an embedding takes the bytes of its precision, and one that a layer is tied to is kept once") {
  const std::string read = "words = ids axis=text\ne = embedding words rows=1000 cols=64\n";
  const std::string tied = read + "h = activation e kind=tanh\ny = tied_linear h to=e bias=false\n";
  const std::string hot = "words = ids axis=text\no = one_hot words rows=1000\ny = linear o cols=64 bias=false\n";
  for (const std::string& spec : {read, tied, hot}) {
    check::About about(spec);
    Model model(spec);
    std::int64_t bytes[3];
    for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
      Model frozen(model, precision);
      bytes[precision] = tg_model_bytes(frozen.get());
    }
    // Panels are filled up, and so is every piece of memory: 1 % and some lines. A row's scale is 4 bytes of 68.
    CHECK_CLOSE(bytes[TG_FLOAT32], 256000, 11000);
    CHECK_CLOSE(bytes[TG_BFLOAT16], 128000, 6000);
    CHECK_CLOSE(bytes[TG_INT8], 68000, 6000);
  }
}

TEST("a row that is looked up is the same number wherever the weight is kept") {
  Model model("words = ids axis=text\ne = embedding words rows=40 cols=9\nd = embedding words rows=40 cols=9\n"
              "y = tied_linear e to=d\n");
  model.set("d.weight", model.get("e.weight"));
  const Reals weight = model.get("e.weight");
  for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
    Model frozen(model, precision);
    Session session(frozen, TG_INFER);
    Batch batch(frozen);
    const Ids ids = random_ids(12, 40, 5);
    batch.lengths("text", {12}).feed_ids("words", ids);
    session.forward(batch);
    const Reals alone = session.output("e"), tied = session.output("d");
    const double unit = precision == TG_FLOAT32 ? 0 : precision == TG_BFLOAT16 ? 1.0 / 32 : 5.0 / 127;  // for numbers below 5
    for (std::size_t row = 0; row < ids.size(); ++row) {
      for (std::size_t c = 0; c < 9; ++c) {
        const double expected = weight[static_cast<std::size_t>(ids[row]) * 9 + c];
        CHECK_CLOSE(alone[row * 9 + c], expected, unit / 2);
        CHECK_CLOSE(tied[row * 9 + c], expected, unit / 2);
        if (precision != TG_BFLOAT16) CHECK_EQUAL(alone[row * 9 + c], tied[row * 9 + c]);
      }
    }
  }
}
