// The gradients in one piece: where a parameter's gradient lies in it, and that gradients weighted by targets and summed over several
// models train as one model on the joined batch does.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "check.h"
#include "network.h"

namespace {

constexpr double kTolerance = sizeof(tg_real) == 8 ? 1e-12 : 2e-6;

tg_tensor gradients(const Session& session) {
  tg_tensor view;
  ok(tg_session_gradients(session.get(), &view));
  return view;
}

// Sequences with ids to tag, and those of them that a process sees.
struct Data {
  Ids lengths, words, tags;  // rows sequence after sequence

  Data part(std::size_t first, std::size_t end) const {
    Data some;
    std::size_t at = 0;
    for (std::size_t s = 0; s < lengths.size(); ++s) {
      const auto length = static_cast<std::size_t>(lengths[s]);
      if (s >= first && s < end) {
        some.lengths.push_back(lengths[s]);
        some.words.insert(some.words.end(), words.begin() + at, words.begin() + at + length);
        some.tags.insert(some.tags.end(), tags.begin() + at, tags.begin() + at + length);
      }
      at += length;
    }
    return some;
  }

  void put(Batch& batch) const {
    Ids packed_words(words.size()), packed_tags(words.size());
    std::size_t at = 0;
    for (std::size_t s = 0; s < lengths.size(); ++s) {
      for (std::int32_t t = 0; t < lengths[s]; ++t, ++at) {
        const auto row = static_cast<std::size_t>(packed_row(lengths, t, static_cast<std::int64_t>(s)));
        packed_words[row] = words[at];
        packed_tags[row] = tags[at];
      }
    }
    batch.lengths("text", lengths).feed_ids("words", packed_words).feed_ids("tags", packed_tags);
  }
};

Data tagged_data(std::uint64_t seed) {
  Data data;
  data.lengths = {5, 1, 3, 7, 2};
  data.words = random_ids(18, 11, seed);
  data.tags = random_ids(18, 4, seed + 1);
  for (std::size_t i = 0; i < data.tags.size(); i += 5) data.tags[i] = -100;  // not counted: the parts count 4 and 10 targets
  return data;
}

const char* const kTagger =
    "words = ids axis=text\n"
    "tags = ids axis=text\n"
    "e = embedding words rows=11 cols=5\n"
    "n = layer_norm e trainable=false\n"
    "h = recurrent n cell=lstm size=3 layers=2 bidirectional=true\n"
    "y = linear h cols=4\n"
    "loss = cross_entropy y tags\n";

// Multiplies by the targets counted, sums over the sessions, divides by all targets: what processes do with an all-reduce.
void exchange(const std::vector<Session*>& sessions, const std::vector<std::int64_t>& targets) {
  std::vector<double> sum;
  double all = 0;
  for (std::size_t p = 0; p < sessions.size(); ++p) {
    const tg_tensor g = gradients(*sessions[p]);
    sum.resize(static_cast<std::size_t>(g.dims[0]));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(g.data[i]) * static_cast<double>(targets[p]);
    all += static_cast<double>(targets[p]);
  }
  for (Session* session : sessions) {
    const tg_tensor g = gradients(*session);
    for (std::size_t i = 0; i < sum.size(); ++i) g.data[i] = static_cast<tg_real>(sum[i] / all);
  }
}

void check_close(const Reals& actual, const Reals& expected) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) CHECK_CLOSE(static_cast<double>(actual[i]), static_cast<double>(expected[i]), kTolerance);
}

}  // namespace

TEST("gradients weighted by their targets and summed over two models are those of the joined batch, step after step") {
  Model joined(kTagger, 3), left(kTagger, 3), right(kTagger, 3);
  Session one(joined), first(left), second(right);
  Optimizer optimizer(joined, "adam"), first_optimizer(left, "adam"), second_optimizer(right, "adam");
  const tg_step step = {0.05, 0.02, 0, TG_NORM_L2};  // the norm of the sum is clipped, not that of the parts
  for (std::uint64_t s = 0; s < 4; ++s) {
    check::About about("step " + std::to_string(s));
    const Data data = tagged_data(40 + s);
    Batch all(joined), head(left), tail(right);
    data.put(all);
    data.part(0, 2).put(head);
    data.part(2, 5).put(tail);
    tg_metrics whole = one.forward(all), a = first.forward(head), b = second.forward(tail);
    CHECK_EQUAL(a.targets + b.targets, whole.targets);
    CHECK(a.targets != b.targets);
    one.backward();
    first.backward();
    second.backward();
    exchange({&first, &second}, {a.targets, b.targets});
    for (int p = 0; p < joined.parameters(); ++p) {
      const std::string name = joined.parameter(p).name;
      if (!joined.parameter(p).trainable) continue;
      check::About parameter(name);
      check_close(first.parameter_gradient(name), one.parameter_gradient(name));
      CHECK(first.parameter_gradient(name) == second.parameter_gradient(name));
    }
    ok(tg_session_update(one.get(), optimizer.get(), &step, &whole));
    ok(tg_session_update(first.get(), first_optimizer.get(), &step, &a));
    ok(tg_session_update(second.get(), second_optimizer.get(), &step, &b));
    CHECK_CLOSE(a.gradient_norm, whole.gradient_norm, kTolerance);
    CHECK(whole.gradient_norm > 0.02);
    CHECK_EQUAL(a.gradient_norm, b.gradient_norm);
    CHECK(left.all_parameters() == right.all_parameters());
    if (sizeof(tg_real) == 8) check_close(left.all_parameters(), joined.all_parameters());
  }
}

TEST("every parameter's gradient lies in the piece at a multiple of 64 bytes, and what is between them is 0") {
  Model model(kTagger);
  Session session(model);
  const tg_tensor all = gradients(session);
  CHECK_EQUAL(std::string(all.name), "gradients");
  CHECK_EQUAL(all.rank, 1);
  CHECK_EQUAL(all.dims[1], 1);
  Batch batch(model);
  tagged_data(1).put(batch);
  session.forward(batch);
  session.backward();
  std::vector<char> covered(static_cast<std::size_t>(all.dims[0]));
  std::int64_t end = 0;
  int trainable = 0;
  for (int p = 0; p < model.parameters(); ++p) {
    tg_tensor one;
    ok(tg_session_parameter_gradient(session.get(), p, &one));
    check::About about(one.name);
    if (!one.trainable) {
      CHECK(one.data == nullptr);
      continue;
    }
    ++trainable;
    const std::int64_t offset = one.data - all.data, count = one.dims[0] * one.dims[1];
    CHECK(offset >= end && offset + count <= all.dims[0]);
    CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(one.data) % 64, 0u);
    end = offset + count;
    std::fill_n(covered.begin() + offset, count, 1);
  }
  CHECK(trainable > 10 && trainable < model.parameters());
  int gaps = 0;
  for (std::int64_t i = 0; i < all.dims[0]; ++i) {
    if (covered[static_cast<std::size_t>(i)]) continue;
    ++gaps;
    CHECK_EQUAL(all.data[i], 0);
  }
  CHECK(gaps > 0);
  CHECK(*std::max_element(all.data, all.data + all.dims[0]) > 0);
}

TEST("what is written into the piece is what the update sees, and an update clears it") {
  Model model("x = input axis=a cols=2\ny = linear x cols=3\n");
  Session session(model);
  Optimizer optimizer(model, "sgd");
  const Reals before = model.all_parameters();
  const tg_tensor all = gradients(session);
  for (int p = 0; p < model.parameters(); ++p) {
    tg_tensor one;
    ok(tg_session_parameter_gradient(session.get(), p, &one));
    std::fill_n(all.data + (one.data - all.data), one.dims[0] * one.dims[1], static_cast<tg_real>(-2));
  }
  for (const auto& [norm, expected] : {std::pair(TG_NORM_MAX, 2.0), std::pair(TG_NORM_L1, 0.0), std::pair(TG_NORM_L2, 0.0)}) {
    const tg_step step = {0.5, 0, 0, norm};
    tg_metrics metrics;
    ok(tg_session_update(session.get(), optimizer.get(), &step, &metrics));
    CHECK_EQUAL(metrics.gradient_norm, expected);  // cleared after the first
  }
  const Reals after = model.all_parameters();
  for (std::size_t i = 0; i < before.size(); ++i) CHECK_CLOSE(after[i], before[i] + 1, 1e-6);
  for (std::int64_t i = 0; i < all.dims[0]; ++i) CHECK_EQUAL(all.data[i], 0);
}

TEST("each norm of a step is the one that is reported and limited") {
  for (const tg_norm norm : {TG_NORM_L2, TG_NORM_L1, TG_NORM_MAX}) {
    Model model("x = input axis=a cols=1\ny = linear x cols=1 bias=false\nz = linear x cols=1 bias=false\n");
    Session session(model);
    Optimizer optimizer(model, "sgd");
    const Reals before = model.all_parameters();
    for (const auto& [name, gradient] : {std::pair("y.weight", 3.0), std::pair("z.weight", -4.0)}) {
      tg_tensor one;
      ok(tg_session_parameter_gradient(session.get(), model.parameter_number(name), &one));
      one.data[0] = static_cast<tg_real>(gradient);
    }
    const tg_step step = {1, 0.5, 0, norm};
    tg_metrics metrics;
    ok(tg_session_update(session.get(), optimizer.get(), &step, &metrics));
    const double expected = norm == TG_NORM_L2 ? 5 : norm == TG_NORM_L1 ? 7 : 4;
    CHECK_EQUAL(metrics.gradient_norm, expected);
    CHECK_CLOSE(model.all_parameters()[0], before[0] - 3 * 0.5 / expected, 2e-6);
    CHECK_CLOSE(model.all_parameters()[1], before[1] + 4 * 0.5 / expected, 2e-6);
  }
}

TEST("gradients of values are of the rows of the forward call before: the next one ends them, whether it has more rows, fewer, or fails") {
  Model model("x = input axis=t cols=2 gradient=true\nh = recurrent x cell=lstm size=2\ntarget = input axis=t cols=2\nloss = mse h target\n");
  Session session(model);
  Batch batch(model);
  const auto fill = [&](Ids lengths) {
    const std::size_t count = 2 * static_cast<std::size_t>(std::accumulate(lengths.begin(), lengths.end(), 0));
    batch.lengths("t", std::move(lengths)).feed("x", random_reals(count, 1)).feed("target", random_reals(count, 2));
  };
  const auto shown = [&](const char* value) {
    tg_tensor gradient;
    return static_cast<int>(tg_session_output_gradient(session.get(), model.find(value), &gradient));
  };
  const Ids once = {3, 1}, more = {40, 40, 40}, fewer = {1};
  for (const Ids& next : {once, more, fewer}) {
    fill(once);
    session.forward(batch);
    session.backward();
    CHECK(session.gradient("x").size() == 8 && session.gradient("h").size() == 8);
    fill(next);
    session.forward(batch);
    for (const char* value : {"x", "h"}) CHECK_EQUAL(shown(value), static_cast<int>(TG_INVALID_STATE));
    session.backward();
    CHECK(session.gradient("x").size() == session.output("x").size());
  }
  const tg_feed none = {model.find("x"), nullptr, 2};
  const tg_batch broken = {nullptr, 0, &none, 1};
  CHECK(tg_session_forward(session.get(), &broken, nullptr) != TG_OK);
  for (const char* value : {"x", "h"}) CHECK_EQUAL(shown(value), static_cast<int>(TG_INVALID_STATE));
}

TEST("a session that does not train has no gradients, and a null argument is refused") {
  Model model(kTagger);
  Session session(model, TG_INFER), training(model);
  tg_tensor view;
  CHECK_EQUAL(static_cast<int>(tg_session_gradients(session.get(), &view)), static_cast<int>(TG_INVALID_STATE));
  CHECK_EQUAL(static_cast<int>(tg_session_gradients(nullptr, &view)), static_cast<int>(TG_INVALID_ARGUMENT));
  CHECK_EQUAL(static_cast<int>(tg_session_gradients(training.get(), nullptr)), static_cast<int>(TG_INVALID_ARGUMENT));
}
