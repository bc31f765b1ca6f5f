// The loss of a conditional random field against the sum over every row of tags.
#include <cmath>
#include <limits>

#include "check.h"
#include "network.h"

namespace {

#ifdef TG_DOUBLE
constexpr double kTolerance = 1e-12;
#else
constexpr double kTolerance = 3e-6;
#endif

struct Scene {
  Scene(std::int64_t tags, const std::string& attributes = "")
      : tags(tags),
        model("x = input axis=a gradient=true cols=" + std::to_string(tags) + "\ny = ids axis=a\nloss = crf x y" + attributes + "\n"),
        session(model),
        batch(model) {}

  // scores and own tags of all packed rows
  double loss(const Ids& lengths, const Reals& scores, const Ids& own) {
    batch.lengths("a", lengths).feed("x", scores).feed_ids("y", own);
    return session.forward(batch).loss;
  }

  const std::int64_t tags;
  Model model;
  Session session;
  Batch batch;
};

double score(const Scene& scene, const Ids& lengths, const Reals& scores, std::int64_t sequence, const Ids& tags) {
  const Reals transitions = scene.model.get("loss.transitions");
  const Reals start = scene.model.get("loss.start"), end = scene.model.get("loss.end");
  const auto at = [](std::int64_t i) { return static_cast<std::size_t>(i); };
  double sum = start[at(tags.front())] + end[at(tags.back())];
  for (std::size_t t = 0; t < tags.size(); ++t) {
    sum += scores[at(packed_row(lengths, static_cast<std::int64_t>(t), sequence) * scene.tags + tags[t])];
    if (t > 0) sum += transitions[at(tags[t - 1] * scene.tags + tags[t])];
  }
  return sum;
}

double loss_by_enumeration(const Scene& scene, const Ids& lengths, const Reals& scores, const Ids& own, std::int64_t sequence) {
  const auto steps = static_cast<std::size_t>(lengths[static_cast<std::size_t>(sequence)]);
  Ids mine(steps), tags(steps, 0);
  for (std::size_t t = 0; t < steps; ++t) {
    mine[t] = own[static_cast<std::size_t>(packed_row(lengths, static_cast<std::int64_t>(t), sequence))];
  }
  double total = 0;
  for (bool more = true; more;) {
    total += std::exp(score(scene, lengths, scores, sequence, tags));
    more = false;
    for (auto& tag : tags) {
      if (++tag < scene.tags) {
        more = true;
        break;
      }
      tag = 0;
    }
  }
  return std::log(total) - score(scene, lengths, scores, sequence, mine);
}

bool all_finite(const Reals& values) {
  for (const tg_real x : values) {
    if (!std::isfinite(x)) return false;
  }
  return true;
}

}  // namespace

TEST("crf is the sum over every row of tags, for ragged sequences") {
  const Ids lengths = {3, 6, 1, 4, 6};
  const Reals scores = random_reals(20 * 3, 7);
  const Ids own = random_ids(20, 3, 8);
  for (const bool mean : {true, false}) {
    Scene scene(3, mean ? " init=normal init_scale=1" : " reduction=sum init_scale=1");
    const double loss = scene.loss(lengths, scores, own);
    const Reals rows = scene.session.output("loss.rows");
    double expected = 0;
    for (std::size_t s = 0; s < lengths.size(); ++s) {
      const double one = loss_by_enumeration(scene, lengths, scores, own, static_cast<std::int64_t>(s));
      check::About about("sequence " + std::to_string(s));
      CHECK_CLOSE(rows[s], one, kTolerance);
      expected += one;
    }
    CHECK_CLOSE(loss, mean ? expected / 20 : expected, kTolerance);
  }
}

TEST("a single step is a softmax, and a single tag has no loss") {
  Scene one_step(3);
  const Reals scores = {1, 2, -1};
  CHECK_CLOSE(one_step.loss({1}, scores, {1}), loss_by_enumeration(one_step, {1}, scores, {1}, 0), kTolerance);
  Scene one_tag(1);
  CHECK_CLOSE(one_tag.loss({4, 2}, random_reals(6, 1), Ids(6, 0)), 0, kTolerance);
  one_tag.session.backward();
  for (const tg_real d : one_tag.session.gradient("x")) CHECK_CLOSE(d, 0, kTolerance);
}

TEST("long sequences, huge scores and forbidden transitions give finite losses and gradients") {
  const std::int32_t steps = 3000;
  Scene scene(4);
  Reals scores = random_reals(static_cast<std::size_t>(steps) * 4, 2);
  for (tg_real& x : scores) x *= 1e6;
  Reals transitions = scene.model.get("loss.transitions");
  transitions[1] = static_cast<tg_real>(-std::numeric_limits<double>::infinity());  // 0 to 1
  transitions[2] = -1e30f;                                                         // 0 to 2
  scene.model.set("loss.transitions", transitions);
  CHECK(std::isfinite(scene.loss({steps}, scores, Ids(static_cast<std::size_t>(steps), 3))));
  scene.session.backward();
  CHECK(all_finite(scene.session.gradient("x")));
  CHECK(all_finite(scene.session.parameter_gradient("loss.transitions")));
  CHECK_EQUAL(scene.session.parameter_gradient("loss.transitions")[1], 0);
}

TEST("a score that is no number makes the loss none") {
  const auto nan = std::numeric_limits<tg_real>::quiet_NaN(), none = -std::numeric_limits<tg_real>::infinity();
  Scene scene(2);
  CHECK(std::isnan(scene.loss({2}, {nan, none, 0, 1}, {1, 1})));
  CHECK(std::isnan(scene.loss({2}, {0, 1, 1, nan}, {0, 0})));
}

TEST("any number of threads gives the same bits") {
  const Ids lengths = {3, 6, 1, 4, 6, 2, 2};
  const Reals scores = random_reals(24 * 9, 7);
  const Ids own = random_ids(24, 9, 8);
  Reals losses, gradients;
  for (const std::int32_t threads : {1, 2, 5}) {
    Scene scene(9);
    ok(tg_session_threads(scene.session.get(), threads));
    scene.loss(lengths, scores, own);
    scene.session.backward();
    Reals all = scene.session.gradient("x");
    for (const char* name : {"loss.transitions", "loss.start", "loss.end"}) {
      for (const tg_real d : scene.session.parameter_gradient(name)) all.push_back(d);
    }
    if (threads == 1) {
      losses = scene.session.output("loss.rows");
      gradients = all;
    }
    CHECK(scene.session.output("loss.rows") == losses);
    CHECK(all == gradients);
  }
}

TEST("a tag that is none is refused with its step") {
  Scene scene(3);
  try {
    scene.loss({2}, random_reals(6, 1), {1, 3});
    CHECK(false);
  } catch (const Failure& failure) {
    CHECK_EQUAL(failure.status, TG_INVALID_ARGUMENT);
    const std::string said = failure.what();
    CHECK(said.find("step 1 of sequence 0") != std::string::npos);
    CHECK(said.find("expected 0 to 2") != std::string::npos);
  }
}
