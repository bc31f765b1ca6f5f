// Numbers that are not finite: a training step that meets one changes nothing and says so.
#include <cmath>
#include <limits>

#include "check.h"
#include "network.h"

namespace {

const char* const kSpec =
    "x = input axis=t cols=2\n"
    "target = input axis=t cols=1\n"
    "h = recurrent x cell=lstm size=3\n"
    "y = linear h cols=1\n"
    "loss = mse y target\n";

constexpr tg_real kNaN = std::numeric_limits<tg_real>::quiet_NaN();
constexpr tg_real kInf = std::numeric_limits<tg_real>::infinity();

Reals slots(const Model& model, const Optimizer& optimizer) {
  Reals all;
  for (int s = 0; s < tg_optimizer_slots(optimizer.get()); ++s) {
    for (int p = 0; p < model.parameters(); ++p) {
      tg_tensor tensor;
      ok(tg_optimizer_slot(optimizer.get(), s, p, &tensor));
      all.insert(all.end(), tensor.data, tensor.data + tensor.dims[0] * tensor.dims[1]);
    }
  }
  return all;
}

}  // namespace

TEST("a loss that is not a number or infinite leaves parameters, slots and step count alone, and the next step works") {
  for (const tg_real bad : {kNaN, kInf, -kInf}) {
    for (const char* input : {"x", "target"}) {
      if (std::isinf(bad) && input[0] == 'x') continue;  // gates saturate: the loss stays finite
      check::About about(std::string(input) + " = " + std::to_string(bad));
      Model model(kSpec);
      Session session(model);
      Optimizer optimizer(model, "adam");
      const tg_step step = {0.01, 1, 0, TG_NORM_L2};
      Batch good(model), wrong(model);
      good.lengths("t", {2}).feed("x", {1, 2, 3, 4}).feed("target", {1, -1});
      wrong.lengths("t", {2}).feed("x", {1, 2, 3, 4}).feed("target", {1, -1});
      (input[0] == 'x' ? wrong.reals().at(model.find("x"))[3] : wrong.reals().at(model.find("target"))[1]) = bad;
      tg_metrics metrics;
      ok(tg_session_train(session.get(), good.get(), optimizer.get(), &step, &metrics));
      const Reals parameters = model.all_parameters(), before = slots(model, optimizer);
      ok(tg_session_train(session.get(), wrong.get(), optimizer.get(), &step, &metrics));
      CHECK(!std::isfinite(metrics.loss));
      CHECK(model.all_parameters() == parameters);
      CHECK(slots(model, optimizer) == before);
      CHECK_EQUAL(tg_optimizer_step(optimizer.get()), 1);
      ok(tg_session_train(session.get(), good.get(), optimizer.get(), &step, &metrics));
      CHECK(std::isfinite(metrics.loss) && std::isfinite(metrics.gradient_norm));
      CHECK(model.all_parameters() != parameters);
      for (const tg_real p : model.all_parameters()) CHECK(std::isfinite(p));
    }
  }
}

TEST("a loss that overflows changes nothing although its gradients are finite") {
  Model model("x = input axis=t cols=1\ny = linear x cols=1\ntarget = input axis=t cols=1\nloss = mse y target\n");
  Session session(model);
  Optimizer optimizer(model, "sgd");
  Batch batch(model);
  batch.lengths("t", {1}).feed("x", {1}).feed("target", {static_cast<tg_real>(1e30)});  // its square is no float
  const Reals parameters = model.all_parameters();
  const tg_step step = {0.1, 1, 0, TG_NORM_L2};
  tg_metrics metrics;
  ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, &metrics));
  CHECK(std::isinf(metrics.loss));
  CHECK(model.all_parameters() == parameters);
  CHECK_EQUAL(tg_optimizer_step(optimizer.get()), 0);
}

TEST("a gradient that is not finite leaves the parameters alone, and the norm says so") {
  for (const tg_real bad : {kNaN, kInf}) {
    Model model(kSpec);
    Session session(model);
    Optimizer optimizer(model, "sgd momentum=0.9");
    const tg_step step = {0.01, 1, 0, TG_NORM_L2};
    Batch batch(model);
    batch.lengths("t", {2}).feed("x", {1, 2, 3, 4}).feed("target", {1, -1});
    session.forward(batch);
    session.backward({{"y", {1, bad}}});
    const Reals parameters = model.all_parameters();
    tg_metrics metrics;
    ok(tg_session_update(session.get(), optimizer.get(), &step, &metrics));
    CHECK(!std::isfinite(metrics.gradient_norm));
    CHECK(model.all_parameters() == parameters);
    CHECK_EQUAL(tg_optimizer_step(optimizer.get()), 0);
    tg_metrics next;
    ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, &next));
    CHECK(std::isfinite(next.gradient_norm));
  }
}

TEST("a state that became infinite shows in the output and a reset heals it") {
  Model model("x = input axis=t cols=1\nh = recurrent x cell=rnn_relu size=2\n");
  Session session(model, TG_INFER);
  ok(tg_session_carry(session.get(), 1));
  Batch batch(model), good(model);
  batch.lengths("t", {1}).feed("x", {kNaN});
  good.lengths("t", {1}).feed("x", {1});
  session.forward(batch);
  bool seen = false;
  for (const tg_real h : session.output("h")) seen |= std::isnan(h);
  CHECK(seen);
  ok(tg_session_reset(session.get()));
  session.forward(good);
  for (const tg_real h : session.output("h")) CHECK(std::isfinite(h));
}

TEST("a training step whose loss is not finite leaves the carried state where it was") {
  Model model("x = input axis=t cols=1\ntarget = input axis=t cols=2\nh = recurrent x cell=gru size=2\nloss = mse h target\n");
  Session session(model);
  Optimizer optimizer(model, "sgd");
  const tg_step step = {0.01, 1, 0, TG_NORM_L2};
  ok(tg_session_carry(session.get(), 1));
  Batch good(model), bad(model);
  good.lengths("t", {2}).feed("x", {1, 2}).feed("target", {0, 0, 0, 0});
  bad.lengths("t", {2}).feed("x", {1, kNaN}).feed("target", {0, 0, 0, 0});
  tg_metrics metrics;
  ok(tg_session_train(session.get(), good.get(), optimizer.get(), &step, &metrics));
  Reals before(2), after(2);
  ok(tg_session_get_state(session.get(), before.data(), 2));
  ok(tg_session_train(session.get(), bad.get(), optimizer.get(), &step, &metrics));
  CHECK(!std::isfinite(metrics.loss));
  ok(tg_session_get_state(session.get(), after.data(), 2));
  CHECK(before == after);
}
