// What is drawn or counted in training only: dropped recurrent weights, dropped words, and the loss of large and quick activations.
#include <algorithm>
#include <cmath>

#include "check.h"
#include "network.h"

namespace {

// A network of one unit without biases; weight_ih is 1, weight_hh 0.75.
struct OneUnit {
  explicit OneUnit(const std::string& attributes, tg_mode mode = TG_TRAIN)
      : model("x = input axis=t cols=1\nh = recurrent x cell=rnn size=1 bias=false" + attributes + "\n"),
        session(model, mode),
        batch(model) {
    model.set("h.weight_ih_l0", {1});
    model.set("h.weight_hh_l0", {tg_real{0.75}});
    batch.lengths("t", {6}).feed("x", random_reals(6, 2));
  }
  Reals run() {
    session.forward(batch);
    return session.output("h");
  }
  Reals by_hand(tg_real weight) {
    Reals h;
    for (const tg_real x : random_reals(6, 2)) h.push_back(std::tanh(x + (h.empty() ? 0 : weight * h.back())));
    return h;
  }
  Model model;
  Session session;
  Batch batch;
};

bool close(const Reals& a, const Reals& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - b[i]) > 1e-6) return false;
  }
  return a.size() == b.size();
}

}  // namespace

TEST("weight_drop drops a recurrent weight for a whole call or not at all, and only in training") {
  OneUnit unit(" weight_drop=0.25");
  int dropped = 0;
  for (int call = 0; call < 400; ++call) {
    const Reals h = unit.run();
    const bool none = close(h, unit.by_hand(0));
    CHECK(none || close(h, unit.by_hand(1)));  // 0.75 / (1 - 0.25)
    dropped += none;
  }
  CHECK(dropped > 60 && dropped < 140);
  OneUnit judged(" weight_drop=0.25", TG_INFER);
  CHECK(close(judged.run(), judged.by_hand(tg_real{0.75})));
}

TEST("a weight that was dropped has no gradient, and the others the gradient of what they were scaled to") {
  Model model("x = input axis=t cols=2\nh = recurrent x cell=lstm size=3 weight_drop=0.5\n", 2);
  Session session(model);
  Batch batch(model);
  batch.lengths("t", {4}).feed("x", random_reals(8, 1));
  session.forward(batch);
  session.backward({{"h", random_reals(12, 3)}});
  const Reals gradient = session.parameter_gradient("h.weight_hh_l0");
  const auto zeros = std::count(gradient.begin(), gradient.end(), tg_real{0});
  CHECK(zeros > 8 && zeros < 28);  // of 36
  for (const tg_real d : session.parameter_gradient("h.weight_ih_l0")) CHECK(d != 0);
}

TEST("embedding dropout drops an id wherever it stands in a call") {
  Model model("x = ids axis=t\ne = embedding x rows=40 cols=2 dropout=0.5\n", 3);
  const Reals weight = model.get("e.weight");
  Session session(model), judged(model, TG_INFER);
  Batch batch(model);
  const Ids ids = random_ids(300, 40, 5);
  batch.lengths("t", {300}).feed_ids("x", ids);
  Reals first;
  for (int call = 0; call < 2; ++call) {
    session.forward(batch);
    const Reals e = session.output("e");
    std::vector<int> kept(40, -1);  // unknown
    for (std::size_t row = 0; row < ids.size(); ++row) {
      const auto id = static_cast<std::size_t>(ids[row]);
      const bool is_kept = e[2 * row] != 0;
      CHECK(kept[id] == -1 || kept[id] == is_kept);
      kept[id] = is_kept;
      for (std::size_t c = 0; c < 2; ++c) CHECK_CLOSE(e[2 * row + c], is_kept ? 2 * weight[2 * id + c] : 0, 1e-6);
    }
    const int dropped = static_cast<int>(std::count(kept.begin(), kept.end(), 0));
    CHECK(dropped > 8 && dropped < 32);
    if (call == 0) first = e;
    if (call == 1) CHECK(e != first);
  }
  judged.forward(batch);
  const Reals e = judged.output("e");
  for (std::size_t row = 0; row < ids.size(); ++row) CHECK_EQUAL(e[2 * row], weight[2 * static_cast<std::size_t>(ids[row])]);
}

TEST("activation_regularization is the mean square of the activations and of their steps, counted in training only") {
  const std::string spec = "x = input axis=t cols=3 gradient=true\nslow = activation_regularization x alpha=0.5 beta=0.25\n"
                           "target = input axis=t cols=3\nloss = mse x target\n";
  const Ids lengths = {3, 1, 5};
  const Reals x = random_reals(27, 4);
  double squares = 0, steps = 0;
  for (std::int64_t s = 0; s < 3; ++s) {
    for (std::int64_t t = 0; t < lengths[static_cast<std::size_t>(s)]; ++t) {
      for (std::int64_t c = 0; c < 3; ++c) {
        const double now = x[static_cast<std::size_t>(packed_row(lengths, t, s) * 3 + c)];
        squares += now * now;
        if (t == 0) continue;
        const double before = x[static_cast<std::size_t>(packed_row(lengths, t - 1, s) * 3 + c)];
        steps += (now - before) * (now - before);
      }
    }
  }
  const double expected = 0.5 * squares / 27 + 0.25 * steps / 18;  // 6 of the 9 rows have one before
  Model model(spec);
  Session training(model), judged(model, TG_INFER);
  Batch batch(model);
  batch.lengths("t", lengths).feed("x", x).feed("target", x);
  const tg_metrics metrics = training.forward(batch), plain = judged.forward(batch);
  CHECK_CLOSE(metrics.loss, expected, 1e-6);
  CHECK_EQUAL(plain.loss, 0);
  CHECK_EQUAL(judged.output("slow")[0], 0);
  CHECK_EQUAL(metrics.targets, plain.targets);
  CHECK_EQUAL(metrics.targets, 9);
}

TEST("sequences of one step have no steps to regularize") {
  Model model("x = input axis=t cols=2 gradient=true\nslow = activation_regularization x alpha=0 beta=1\n");
  Session session(model);
  Batch batch(model);
  batch.lengths("t", {1, 1}).feed("x", {1, 2, 3, 4});
  CHECK_EQUAL(session.forward(batch).loss, 0);
  session.backward();
  for (const tg_real d : session.gradient("x")) CHECK_EQUAL(d, 0);
}
