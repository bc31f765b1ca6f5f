// What a training step does to parameters: what it must change, what it must leave alone, and by how much.
#include <algorithm>
#include <cmath>

#include "check.h"
#include "examples.h"
#include "isa/kernels.h"

namespace {

const char* const kSpec =
    "x = input axis=t cols=3\n"
    "a = linear x cols=4 trainable=false\n"
    "h = recurrent a cell=gru size=5\n"
    "y = linear h cols=2\n"
    "target = input axis=t cols=2\n"
    "loss = mse y target reduction=sum\n";

Batch& fill_batch(Batch& batch, const Ids& lengths, std::uint64_t seed) {
  std::size_t rows = 0;
  for (const auto n : lengths) rows += static_cast<std::size_t>(n);
  return batch.lengths("t", lengths).feed("x", random_reals(rows * 3, seed)).feed("target", random_reals(rows * 2, seed + 1));
}

double norm_of(const Model& model, const Session& session) {
  double sum = 0;
  for (int p = 0; p < model.parameters(); ++p) {
    if (!model.parameter(p).trainable) continue;
    for (const tg_real g : session.parameter_gradient(model.parameter(p).name)) sum += double{g} * g;
  }
  return std::sqrt(sum);
}

}  // namespace

TEST("every optimizer brings the loss of every cell down") {
  for (const std::string& cell : tidegate::kernels().cell_names()) {
    for (const std::string& kind : tidegate::kernels().optimizer_names()) {
      check::About about(cell + " with " + kind);
      Model model("x = ids axis=t\nnext = ids axis=t\ne = embedding x rows=6 cols=4\nh = recurrent e size=8 cell=" + cell +
                  (cell.find("projected") != std::string::npos ? " proj=6" : "") + "\ny = linear h cols=6\nloss = cross_entropy y next\n");
      Session session(model);
      Optimizer optimizer(model, kind);
      Batch batch(model);
      batch.lengths("t", {6, 4, 2}).feed_ids("x", random_ids(12, 6, 1)).feed_ids("next", random_ids(12, 6, 2));
      const double rate = kind == "sgd" ? 0.5 : kind == "adagrad" ? 0.2 : kind == "adadelta" ? 5 : 0.03;
      const tg_step step = {rate, 1, 0, TG_NORM_L2};
      tg_metrics first, last;
      ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, &first));
      for (int i = 0; i < 120; ++i) ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, &last));
      CHECK(last.loss < 0.7 * first.loss);
      CHECK_EQUAL(first.targets, 12);
    }
  }
}

TEST("trainable=false: no gradient, no change, and the gradient of what lies above still passes") {
  Model model(std::string("z = input axis=t cols=3 gradient=true\n") + "a = linear z cols=4 trainable=false\ny = linear a cols=2\n");
  Session session(model);
  Optimizer optimizer(model, "adamw weight_decay=0.5");
  Batch batch(model);
  batch.lengths("t", {3}).feed("z", random_reals(9, 1));
  const Reals frozen = model.get("a.weight"), free = model.get("y.weight");
  session.forward(batch);
  session.backward({{"y", random_reals(6, 2)}});
  tg_tensor gradient;
  ok(tg_session_parameter_gradient(session.get(), model.parameter_number("a.weight"), &gradient));
  CHECK(gradient.data == nullptr);
  CHECK_EQUAL(gradient.trainable, 0);
  CHECK_EQUAL(model.parameter(model.parameter_number("a.bias")).trainable, 0);
  const Reals dz = session.gradient("z");
  CHECK(std::any_of(dz.begin(), dz.end(), [](tg_real g) { return g != 0; }));
  const tg_step step = {0.1, 0, 0, TG_NORM_L2};
  ok(tg_session_update(session.get(), optimizer.get(), &step, nullptr));
  CHECK(model.get("a.weight") == frozen);
  CHECK(model.get("y.weight") != free);
}

TEST("plain sgd takes the gradient times the learning rate away, and clears it") {
  Model model(kSpec);
  Session session(model);
  Optimizer optimizer(model, "sgd");
  Batch batch(model);
  session.forward(fill_batch(batch, {3, 2}, 1));
  session.backward();
  const Reals before = model.get("h.weight_hh_l0"), gradient = session.parameter_gradient("h.weight_hh_l0");
  const double norm = norm_of(model, session);
  const tg_step step = {0.25, 0, 0, TG_NORM_L2};
  tg_metrics metrics;
  ok(tg_session_update(session.get(), optimizer.get(), &step, &metrics));
  CHECK_CLOSE(metrics.gradient_norm, norm, 1e-6);
  const Reals after = model.get("h.weight_hh_l0");
  for (std::size_t i = 0; i < before.size(); ++i) CHECK_CLOSE(after[i], before[i] - 0.25 * gradient[i], 1e-7);
  for (const tg_real g : session.parameter_gradient("h.weight_hh_l0")) CHECK_EQUAL(g, 0);
}

TEST("clipping by norm scales all gradients, then clipping by value cuts each; the norm reported is that before") {
  for (const auto& [clip_norm, clip_value] : std::vector<std::pair<double, double>>{{0.5, 0}, {0, 0.05}, {0.5, 0.02}, {1e6, 1e6}}) {
    check::About about("clip_norm " + std::to_string(clip_norm) + ", clip_value " + std::to_string(clip_value));
    Model model(kSpec);
    Session session(model);
    Optimizer optimizer(model, "sgd");
    Batch batch(model);
    session.forward(fill_batch(batch, {3, 2}, 1));
    session.backward();
    const double norm = norm_of(model, session);
    REQUIRE(norm > 0.5);
    const Reals before = model.get("y.weight"), gradient = session.parameter_gradient("y.weight");
    const tg_step step = {1, clip_norm, clip_value, TG_NORM_L2};
    tg_metrics metrics;
    ok(tg_session_update(session.get(), optimizer.get(), &step, &metrics));
    CHECK_CLOSE(metrics.gradient_norm, norm, 1e-6);
    const Reals after = model.get("y.weight");
    for (std::size_t i = 0; i < before.size(); ++i) {
      double g = gradient[i];
      if (clip_norm > 0) g *= std::min(1.0, clip_norm / (norm + 1e-6));
      if (clip_value > 0) g = std::max(-clip_value, std::min(clip_value, g));
      CHECK_CLOSE(after[i], before[i] - g, 1e-6);
    }
  }
}

TEST("train is forward, backward and update in one") {
  Model one(kSpec), other(kSpec);
  Session together(one), apart(other);
  Optimizer first(one, "adam"), second(other, "adam");
  const tg_step step = {0.01, 1, 0, TG_NORM_L2};
  for (std::uint64_t i = 0; i < 5; ++i) {
    Batch a(one), b(other);
    tg_metrics all, update;
    ok(tg_session_train(together.get(), fill_batch(a, {4, 1, 3}, i).get(), first.get(), &step, &all));
    const tg_metrics forward = apart.forward(fill_batch(b, {4, 1, 3}, i));
    apart.backward();
    ok(tg_session_update(apart.get(), second.get(), &step, &update));
    CHECK_EQUAL(all.loss, forward.loss);
    CHECK_EQUAL(all.targets, forward.targets);
    CHECK_EQUAL(all.gradient_norm, update.gradient_norm);
  }
  CHECK(one.all_parameters() == other.all_parameters());
}

TEST("gradients of the halves of a batch, added by hand, train as the whole batch does") {
  Model model(kSpec), copy(kSpec);
  Session whole(model), left(copy), right(copy);
  Optimizer a(model, "sgd momentum=0.9"), b(copy, "sgd momentum=0.9");
  Batch all(model), one(copy), two(copy);
  const Reals x = random_reals(4 * 2 * 3, 1), target = random_reals(4 * 2 * 2, 2);  // [T=4, N=2, C]
  all.lengths("t", {4, 4}).feed("x", x).feed("target", target);
  const auto sequence = [](const Reals& rows, std::size_t s, std::size_t cols) {
    Reals own;
    for (std::size_t t = 0; t < 4; ++t) own.insert(own.end(), rows.begin() + (t * 2 + s) * cols, rows.begin() + (t * 2 + s + 1) * cols);
    return own;
  };
  one.lengths("t", {4}).feed("x", sequence(x, 0, 3)).feed("target", sequence(target, 0, 2));
  two.lengths("t", {4}).feed("x", sequence(x, 1, 3)).feed("target", sequence(target, 1, 2));
  const tg_step step = {0.01, 0, 0, TG_NORM_L2};
  whole.forward(all);
  whole.backward();
  ok(tg_session_update(whole.get(), a.get(), &step, nullptr));
  left.forward(one);
  left.backward();
  right.forward(two);
  right.backward();
  for (int p = 0; p < copy.parameters(); ++p) {
    tg_tensor into, from;
    ok(tg_session_parameter_gradient(left.get(), p, &into));
    ok(tg_session_parameter_gradient(right.get(), p, &from));
    for (std::int64_t i = 0; into.data != nullptr && i < into.dims[0] * into.dims[1]; ++i) into.data[i] += from.data[i];
  }
  ok(tg_session_update(left.get(), b.get(), &step, nullptr));
  const Reals expected = model.all_parameters(), actual = copy.all_parameters();
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK_CLOSE(actual[i], expected[i], 1e-6);
}

TEST("a learning rate of 0 changes no parameter") {
  for (const std::string& kind : tidegate::kernels().optimizer_names()) {
    Model model(kSpec);
    Session session(model);
    Optimizer optimizer(model, kind);
    Batch batch(model);
    const Reals before = model.all_parameters();
    const tg_step step = {0, 1, 0, TG_NORM_L2};
    ok(tg_session_train(session.get(), fill_batch(batch, {3, 2}, 1).get(), optimizer.get(), &step, nullptr));
    check::About about(kind);
    CHECK(model.all_parameters() == before);
  }
}

TEST("slots and step count put into a new optimizer go on with the same bits") {
  for (const char* text : {"sgd momentum=0.9", "adam", "adamw weight_decay=0.1", "rmsprop", "adagrad", "adadelta"}) {
    check::About about(text);
    Model model(kSpec), copy(kSpec);
    Session session(model), resumed(copy);
    Optimizer optimizer(model, text), fresh(copy, text);
    const tg_step step = {0.01, 1, 0, TG_NORM_L2};
    Batch batch(model), same(copy);
    fill_batch(batch, {3, 2}, 1);
    fill_batch(same, {3, 2}, 1);
    for (int i = 0; i < 4; ++i) ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, nullptr));
    for (int p = 0; p < model.parameters(); ++p) copy.set(model.parameter(p).name, model.get(model.parameter(p).name));
    CHECK_EQUAL(tg_optimizer_slots(fresh.get()), tg_optimizer_slots(optimizer.get()));
    for (int s = 0; s < tg_optimizer_slots(optimizer.get()); ++s) {
      for (int p = 0; p < model.parameters(); ++p) {
        tg_tensor from, to;
        ok(tg_optimizer_slot(optimizer.get(), s, p, &from));
        ok(tg_optimizer_slot(fresh.get(), s, p, &to));
        CHECK_EQUAL(std::string(from.name), std::string(to.name));
        std::copy_n(from.data, from.dims[0] * from.dims[1], to.data);
      }
    }
    ok(tg_optimizer_set_step(fresh.get(), tg_optimizer_step(optimizer.get())));
    for (int i = 0; i < 4; ++i) {
      ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, nullptr));
      ok(tg_session_train(resumed.get(), same.get(), fresh.get(), &step, nullptr));
    }
    CHECK(copy.all_parameters() == model.all_parameters());
  }
}
