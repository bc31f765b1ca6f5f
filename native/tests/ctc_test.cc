// Connectionist temporal classification against the sum over every path, and where its targets do not fit.
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
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Targets = std::vector<Ids>;  // by sequence

// The labels that a path spells: equal neighbours joined, blanks left out.
Ids spelled(const Ids& path, std::int32_t blank) {
  Ids labels;
  for (std::size_t t = 0; t < path.size(); ++t) {
    if (path[t] != blank && (t == 0 || path[t] != path[t - 1])) labels.push_back(path[t]);
  }
  return labels;
}

// -log of the sum, over all K^T paths that spell the labels, of the product of the softmax of each frame. logits [T, K]
double loss_by_enumeration(const std::vector<double>& logits, std::int64_t classes, const Ids& labels, std::int32_t blank) {
  const std::int64_t frames = static_cast<std::int64_t>(logits.size()) / classes;
  std::vector<double> p;
  for (std::int64_t t = 0; t < frames; ++t) {
    double sum = 0;
    for (std::int64_t c = 0; c < classes; ++c) sum += std::exp(logits[t * classes + c]);
    for (std::int64_t c = 0; c < classes; ++c) p.push_back(std::exp(logits[t * classes + c]) / sum);
  }
  double total = 0;
  Ids path(static_cast<std::size_t>(frames), 0);
  for (bool more = true; more;) {
    if (spelled(path, blank) == labels) {
      double product = 1;
      for (std::int64_t t = 0; t < frames; ++t) product *= p[t * classes + path[t]];
      total += product;
    }
    more = false;
    for (auto& step : path) {
      if (++step < classes) {
        more = true;
        break;
      }
      step = 0;
    }
  }
  return -std::log(total);
}

// A model of nothing but the loss, and a batch for it.
struct Scene {
  Scene(std::int64_t classes, const std::string& attributes)
      : model("y = input axis=frames gradient=true cols=" + std::to_string(classes) + "\nt = ids axis=labels\n" +
              "loss = ctc y t" + attributes + "\n"),
        session(model),
        batch(model),
        classes(classes) {}

  // logits: of all packed rows
  double loss(const Ids& frames, const Reals& logits, const Targets& targets) {
    Ids lengths;
    std::size_t longest = 0, rows = 0;
    for (const Ids& target : targets) {
      lengths.push_back(static_cast<std::int32_t>(target.size()));
      longest = std::max(longest, target.size());
      rows += target.size();
    }
    Ids packed(rows);
    for (std::size_t s = 0; s < targets.size(); ++s) {
      for (std::size_t i = 0; i < targets[s].size(); ++i) {
        const auto row = packed_row(lengths, static_cast<std::int64_t>(i), static_cast<std::int64_t>(s));
        packed[static_cast<std::size_t>(row)] = targets[s][i];
      }
    }
    batch.lengths("frames", frames).lengths("labels", lengths).feed("y", logits).feed_ids("t", packed);
    return session.forward(batch).loss;
  }

  Model model;
  Session session;
  Batch batch;
  const std::int64_t classes;
};

std::vector<double> logits_of(const Reals& rows, const Ids& frames, std::int64_t classes, std::int64_t sequence) {
  std::vector<double> own;
  for (std::int64_t t = 0; t < frames[static_cast<std::size_t>(sequence)]; ++t) {
    const auto first = static_cast<std::size_t>(packed_row(frames, t, sequence) * classes);
    for (std::int64_t c = 0; c < classes; ++c) own.push_back(static_cast<double>(rows[first + static_cast<std::size_t>(c)]));
  }
  return own;
}

bool all_finite(const Reals& values) {
  for (const tg_real x : values) {
    if (!std::isfinite(x)) return false;
  }
  return true;
}

void refused(Scene& scene, const Ids& frames, const Reals& logits, const Targets& targets, const std::vector<std::string>& words) {
  try {
    scene.loss(frames, logits, targets);
    check::fail(__FILE__, __LINE__, "it was not refused");
  } catch (const Failure& failure) {
    CHECK_EQUAL(failure.status, TG_INVALID_ARGUMENT);
    const std::string said = failure.what();
    for (const std::string& word : words) {
      if (said.find(word) == std::string::npos) check::fail(__FILE__, __LINE__, "'" + word + "' is missing in: " + said);
    }
  }
}

}  // namespace

TEST("ctc is the sum over every path that spells the target, for ragged frames and targets and any blank") {
  const Ids frames = {5, 1, 6, 3, 4, 5};
  for (std::int32_t blank = 0; blank < 3; ++blank) {
    const std::int32_t a = (blank + 1) % 3, b = (blank + 2) % 3;
    // The blanks inside stand for nothing: no target is changed by them, and one that has nothing else is empty.
    const Targets targets = {{a, b, a}, {b}, {a, a, b, b}, {blank}, {a, blank, a}, {blank, b, blank, a, b}};
    const Targets labels = {{a, b, a}, {b}, {a, a, b, b}, {}, {a, a}, {b, a, b}};
    Reals logits = random_reals(24 * 3, 5 + static_cast<std::uint64_t>(blank));
    for (tg_real& x : logits) x *= 3;
    for (const bool mean : {true, false}) {
      check::About about("blank " + std::to_string(blank) + (mean ? ", mean" : ", sum"));
      Scene scene(3, " blank=" + std::to_string(blank) + (mean ? "" : " reduction=sum"));
      const double loss = scene.loss(frames, logits, targets);
      const Reals rows = scene.session.output("loss.rows");
      double expected = 0;
      for (std::size_t s = 0; s < frames.size(); ++s) {
        const double own = loss_by_enumeration(logits_of(logits, frames, 3, static_cast<std::int64_t>(s)), 3, labels[s], blank);
        check::About sequence("sequence " + std::to_string(s));
        CHECK_CLOSE(rows[s], own, kTolerance);
        expected += mean ? own / std::fmax(1, static_cast<double>(labels[s].size())) / static_cast<double>(frames.size()) : own;
      }
      CHECK_CLOSE(loss, expected, kTolerance);
    }
  }
}

TEST("one frame, one class and nothing but blanks have the losses of their only paths") {
  Scene one_frame(3, "");
  CHECK_CLOSE(one_frame.loss({1}, {1, 2, 3}, {{2}}), loss_by_enumeration({1, 2, 3}, 3, {2}, 0), kTolerance);
  CHECK_CLOSE(one_frame.loss({1}, {1, 2, 3}, {{0}}), loss_by_enumeration({1, 2, 3}, 3, {}, 0), kTolerance);
  Scene one_class(1, "");
  CHECK_EQUAL(one_class.loss({3, 2}, {1, 2, 3, 4, 5}, {{0, 0}, {0}}), 0.0);
  one_class.session.backward();
  for (const tg_real d : one_class.session.gradient("y")) CHECK_EQUAL(d, 0);
}

TEST("a long sequence and logits as large as numbers get give finite losses and gradients") {
  const std::int32_t frames = 2000;
  Scene scene(5, " reduction=sum");
  Reals logits = random_reals(static_cast<std::size_t>(frames) * 5, 3);
  for (tg_real& x : logits) x *= 1e6;
  Ids target;
  for (std::int32_t i = 0; i < 400; ++i) target.push_back(1 + i * 7 % 4);
  CHECK(std::isfinite(scene.loss({frames}, logits, {target})));
  scene.session.backward();
  CHECK(all_finite(scene.session.gradient("y")));
}

TEST("a class that the logits rule out leaves the other paths, and a target without a path is infinite or counts nothing") {
  const auto none = static_cast<tg_real>(-kInfinity);
  const Reals ruled_out = {0, 0, none, 0, 1, none, 0, 0, 1};  // class 2 in no frame but the last
  Scene scene(3, "");
  const double loss = scene.loss({3}, ruled_out, {{1, 2}});
  CHECK_CLOSE(loss, loss_by_enumeration({0, 0, -kInfinity, 0, 1, -kInfinity, 0, 0, 1}, 3, {1, 2}, 0) / 2, kTolerance);
  scene.session.backward();
  CHECK(all_finite(scene.session.gradient("y")));
  CHECK_EQUAL(scene.loss({3}, ruled_out, {{2, 1}}), kInfinity);
  Scene zero(3, " zero_infinity=true");
  CHECK_EQUAL(zero.loss({3}, ruled_out, {{2, 1}}), 0.0);
  zero.session.backward();
  for (const tg_real d : zero.session.gradient("y")) CHECK_EQUAL(d, 0);
}

TEST("a logit that is no number makes the loss none, with zero_infinity too") {
  const auto nan = std::numeric_limits<tg_real>::quiet_NaN(), none = static_cast<tg_real>(-kInfinity);
  for (const char* attributes : {"", " zero_infinity=true"}) {
    Scene scene(2, attributes);
    for (std::size_t at = 0; at < 6; ++at) {
      Reals logits = {0, 1, 1, 0, 0, 1};
      logits[at] = nan;
      CHECK(std::isnan(scene.loss({3}, logits, {{1}})));
    }
    CHECK(std::isnan(scene.loss({2}, {none, none, 0, 1}, {{1}})));
  }
}

TEST("a target that does not fit its frames is refused with what it has and needs, unless infinity counts as zero") {
  const Ids frames = {4, 3};
  const Reals logits = random_reals(7 * 3, 1);
  const Targets targets = {{1, 2}, {1, 1, 2}};
  Scene strict(3, "");
  refused(strict, frames, logits, targets,
          {"'loss' (ctc)", "sequence 1", "3 labels", "1 of them equal to the one before", "need 4 frames", "it has 3",
           "zero_infinity=true"});
  Scene lenient(3, " zero_infinity=true reduction=sum");
  const double loss = lenient.loss(frames, logits, targets);
  CHECK_CLOSE(loss, loss_by_enumeration(logits_of(logits, frames, 3, 0), 3, {1, 2}, 0), kTolerance);
  CHECK_EQUAL(lenient.session.output("loss.rows")[1], 0);
  lenient.session.backward();
  const Reals gradient = lenient.session.gradient("y");
  for (std::int64_t t = 0; t < 3; ++t) {
    for (std::int64_t c = 0; c < 3; ++c) CHECK_EQUAL(gradient[static_cast<std::size_t>(packed_row(frames, t, 1) * 3 + c)], 0);
  }
}

TEST("targets of other sequences, unknown labels and a blank that is no class are refused in words") {
  Scene scene(3, "");
  refused(scene, {4, 3}, random_reals(7 * 3, 1), {{1}}, {"'loss' (ctc)", "1 targets for 2 sequences"});
  refused(scene, {4}, random_reals(4 * 3, 1), {{1, 3}}, {"'t'", "step 1 of sequence 0", "is 3", "expected 0 to 2"});
  try {
    Scene wrong(3, " blank=3");
    CHECK(false);
  } catch (const Failure& failure) {
    CHECK_EQUAL(failure.status, TG_INVALID_SPEC);
    CHECK(std::string(failure.what()).find("blank") != std::string::npos);
  }
}

TEST("the gradient of a port's rows weighs each sequence") {
  const Ids frames = {3, 2};
  const Reals logits = random_reals(5 * 3, 4);
  const Targets targets = {{1, 2}, {2}};
  Scene scene(3, " reduction=sum");
  scene.loss(frames, logits, targets);
  scene.session.backward();
  const Reals plain = scene.session.gradient("y");
  scene.session.backward({{"loss.rows", {2, -1}}});
  const Reals weighed = scene.session.gradient("y");
  for (std::int64_t s = 0; s < 2; ++s) {
    for (std::int64_t t = 0; t < frames[static_cast<std::size_t>(s)]; ++t) {
      const auto at = static_cast<std::size_t>(packed_row(frames, t, s) * 3);
      CHECK(std::abs(plain[at]) > 0);
      CHECK_CLOSE(weighed[at], (s == 0 ? 3 : 0) * plain[at], kTolerance);
    }
  }
}
