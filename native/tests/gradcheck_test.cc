// Every gradient of every op against central differences, in double: for each example of each op, over ragged and plain batches,
// all parameters and all inputs, with a random gradient given to every value of the graph besides its losses.
#include <algorithm>
#include <cmath>
#include <set>

#include "check.h"
#include "examples.h"
#include "ops/op.h"

namespace {

constexpr double kAllowed = 1e-6;
constexpr double kStep = 2e-6;  // rounding (about 1e-16 / step) stays under 1e-9, truncation too where the curvature is up to some hundreds

const std::vector<Ids> kLengths = {{3, 1, 4, 2}, {2, 2, 2}, {1}, {1, 1, 1}, {5}};

struct Result {
  double worst = 0;
  std::string where = "nothing";
  std::int64_t checked = 0;
};

// |analytic - numeric| relative to the larger one; below 0.01 it is taken as absolute, to 1e-8.
double error_of(double analytic, double numeric) {
  if (!std::isfinite(analytic) || !std::isfinite(numeric)) return HUGE_VAL;
  return std::abs(analytic - numeric) / std::max({0.01, std::abs(analytic), std::abs(numeric)});
}

class GradientCheck {
 public:
  GradientCheck(const std::string& spec, const Ids& lengths)
      : spec_(with_input_gradients(spec)), model_(spec_, 7), session_(model_, TG_TRAIN, 3), batch_(model_) {
    fill(model_, spec_, lengths, 11, &batch_);
    // Parameters that start at a constant (layer_norm's) would hide errors.
    for (int p = 0; p < model_.parameters(); ++p) {
      const tg_tensor tensor = model_.parameter(p);
      const auto count = static_cast<std::size_t>(tensor.dims[0] * tensor.dims[1]);
      const Reals noise = random_reals(count, 400 + static_cast<std::uint64_t>(p));
      for (std::size_t i = 0; i < count; ++i) tensor.data[i] += 0.3 * noise[i];
    }
    for (int v = 0; v < model_.values(); ++v) {
      const tg_value value = model_.value(v);
      if (value.kind != TG_REAL || value.input || (value.loss && value.per == TG_PER_BATCH)) continue;
      seeds_.push_back({value.name, random_reals(static_cast<std::size_t>(batch_.rows(value) * value.cols), 900 + v)});
    }
  }

  // perturb: added to the analytic gradient number `at`, counted over everything that is checked.
  Result run(std::int64_t at = -1, double perturb = 0) {
    objective();
    session_.backward(seeds_);
    Result result;
    std::vector<std::pair<std::string, Reals>> inputs;  // now: the next forward call ends them
    for (auto& [value, data] : batch_.reals()) inputs.push_back({model_.value(value).name, session_.gradient(model_.value(value).name)});
    for (int p = 0; p < model_.parameters(); ++p) {
      const tg_tensor tensor = model_.parameter(p);
      if (!tensor.trainable) continue;
      const std::string name = tensor.name, node = name.substr(0, name.find('.'));
      const std::string padding = attribute_of(spec_, node, "padding");
      const Reals analytic = session_.parameter_gradient(name);
      for (std::size_t i = 0; i < analytic.size(); ++i) {
        // The padding row takes part in forward but is never trained.
        const bool fixed = !padding.empty() && std::to_string(i / static_cast<std::size_t>(tensor.dims[1])) == padding;
        compare(name, i, analytic[i], fixed ? nullptr : tensor.data + i, at, perturb, &result);
      }
    }
    for (const auto& [name, analytic] : inputs) {
      Reals& data = batch_.reals().at(model_.find(name));
      for (std::size_t i = 0; i < analytic.size(); ++i) compare(name, i, analytic[i], &data[i], at, perturb, &result);
    }
    return result;
  }

 private:
  // The losses plus every value times its given gradient. The random position pins the dropout masks.
  double objective() {
    ok(tg_session_set_random(session_.get(), 5));
    double sum = session_.forward(batch_).loss;
    for (const auto& [name, seed] : seeds_) {
      const Reals output = session_.output(name);
      for (std::size_t i = 0; i < seed.size(); ++i) sum += output.at(i) * seed[i];
    }
    return sum;
  }

  void compare(const std::string& name, std::size_t i, double analytic, tg_real* x, std::int64_t at, double perturb, Result* result) {
    double numeric = 0;  // of what is fixed
    if (x != nullptr) {
      const tg_real kept = *x;
      *x = kept + kStep;
      const double above = objective();
      *x = kept - kStep;
      const double below = objective();
      *x = kept;
      numeric = (above - below) / (2 * kStep);
    }
    if (result->checked++ == at) analytic += perturb;
    const double error = error_of(analytic, numeric);
    if (error > result->worst) {
      char text[200];
      std::snprintf(text, sizeof text, "%s[%zu]: backward says %.12g, differences say %.12g", name.c_str(), i, analytic, numeric);
      result->worst = error;
      result->where = text;
    }
  }

  std::string spec_;
  Model model_;
  Session session_;
  Batch batch_;
  std::vector<std::pair<std::string, Reals>> seeds_;
};

std::string one_line(std::string spec) {
  std::string line;
  for (const char c : spec) line += c == '\n' ? std::string(" | ") : std::string(1, c);
  return line;
}

std::string written(const Ids& lengths) {
  std::string line;
  for (const auto n : lengths) line += (line.empty() ? "" : ",") + std::to_string(n);
  return line;
}

}  // namespace

TEST("every op's gradients agree with central differences for ragged batches") {
  std::set<std::string> ops_with_gradients;
  for (const Example& example : all_examples()) {
    for (const Ids& lengths : kLengths) {
      check::About about(example.op + ", lengths " + written(lengths) + ", " + one_line(example.spec));
      try {
        const Result result = GradientCheck(example.spec, lengths).run();
        if (!(result.worst <= kAllowed)) {
          char text[300];
          std::snprintf(text, sizeof text, "worst relative error %.3g of %lld gradients at %s", result.worst,
                        static_cast<long long>(result.checked), result.where.c_str());
          check::fail(__FILE__, __LINE__, text);
        }
        if (result.checked > 0) ops_with_gradients.insert(example.op);
      } catch (const std::exception& e) {
        check::fail(__FILE__, __LINE__, e.what());
      }
    }
  }
  for (const tidegate::OpKind* kind : tidegate::op_kinds()) {
    check::About about(kind->name);
    CHECK(!kind->examples().empty());
    if (std::string(kind->name) != "ids") CHECK_EQUAL(ops_with_gradients.count(kind->name), 1u);
  }
}

TEST("every cell of the registry is among the examples, with its settings too") {
  const auto examples = all_examples();
  for (const std::string& cell : cells_with_settings()) {
    check::About about(cell);
    const auto uses = [&](const Example& e) { return e.spec.find("cell=" + cell + " ") != std::string::npos; };
    CHECK(std::any_of(examples.begin(), examples.end(), uses));
  }
}

TEST("the check notices a gradient that is wrong in the fifth digit, wherever it stands") {
  const std::string spec =
      "x = input axis=time cols=2\nt = ids axis=time\nh = recurrent x cell=lstm size=2\ny = linear h cols=3\nloss = cross_entropy y t\n";
  GradientCheck right(spec, {3, 1, 2});
  const Result result = right.run();
  CHECK(result.worst <= kAllowed);
  REQUIRE(result.checked > 50);
  for (std::int64_t at = 0; at < result.checked; at += 7) {
    const Result wrong = GradientCheck(spec, {3, 1, 2}).run(at, 1e-5);
    check::About about("gradient " + std::to_string(at));
    CHECK(wrong.worst > kAllowed);
  }
}

TEST("gradients are added to what is there until they are cleared") {
  const std::string spec = "x = input axis=time cols=2 gradient=true\nh = recurrent x cell=gru size=3\n";
  Model model(spec);
  Session session(model);
  Batch batch(model);
  fill(model, spec, {2, 3}, 1, &batch);
  const Reals seed = random_reals(5 * 3, 2);
  session.forward(batch);
  session.backward({{"h", seed}});
  const Reals once = session.parameter_gradient("h.weight_hh_l0");
  session.forward(batch);
  session.backward({{"h", seed}});
  const Reals twice = session.parameter_gradient("h.weight_hh_l0");
  for (std::size_t i = 0; i < once.size(); ++i) CHECK_CLOSE(twice[i], 2 * once[i], 1e-14);
  CHECK(*std::max_element(once.begin(), once.end()) > 0);
  ok(tg_session_zero_gradients(session.get()));
  for (const tg_real x : session.parameter_gradient("h.weight_hh_l0")) CHECK_EQUAL(x, 0.0);
}

TEST("a value that several nodes read receives the sum of their gradients") {
  const std::string spec =
      "x = input axis=time cols=2 gradient=true\na = linear x cols=2\nb = add a a\nc = concat a b\nd = add a b x\n";
  const Result result = GradientCheck(spec, {2, 1}).run();
  check::About about(result.where);
  CHECK(result.worst <= kAllowed);
}
