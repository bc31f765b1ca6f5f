// Calls that are wrong: each fails with a status and a text that names what is wrong, and leaves the session as it was.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "check.h"
#include "network.h"

namespace {

const char* const kSpec =
    "words = ids axis=text\n"
    "next = ids axis=text\n"
    "e = embedding words rows=5 cols=3\n"
    "d = dropout e p=0.5\n"
    "h = recurrent d cell=lstm size=4\n"
    "y = linear h cols=5\n"
    "loss = cross_entropy y next\n";

// A model, a session in the middle of its life, and a good batch.
struct Scene {
  Scene() : model(kSpec), session(model), batch(model), optimizer(model, "adam") {
    ok(tg_session_carry(session.get(), 1));
    batch.lengths("text", {3, 2}).feed_ids("words", {0, 1, 2, 3, 4}).feed_ids("next", {1, 2, 3, 4, 0});
    session.forward(batch);
    session.backward();
  }
  Model model;
  Session session;
  Batch batch;
  Optimizer optimizer;
};

// What a failed call must leave alone.
struct Snapshot {
  explicit Snapshot(const Scene& scene)
      : parameters(scene.model.all_parameters()),
        state(scene.session.state()),
        gradient(scene.session.parameter_gradient("h.weight_hh_l0")),
        random(tg_session_random(scene.session.get())),
        step(tg_optimizer_step(scene.optimizer.get())) {}
  Reals parameters, state, gradient;
  std::uint64_t random;
  std::int64_t step;
};

// Runs the call on a fresh scene; its status and text must be as said, everything as before, and the session good for more work.
template <class Call>
void refused(const char* what, tg_status status, const std::vector<std::string>& names, const Call& call) {
  check::About about(what);
  Scene scene;
  const Snapshot before(scene);
  CHECK_EQUAL(call(scene), status);
  const std::string text = tg_last_error();
  CHECK(!text.empty());
  for (const std::string& name : names) {
    if (text.find(name) == std::string::npos) check::fail(__FILE__, __LINE__, "'" + name + "' is missing in: " + text);
  }
  const Snapshot after(scene);
  CHECK(after.parameters == before.parameters);
  CHECK(after.state == before.state);
  CHECK(after.gradient == before.gradient);
  CHECK_EQUAL(after.random, before.random);
  CHECK_EQUAL(after.step, before.step);

  Scene untouched;
  const tg_step step = {0.1, 1, 0, TG_NORM_L2};
  tg_metrics a, b;
  ok(tg_session_train(scene.session.get(), scene.batch.get(), scene.optimizer.get(), &step, &a));
  ok(tg_session_train(untouched.session.get(), untouched.batch.get(), untouched.optimizer.get(), &step, &b));
  CHECK_EQUAL(a.loss, b.loss);
  CHECK_EQUAL(a.gradient_norm, b.gradient_norm);
}

tg_status forward(Scene& scene, Batch& batch) { return tg_session_forward(scene.session.get(), batch.get(), nullptr); }

}  // namespace

TEST("null arguments are refused, not followed") {
  Scene s;
  tg_model* model = nullptr;
  tg_session* session = nullptr;
  tg_optimizer* optimizer = nullptr;
  tg_tensor tensor;
  tg_value value;
  std::int32_t index;
  std::int64_t count;
  tg_real real = 0;
  const tg_step step = {0.1, 0, 0, TG_NORM_L2};
  tg_session* const live = s.session.get();
  tg_model* const graph = s.model.get();
  const std::vector<std::pair<const char*, tg_status>> calls = {
      {"isa", tg_isa(nullptr)},
      {"model_create spec", tg_model_create(nullptr, 3, 1, &model)},
      {"model_create model", tg_model_create(kSpec, std::strlen(kSpec), 1, nullptr)},
      {"model_parameter model", tg_model_parameter(nullptr, 0, &tensor)},
      {"model_parameter tensor", tg_model_parameter(graph, 0, nullptr)},
      {"model_value model", tg_model_value(nullptr, 0, &value)},
      {"model_value value", tg_model_value(graph, 0, nullptr)},
      {"model_find model", tg_model_find(nullptr, "h", &index)},
      {"model_find name", tg_model_find(graph, nullptr, &index)},
      {"model_find index", tg_model_find(graph, "h", nullptr)},
      {"session_create model", tg_session_create(nullptr, TG_TRAIN, 1, &session)},
      {"session_create session", tg_session_create(graph, TG_TRAIN, 1, nullptr)},
      {"session_threads", tg_session_threads(nullptr, 1)},
      {"session_forward session", tg_session_forward(nullptr, s.batch.get(), nullptr)},
      {"session_forward batch", tg_session_forward(live, nullptr, nullptr)},
      {"session_backward session", tg_session_backward(nullptr, nullptr, 0)},
      {"session_backward seeds", tg_session_backward(live, nullptr, 1)},
      {"session_update session", tg_session_update(nullptr, s.optimizer.get(), &step, nullptr)},
      {"session_update optimizer", tg_session_update(live, nullptr, &step, nullptr)},
      {"session_update step", tg_session_update(live, s.optimizer.get(), nullptr, nullptr)},
      {"session_train session", tg_session_train(nullptr, s.batch.get(), s.optimizer.get(), &step, nullptr)},
      {"session_train batch", tg_session_train(live, nullptr, s.optimizer.get(), &step, nullptr)},
      {"session_train optimizer", tg_session_train(live, s.batch.get(), nullptr, &step, nullptr)},
      {"session_train step", tg_session_train(live, s.batch.get(), s.optimizer.get(), nullptr, nullptr)},
      {"session_zero_gradients", tg_session_zero_gradients(nullptr)},
      {"session_output session", tg_session_output(nullptr, 0, &tensor)},
      {"session_output tensor", tg_session_output(live, 0, nullptr)},
      {"session_output_gradient", tg_session_output_gradient(live, 0, nullptr)},
      {"session_parameter_gradient", tg_session_parameter_gradient(live, 0, nullptr)},
      {"session_carry", tg_session_carry(nullptr, 1)},
      {"session_reset", tg_session_reset(nullptr)},
      {"session_clear", tg_session_clear(nullptr)},
      {"session_select session", tg_session_select(nullptr, 0, &index, 1)},
      {"session_state_count", tg_session_state_count(live, nullptr)},
      {"session_get_state", tg_session_get_state(live, nullptr, 16)},
      {"session_set_state", tg_session_set_state(live, nullptr, 16, 2)},
      {"session_get_state session", tg_session_get_state(nullptr, &real, 1)},
      {"session_state_count session", tg_session_state_count(nullptr, &count)},
      {"session_set_random", tg_session_set_random(nullptr, 1)},
      {"optimizer_create model", tg_optimizer_create(nullptr, "sgd", &optimizer)},
      {"optimizer_create text", tg_optimizer_create(graph, nullptr, &optimizer)},
      {"optimizer_create optimizer", tg_optimizer_create(graph, "sgd", nullptr)},
      {"optimizer_slot", tg_optimizer_slot(s.optimizer.get(), 0, 0, nullptr)},
      {"optimizer_set_step", tg_optimizer_set_step(nullptr, 1)},
  };
  for (const auto& [name, status] : calls) {
    check::About about(name);
    CHECK_EQUAL(status, TG_INVALID_ARGUMENT);
  }
  CHECK(model == nullptr && session == nullptr && optimizer == nullptr);
}

TEST("numbers of values, parameters and slots out of range are refused") {
  Scene s;
  tg_tensor tensor;
  tg_value value;
  for (const std::int32_t bad : {-1, 1000, INT32_MAX, INT32_MIN}) {
    check::About about(std::to_string(bad));
    CHECK_EQUAL(tg_model_parameter(s.model.get(), bad, &tensor), TG_INVALID_ARGUMENT);
    CHECK(std::string(tg_last_error()).find(std::to_string(bad)) != std::string::npos);
    CHECK_EQUAL(tg_model_value(s.model.get(), bad, &value), TG_INVALID_ARGUMENT);
    CHECK_EQUAL(tg_session_output(s.session.get(), bad, &tensor), TG_INVALID_ARGUMENT);
    CHECK_EQUAL(tg_session_output_gradient(s.session.get(), bad, &tensor), TG_INVALID_ARGUMENT);
    CHECK_EQUAL(tg_session_parameter_gradient(s.session.get(), bad, &tensor), TG_INVALID_ARGUMENT);
    CHECK_EQUAL(tg_optimizer_slot(s.optimizer.get(), bad, 0, &tensor), TG_INVALID_ARGUMENT);
    CHECK_EQUAL(tg_optimizer_slot(s.optimizer.get(), 0, bad, &tensor), TG_INVALID_ARGUMENT);
    CHECK_EQUAL(std::string(tg_model_axis(s.model.get(), bad)), std::string());
  }
  CHECK_EQUAL(tg_session_threads(s.session.get(), 0), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_session_threads(s.session.get(), -3), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_optimizer_set_step(s.optimizer.get(), -1), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_optimizer_set_step(s.optimizer.get(), INT64_MAX), TG_INVALID_ARGUMENT);
}

TEST("a name that the model lacks is named in the error") {
  Scene s;
  std::int32_t index = 77;
  CHECK_EQUAL(tg_model_find(s.model.get(), "h.c_m", &index), TG_INVALID_ARGUMENT);
  CHECK(std::string(tg_last_error()).find("h.c_m") != std::string::npos);
}

TEST("wrong batches are refused by name and change nothing") {
  refused("an id too large", TG_INVALID_ARGUMENT, {"words", "5", "0 to 4"}, [](Scene& s) {
    Batch bad(s.model);
    bad.lengths("text", {3, 2}).feed_ids("words", {0, 1, 5, 3, 4}).feed_ids("next", {1, 2, 3, 4, 0});
    return forward(s, bad);
  });
  refused("a negative id", TG_INVALID_ARGUMENT, {"words", "-1"}, [](Scene& s) {
    Batch bad(s.model);
    bad.lengths("text", {3, 2}).feed_ids("words", {0, 1, 2, 3, -1}).feed_ids("next", {1, 2, 3, 4, 0});
    return forward(s, bad);
  });
  refused("a target that is neither a class nor ignored", TG_INVALID_ARGUMENT, {"next", "-99"}, [](Scene& s) {
    Batch bad(s.model);
    bad.lengths("text", {3, 2}).feed_ids("words", {0, 1, 2, 3, 4}).feed_ids("next", {1, 2, -99, 4, 0});
    return forward(s, bad);
  });
  refused("too few ids", TG_INVALID_ARGUMENT, {"words", "4", "5"}, [](Scene& s) {
    Batch bad(s.model);
    bad.lengths("text", {3, 2}).feed_ids("words", {0, 1, 2, 3}).feed_ids("next", {1, 2, 3, 4, 0});
    return forward(s, bad);
  });
  refused("too many ids", TG_INVALID_ARGUMENT, {"words", "6", "5"}, [](Scene& s) {
    Batch bad(s.model);
    bad.lengths("text", {3, 2}).feed_ids("words", {0, 1, 2, 3, 4, 0}).feed_ids("next", {1, 2, 3, 4, 0});
    return forward(s, bad);
  });
  refused("a length of zero", TG_INVALID_ARGUMENT, {"text", "0"}, [](Scene& s) {
    Batch bad(s.model);
    bad.lengths("text", {3, 0}).feed_ids("words", {0, 1, 2}).feed_ids("next", {1, 2, 3});
    return forward(s, bad);
  });
  refused("lengths of no sequence", TG_INVALID_ARGUMENT, {"text"}, [](Scene& s) {
    const tg_axis_lengths none = {0, 0, nullptr};
    const tg_batch batch = {&none, 1, nullptr, 0};
    return tg_session_forward(s.session.get(), &batch, nullptr);
  });
  refused("lengths that are null", TG_INVALID_ARGUMENT, {"text"}, [](Scene& s) {
    const tg_axis_lengths none = {0, 2, nullptr};
    const tg_batch batch = {&none, 1, nullptr, 0};
    return tg_session_forward(s.session.get(), &batch, nullptr);
  });
  refused("an axis that is not there", TG_INVALID_ARGUMENT, {"axis", "1"}, [](Scene& s) {
    const std::int32_t one = 1;
    const tg_axis_lengths other = {1, 1, &one};
    const tg_batch batch = {&other, 1, nullptr, 0};
    return tg_session_forward(s.session.get(), &batch, nullptr);
  });
  refused("one axis given twice", TG_INVALID_ARGUMENT, {"text", "twice"}, [](Scene& s) {
    const std::int32_t lengths[] = {3, 2};
    const tg_axis_lengths both[] = {{0, 2, lengths}, {0, 2, lengths}};
    const tg_batch batch = {both, 2, nullptr, 0};
    return tg_session_forward(s.session.get(), &batch, nullptr);
  });
  refused("one input fed twice", TG_INVALID_ARGUMENT, {"words", "twice"}, [](Scene& s) {
    const std::int32_t lengths[] = {1}, ids[] = {1};
    const tg_axis_lengths axis = {0, 1, lengths};
    const tg_feed feeds[] = {{s.model.find("words"), ids, 1}, {s.model.find("words"), ids, 1}};
    const tg_batch batch = {&axis, 1, feeds, 2};
    return tg_session_forward(s.session.get(), &batch, nullptr);
  });
  refused("data for a value that is no input", TG_INVALID_ARGUMENT, {"'h'", "input"}, [](Scene& s) {
    Batch bad(s.model);
    bad.lengths("text", {3, 2}).feed("h", Reals(20, 0));
    return forward(s, bad);
  });
  refused("data that is null", TG_INVALID_ARGUMENT, {"words"}, [](Scene& s) {
    const tg_feed feed = {s.model.find("words"), nullptr, 5};
    const tg_batch batch = {nullptr, 0, &feed, 1};
    return tg_session_forward(s.session.get(), &batch, nullptr);
  });
  refused("negative counts", TG_INVALID_ARGUMENT, {"-1"}, [](Scene& s) {
    const tg_batch batch = {nullptr, -1, nullptr, 0};
    return tg_session_forward(s.session.get(), &batch, nullptr);
  });
  refused("null lists with a count", TG_INVALID_ARGUMENT, {}, [](Scene& s) {
    const tg_batch batch = {nullptr, 1, nullptr, 0};
    return tg_session_forward(s.session.get(), &batch, nullptr);
  });
  refused("a wrong batch in a training step", TG_INVALID_ARGUMENT, {"words", "9"}, [](Scene& s) {
    Batch bad(s.model);
    bad.lengths("text", {3, 2}).feed_ids("words", {0, 1, 9, 3, 4}).feed_ids("next", {1, 2, 3, 4, 0});
    const tg_step step = {0.1, 0, 0, TG_NORM_L2};
    return tg_session_train(s.session.get(), bad.get(), s.optimizer.get(), &step, nullptr);
  });
}

TEST("lengths are compared with what is fed before memory is taken for them") {
  const auto claim = [](Scene& s, std::int32_t sequences, const std::int32_t* lengths, std::int64_t count) {
    const std::int32_t ids[] = {0, 1, 2, 3, 4};
    const tg_axis_lengths axis = {0, sequences, lengths};
    const tg_feed feeds[] = {{s.model.find("words"), ids, count}, {s.model.find("next"), ids, count}};
    const tg_batch batch = {&axis, 1, feeds, 2};
    const std::int64_t before = tg_session_bytes(s.session.get());
    const tg_status status = tg_session_forward(s.session.get(), &batch, nullptr);
    CHECK(tg_session_bytes(s.session.get()) <= before);
    return status;
  };
  const std::int32_t longest[] = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, 5};
  refused("one longest sequence", TG_INVALID_ARGUMENT, {"words", "5 elements", "2147483647 rows"},
          [&](Scene& s) { return claim(s, 1, longest, 5); });
  refused("several longest sequences", TG_INVALID_ARGUMENT, {"words", "5 elements", "8589934593 rows"},
          [&](Scene& s) { return claim(s, 5, longest, 5); });
  // There are no more than five lengths to read; the feed says that there cannot be.
  refused("more sequences than rows", TG_INVALID_ARGUMENT, {"words", "5 elements", "2147483647"},
          [&](Scene& s) { return claim(s, INT32_MAX, longest, 5); });
  Model each("c = input axis=text per=sequence cols=3\ny = linear c cols=1\n");
  Session session(each, TG_INFER);
  const tg_real reals[4] = {};
  const tg_axis_lengths axis = {0, 2, longest};
  const tg_feed feed = {0, reals, 4};
  const tg_batch batch = {&axis, 1, &feed, 1};
  CHECK_EQUAL(tg_session_forward(session.get(), &batch, nullptr), TG_INVALID_ARGUMENT);
  CHECK(std::string(tg_last_error()).find("'c' has 4 elements, expected 6 (2 rows x 3 columns)") != std::string::npos);
  std::int64_t offset[3] = {7, 7, 7};
  CHECK_EQUAL(tg_pack_rows(longest, 5, nullptr, offset, 3), TG_INVALID_ARGUMENT);
  CHECK(std::string(tg_last_error()).find("room for 3") != std::string::npos);
  CHECK_EQUAL(offset[0], 7);
}

TEST("a declared model has shapes and no memory, and cannot run before it has") {
  tg_model* model = nullptr;
  const std::string spec = "x = input axis=a cols=3\nbig = linear x cols=1000000000\n";
  const auto declare = [&](const std::string& text, std::int64_t most) { return tg_model_declare(text.c_str(), text.size(), most, &model); };
  CHECK_EQUAL(declare(spec, 1), TG_INVALID_SPEC);
  CHECK(std::string(tg_last_error()).find("'big' (linear): its parameter 'bias'") != std::string::npos);
  CHECK(model == nullptr);
  CHECK_EQUAL(declare(spec, -1), TG_INVALID_ARGUMENT);
  ok(declare(spec, 2));
  tg_tensor tensor;
  ok(tg_model_parameter(model, 0, &tensor));
  CHECK_EQUAL(tensor.dims[0], 1000000000);
  CHECK_EQUAL(tensor.dims[1], 3);
  CHECK(tensor.data == nullptr);
  CHECK_EQUAL(tg_model_bytes(model), 0);
  tg_model_destroy(model);

  const std::string small = "x = input axis=a cols=3\ny = linear x cols=5\n";
  ok(declare(small, 2));
  tg_session* session = nullptr;
  tg_optimizer* optimizer = nullptr;
  tg_model* frozen = nullptr;
  CHECK_EQUAL(tg_session_create(model, TG_INFER, 1, &session), TG_INVALID_STATE);
  CHECK_EQUAL(tg_optimizer_create(model, "sgd", &optimizer), TG_INVALID_STATE);
  CHECK_EQUAL(tg_model_freeze(model, TG_FLOAT32, &frozen), TG_INVALID_STATE);
  CHECK_EQUAL(tg_model_fingerprint(model), std::uint64_t{0});
  ok(tg_model_allocate(model));
  CHECK_EQUAL(tg_model_allocate(model), TG_INVALID_STATE);
  Model drawn(small);
  for (int i = 0; i < 2; ++i) {
    ok(tg_model_parameter(model, i, &tensor));
    const tg_tensor from = drawn.parameter(i);
    std::copy_n(from.data, from.dims[0] * from.dims[1], tensor.data);
  }
  CHECK_EQUAL(tg_model_fingerprint(model), tg_model_fingerprint(drawn.get()));
  tg_model_destroy(model);
}

TEST("a spec that is small and asks for much is refused") {
  tg_model* model = nullptr;
  const auto create = [&](const std::string& text) {
    const tg_status status = tg_model_declare(text.c_str(), text.size(), 5000, &model);
    tg_model_destroy(model);
    return status;
  };
  std::string layers = "x0 = input axis=a cols=1\n", keys = "x = input axis=a cols=1", parts = "s = split x sizes=1", sum = "y = add";
  for (int i = 1; i < 4000; ++i) layers += "x" + std::to_string(i) + " = recurrent x" + std::to_string(i - 1) + " cell=lstm size=1 layers=64 bidirectional=true\n";
  for (int i = 0; i < 100000; ++i) keys += " k" + std::to_string(i) + "=1";
  for (int i = 1; i < 100000; ++i) parts += ",1";
  std::string nodes = "x = input axis=a cols=1\n";
  for (int i = 0; i < 4000; ++i) nodes += "n" + std::to_string(i) + " = neg x\n";
  for (int i = 0; i < 150000; ++i) sum += " n3999";
  CHECK_EQUAL(create(layers), TG_INVALID_SPEC);
  CHECK_EQUAL(create(keys + "\n"), TG_INVALID_SPEC);
  CHECK_EQUAL(create("x = input axis=a cols=100000\n" + parts + "\n"), TG_INVALID_SPEC);
  CHECK_EQUAL(create(nodes + sum + "\n"), TG_INVALID_SPEC);
}

TEST("every node that reads ids refuses those out of its range, and names the step and the sequence") {
  const std::vector<std::pair<std::string, std::int32_t>> readers = {
      {"y = embedding i rows=4 cols=2\n", 4}, {"o = one_hot i rows=4\ny = linear o cols=2\n", 4},
      {"o = one_hot i rows=4\ny = recurrent o cell=rnn size=2\n", 4}, {"y = gather x i\n", 5}, {"y = cross_entropy x i\n", 3},
      {"y = crf x i\n", 3}, {"y = ctc x i\n", 3}};
  for (const auto& [line, limit] : readers) {
    Model model("x = input axis=t cols=3\ni = ids axis=t\n" + line);
    Session session(model);
    for (const std::int32_t bad : {limit, -1, INT32_MAX, INT32_MIN}) {
      check::About about(line + std::to_string(bad));
      Batch batch(model);
      batch.lengths("t", {2, 3}).feed("x", Reals(15, 0)).feed_ids("i", {0, 0, 0, bad, 0});  // row 3: step 1 of sequence 0
      CHECK_EQUAL(tg_session_forward(session.get(), batch.get(), nullptr), TG_INVALID_ARGUMENT);
      const std::string text = tg_last_error();
      CHECK(text.find("'i'") != std::string::npos);
      CHECK(text.find(std::to_string(bad)) != std::string::npos);
      CHECK(text.find("step 1 of sequence 0") != std::string::npos);
    }
    Batch good(model);
    good.lengths("t", {2, 3}).feed("x", Reals(15, 0)).feed_ids("i", {0, 1, 2, limit - 1, 0});
    session.forward(good);
  }
}

TEST("wrong gradients from outside are refused by name") {
  const auto seeded = [](Scene& s, const char* name, std::size_t count) {
    const Reals data(count, 1);
    const tg_seed seed = {s.model.find(name), data.data(), static_cast<std::int64_t>(count)};
    return tg_session_backward(s.session.get(), &seed, 1);
  };
  refused("too few numbers", TG_INVALID_ARGUMENT, {"'h'", "19", "20"}, [&](Scene& s) { return seeded(s, "h", 19); });
  refused("for ids", TG_INVALID_ARGUMENT, {"words"}, [&](Scene& s) { return seeded(s, "words", 5); });
  refused("null data", TG_INVALID_ARGUMENT, {"'h'"}, [&](Scene& s) {
    const tg_seed seed = {s.model.find("h"), nullptr, 20};
    return tg_session_backward(s.session.get(), &seed, 1);
  });
  refused("for no value", TG_INVALID_ARGUMENT, {"99"}, [&](Scene& s) {
    const tg_seed seed = {99, nullptr, 20};
    return tg_session_backward(s.session.get(), &seed, 1);
  });
}

TEST("calls that come too early say so") {
  Model model(kSpec);
  Session fresh(model), server(model, TG_INFER);
  tg_tensor tensor;
  CHECK_EQUAL(tg_session_backward(fresh.get(), nullptr, 0), TG_INVALID_STATE);
  CHECK(std::string(tg_last_error()).find("forward") != std::string::npos);
  CHECK_EQUAL(tg_session_output(fresh.get(), model.find("y"), &tensor), TG_INVALID_STATE);
  CHECK(std::string(tg_last_error()).find("'y'") != std::string::npos);
  CHECK_EQUAL(tg_session_output_gradient(fresh.get(), model.find("y"), &tensor), TG_INVALID_STATE);
  Optimizer optimizer(model, "sgd");
  const tg_step step = {0.1, 0, 0, TG_NORM_L2};
  CHECK_EQUAL(tg_session_update(server.get(), optimizer.get(), &step, nullptr), TG_INVALID_STATE);
  Batch batch(model);
  batch.lengths("text", {1}).feed_ids("words", {0}).feed_ids("next", {1});
  CHECK_EQUAL(tg_session_train(server.get(), batch.get(), optimizer.get(), &step, nullptr), TG_INVALID_STATE);
  CHECK(std::string(tg_last_error()).find("TG_TRAIN") != std::string::npos);
}

TEST("wrong steps are refused") {
  for (const tg_step bad : {tg_step{-0.1, 0, 0, TG_NORM_L2}, tg_step{NAN, 0, 0, TG_NORM_L2}, tg_step{INFINITY, 0, 0, TG_NORM_L2},
                            tg_step{0.1, -1, 0, TG_NORM_L2}, tg_step{0.1, 0, -1, TG_NORM_L2}, tg_step{0.1, NAN, 0, TG_NORM_L2},
                            tg_step{0.1, 1, 0, static_cast<tg_norm>(3)}}) {
    refused("a step out of range", TG_INVALID_ARGUMENT, {}, [&](Scene& s) {
      return tg_session_train(s.session.get(), s.batch.get(), s.optimizer.get(), &bad, nullptr);
    });
  }
}

TEST("an optimizer of another model is refused") {
  refused("another model's optimizer", TG_INVALID_ARGUMENT, {"model"}, [](Scene& s) {
    Model other("x = input axis=t cols=3\ny = linear x cols=2\n");
    Optimizer foreign(other, "adam");
    const tg_step step = {0.1, 0, 0, TG_NORM_L2};
    return tg_session_train(s.session.get(), s.batch.get(), foreign.get(), &step, nullptr);
  });
}

TEST("wrong states are refused") {
  refused("a size that does not fit", TG_INVALID_ARGUMENT, {"15", "16"}, [](Scene& s) {
    const Reals state(15, 0);
    return tg_session_set_state(s.session.get(), state.data(), 15, 2);
  });
  refused("no sequences", TG_INVALID_ARGUMENT, {"0"}, [](Scene& s) {
    const Reals state(16, 0);
    return tg_session_set_state(s.session.get(), state.data(), 0, 0);
  });
  refused("a reading of the wrong size", TG_INVALID_ARGUMENT, {"17", "16"}, [](Scene& s) {
    Reals state(17, 0);
    return tg_session_get_state(s.session.get(), state.data(), 17);
  });
}

TEST("a call that succeeds leaves the text of the last failure alone") {
  Scene s;
  tg_tensor tensor;
  CHECK_EQUAL(tg_model_parameter(s.model.get(), -5, &tensor), TG_INVALID_ARGUMENT);
  const std::string text = tg_last_error();
  ok(tg_model_parameter(s.model.get(), 0, &tensor));
  CHECK_EQUAL(std::string(tg_last_error()), text);
}
