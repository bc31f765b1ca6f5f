// A weight that an embedding shares with the layer that scores its ids.
#include <algorithm>

#include "check.h"
#include "network.h"

namespace {

const char* const kInputs = "words = ids axis=text\nnext = ids axis=text\n";

std::string tied(const std::string& embedding = "", const std::string& linear = "") {
  return kInputs + std::string("e = embedding words rows=5 cols=3") + embedding + "\nh = recurrent e cell=rnn size=3\n" +
         "y = tied_linear h to=e" + linear + "\nloss = cross_entropy y next\n";
}
const std::string kUntied = kInputs + std::string("e = embedding words rows=5 cols=3 padding=0\nh = recurrent e cell=rnn size=3\n"
                                                  "y = linear h cols=5\nloss = cross_entropy y next\n");

void fill(Batch& batch) { batch.lengths("text", {4, 2}).feed_ids("words", {1, 0, 2, 3, 4, 1}).feed_ids("next", {0, 2, 3, 4, 1, 1}); }

// A model with a batch for it.
struct Trained {
  explicit Trained(const std::string& spec) : model(spec, 4), session(model), batch(model) { fill(batch); }
  void run() {
    session.forward(batch);
    session.backward();
  }
  Model model;
  Session session;
  Batch batch;
};

}  // namespace

TEST("a tied weight stands in the model once, and its gradient is the sum of both uses") {
  Trained shared(tied(" padding=0"));
  CHECK_EQUAL(shared.model.parameters(), 6);  // e.weight, four of h, y.bias
  CHECK_EQUAL(std::string(shared.model.parameter(0).name), "e.weight");
  CHECK_EQUAL(std::string(shared.model.parameter(5).name), "y.bias");
  for (const tg_real b : shared.model.get("y.bias")) CHECK_EQUAL(b, 0);
  shared.model.set("e.weight", random_reals(15, 1));

  Trained apart(kUntied);
  for (int p = 0; p < shared.model.parameters(); ++p) {
    const std::string name = shared.model.parameter(p).name;
    apart.model.set(name, shared.model.get(name));
  }
  apart.model.set("y.weight", shared.model.get("e.weight"));
  shared.run();
  apart.run();
  CHECK(shared.session.output("y") == apart.session.output("y"));
  const Reals both = shared.session.parameter_gradient("e.weight"), read = apart.session.parameter_gradient("e.weight"),
              scored = apart.session.parameter_gradient("y.weight");
  for (std::size_t i = 0; i < both.size(); ++i) CHECK_CLOSE(both[i], read[i] + scored[i], 1e-6);
  // The padding row is not trained where it is read, but it is where it scores.
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK_EQUAL(read[c], 0);
    CHECK(std::abs(both[c]) > 0);
  }
}

TEST("a step changes a tied weight once") {
  Trained shared(tied());
  shared.run();
  const Reals before = shared.model.get("e.weight"), gradient = shared.session.parameter_gradient("e.weight");
  Optimizer optimizer(shared.model, "sgd");
  const tg_step step = {0.5, 0, 0, TG_NORM_L2};
  ok(tg_session_update(shared.session.get(), optimizer.get(), &step, nullptr));
  const Reals after = shared.model.get("e.weight");
  for (std::size_t i = 0; i < after.size(); ++i) CHECK_CLOSE(after[i], before[i] - tg_real{0.5} * gradient[i], 1e-6);
}

TEST("each node says for itself whether it trains what it shares") {
  Trained both(tied()), reader(tied("", " trainable=false")), neither(tied(" trainable=false"));
  for (Trained* one : {&both, &reader, &neither}) one->run();
  const Reals all = both.session.parameter_gradient("e.weight"), read = reader.session.parameter_gradient("e.weight");
  CHECK(all != read);
  CHECK(std::any_of(read.begin(), read.end(), [](tg_real g) { return g != 0; }));
  tg_tensor gradient;
  ok(tg_session_parameter_gradient(reader.session.get(), reader.model.parameter_number("y.bias"), &gradient));
  CHECK(gradient.data == nullptr);
  ok(tg_session_parameter_gradient(neither.session.get(), neither.model.parameter_number("e.weight"), &gradient));
  CHECK(gradient.data == nullptr);
  const Reals bias = neither.session.parameter_gradient("y.bias");
  CHECK(std::any_of(bias.begin(), bias.end(), [](tg_real g) { return g != 0; }));
}

TEST("a frozen model keeps a tied weight once, in its precision, for the reader and the scorer") {
  Model model(tied(), 6);
  model.set("e.weight", random_reals(15, 9));
  Batch batch(model);
  fill(batch);
  Session source(model, TG_INFER);
  source.forward(batch);
  for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
    Model frozen(model, precision);
    CHECK_EQUAL(tg_model_fingerprint(frozen.get()), tg_model_fingerprint(model.get()));
    Session session(frozen, TG_INFER);
    session.forward(batch);
    for (const char* value : {"e", "y"}) {
      const Reals got = session.output(value), expected = source.output(value);
      for (std::size_t i = 0; i < got.size(); ++i) CHECK_CLOSE(got[i], expected[i], precision == TG_FLOAT32 ? 1e-6 : 3e-2);
    }
    if (precision == TG_FLOAT32) CHECK(session.output("e") == source.output("e"));
  }
}
