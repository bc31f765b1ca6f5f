// The cells whose gates see only x (min_gru, min_lstm) over long sequences: states and gradients beside the paper's recurrence in long
// double, with gates from shut to open; the same bits in steps and in chunks, on any number of threads.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "check.h"
#include "internal.h"
#include "network.h"

namespace tidegate {
namespace {

using Wide = long double;
using Wides = std::vector<Wide>;

constexpr bool kDouble = sizeof(tg_real) == 8;

Wide logistic(Wide x) { return 1 / (1 + std::exp(-x)); }

// The part of w that a step takes, and what it changes by with a gate's pre-activation. Gates: z, or i and f.
struct Part {
  Wide p, d[2];
};
Part part_of(bool lstm, Wide a, Wide b) {
  if (!lstm) {
    const Wide z = logistic(a);
    return {z, {z * logistic(-a), 0}};
  }
  // i / (f + i) by the gates' logarithms, which are the negative softplus of -a and of -b.
  const auto softplus = [](Wide x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); };
  const Wide difference = softplus(-b) - softplus(-a), p = logistic(difference), slope = p * logistic(-difference);
  return {p, {slope * logistic(-a), -slope * logistic(-b)}};
}

// A layer whose units' gates have one bias each from a list, and hardly or not at all see x; w sees x.
struct Layer {
  bool lstm;
  std::int64_t size;
  std::vector<double> bias;  // of z, or of i; of f it is the next unit's
  double see;                // weight of x in the gates
  std::string spec() const {
    return "x = input axis=time cols=1 gradient=true\nh0 = input axis=time per=sequence gradient=true cols=" + std::to_string(size) +
           "\nh = recurrent x h0=h0 cell=" + (lstm ? "min_lstm" : "min_gru") + " size=" + std::to_string(size) + "\n";
  }
  std::size_t units() const { return static_cast<std::size_t>(size); }
  std::size_t gates() const { return lstm ? 3 : 2; }
  void set(Model& model) const {
    Reals weight, biases;
    for (std::size_t g = 0; g < gates(); ++g) {
      for (std::size_t u = 0; u < units(); ++u) {
        const bool candidate = g + 1 == gates();
        weight.push_back(static_cast<tg_real>(candidate ? 0.5 : see));
        biases.push_back(static_cast<tg_real>(candidate ? 1 : bias[(u + 3 * g) % bias.size()]));
      }
    }
    model.set("h.weight_ih_l0", weight);
    model.set("h.bias_ih_l0", biases);
  }
};

struct Run {
  Wides h, dbias, dh0;
};

// One sequence, in long double from the floats of the model.
Run oracle(const Layer& layer, Model& model, const Reals& x, const Reals& h0, const Reals& dh) {
  const Reals weight = model.get("h.weight_ih_l0"), bias = model.get("h.bias_ih_l0");
  const std::size_t n = layer.units(), gates = layer.gates(), steps = x.size();
  Run run{Wides(steps * n), Wides(gates * n), Wides(n)};
  for (std::size_t u = 0; u < n; ++u) {
    const auto gate = [&](std::size_t g, std::size_t t) { return Wide{weight[g * n + u]} * x[t] + bias[g * n + u]; };
    std::vector<Part> parts(steps);
    Wide h = h0[u];
    for (std::size_t t = 0; t < steps; ++t) {
      parts[t] = part_of(layer.lstm, gate(0, t), layer.lstm ? gate(1, t) : 0);
      h += parts[t].p * (gate(gates - 1, t) - h);
      run.h[t * n + u] = h;
    }
    Wide d = 0;
    for (std::size_t t = steps; t-- > 0;) {
      d += dh[t * n + u];
      const Wide before = t == 0 ? Wide{h0[u]} : run.h[(t - 1) * n + u];
      for (std::size_t g = 0; g + 1 < gates; ++g) run.dbias[g * n + u] += d * (gate(gates - 1, t) - before) * parts[t].d[g];
      run.dbias[(gates - 1) * n + u] += d * parts[t].p;
      d *= 1 - parts[t].p;
    }
    run.dh0[u] = d;
  }
  return run;
}

// A list of gates' biases, and how far a float state that starts at 3 may be off after ten thousand steps.
struct Gates {
  const char* name;
  std::vector<double> biases;
  double error;
};
const Gates kGates[] = {{"from shut to open", {-310, -88, -11.5, -300, -80, -1, -9.2, -7, 17, 0, 45, -41}, 2e-5},
                        // A step adds about half of a float's last digit.
                        {"all but shut", {-16.5, -15, -14, 0, 0, 0}, 10000 * 1.2e-7}};

double farthest(const Reals& a, const Wides& b) {
  double most = a.size() == b.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::fmax(most, std::abs(static_cast<double>(a[i] - b[i])));
  return most;
}
double largest(const Wides& a) {
  Wide most = 0;
  for (const Wide v : a) most = std::max(most, std::abs(v));
  return static_cast<double>(most);
}

TEST("ten thousand steps of a minimal cell and their gradients keep to the paper's recurrence, with gates from shut to open") {
  constexpr std::size_t kSteps = 10000;
  const Ids lengths = {kSteps};
  for (const Gates& gates : kGates) {
    for (const bool lstm : {false, true}) {
      for (const double see : {0.0, 0.5}) {
        const Layer layer{lstm, 21, gates.biases, see};
        const check::About about((lstm ? "min_lstm" : "min_gru") + std::string(see > 0 ? "'s gates that see x, " : "'s gates, ") +
                                 gates.name);
        const Reals x = random_reals(kSteps, 1), h0(layer.units(), 3), dh = random_reals(kSteps * layer.units(), 2);
        Run expected;
        for (const Kernels* set : available_kernels()) {
          const check::About of(set->name);
          const Forced forced(*set);
          Model model(layer.spec());
          layer.set(model);
          if (expected.h.empty()) expected = oracle(layer, model, x, h0, dh);
          Model frozen(model, TG_FLOAT32);
          Batch batch(model), asked(frozen);
          for (Batch* one : {&batch, &asked}) one->lengths("time", lengths).feed("x", x).feed("h0", h0);
          Session session(model), answers(frozen, TG_INFER);
          session.forward(batch);
          session.backward({{"h", dh}});
          answers.forward(asked);
          const double error = kDouble ? 1e-11 : gates.error, part = kDouble ? 1e-11 : 1e-4;
          CHECK_CLOSE(farthest(session.output("h"), expected.h), 0, error);
          CHECK_CLOSE(farthest(answers.output("h"), expected.h), 0, error);
          CHECK_CLOSE(farthest(session.parameter_gradient("h.bias_ih_l0"), expected.dbias), 0, part * largest(expected.dbias));
          CHECK_CLOSE(farthest(session.gradient("h0"), expected.dh0), 0, part * largest(expected.dh0));
        }
      }
    }
  }
}

TEST("states follow inputs of any size without a number that is none") {
  for (const bool lstm : {false, true}) {
    const Layer layer{lstm, 5, {-2, 0, 3}, 0.5};
    Model model(layer.spec());
    layer.set(model);
    Reals x;
    for (const double v : random_reals(64, 4)) x.push_back(static_cast<tg_real>(std::copysign(std::exp(80 * std::abs(v)), v)));
    const Reals h0(5, 0), dh(x.size() * 5, 1);
    const Run expected = oracle(layer, model, x, h0, dh);
    Batch batch(model);
    batch.lengths("time", {64}).feed("x", x).feed("h0", h0);
    Session session(model);
    session.forward(batch);
    const Reals h = session.output("h");
    Wide size = 0;
    for (std::size_t i = 0; i < h.size(); ++i) {
      if (i % 5 == 0) size = std::max(size, std::abs(Wide{x[i / 5]}));  // what a state was before it fell leaves its last digit behind
      CHECK_CLOSE(static_cast<double>(h[i] / size), static_cast<double>(expected.h[i] / size), kDouble ? 1e-14 : 1e-6);
    }
    session.backward({{"h", dh}});
    for (const tg_real v : session.gradient("x")) CHECK(std::isfinite(v));
  }
}

// h of sequences in one batch, by sequence.
std::vector<Reals> answers(Model& model, const std::vector<Reals>& x, std::size_t cols, int threads) {
  Ids lengths;
  std::size_t rows = 0;
  for (const Reals& one : x) lengths.push_back(static_cast<std::int32_t>(one.size() / cols)), rows += one.size() / cols;
  Reals packed(rows * cols);
  const auto row = [&](std::size_t s, std::int32_t t) {
    return static_cast<std::size_t>(packed_row(lengths, t, static_cast<std::int64_t>(s)));
  };
  for (std::size_t s = 0; s < x.size(); ++s) {
    for (std::int32_t t = 0; t < lengths[s]; ++t) {
      std::copy_n(&x[s][static_cast<std::size_t>(t) * cols], cols, &packed[row(s, t) * cols]);
    }
  }
  Batch batch(model);
  batch.lengths("time", lengths).feed("x", packed);
  Session session(model, TG_INFER);
  ok(tg_session_threads(session.get(), threads));
  session.forward(batch);
  const Reals h = session.output("h");
  const std::size_t size = h.size() / rows;
  std::vector<Reals> all;
  for (std::size_t s = 0; s < x.size(); ++s) {
    all.emplace_back();
    for (std::int32_t t = 0; t < lengths[s]; ++t) all.back().insert(all.back().end(), &h[row(s, t) * size], &h[row(s, t) * size] + size);
  }
  return all;
}

TEST("a long sequence of a frozen minimal cell has the same bits alone, among others, step by step, in chunks and on several threads") {
  constexpr std::size_t kCols = 5;
  std::vector<Reals> x;
  for (const std::size_t length : {700, 1, 37, 700, 233, 36, 64, 2, 700}) x.push_back(random_reals(length * kCols, 20 + x.size()));
  for (const Kernels* set : available_kernels()) {
    const Forced forced(*set);
    const std::size_t first_only = set == available_kernels().front() ? 3 : 1;
    for (const char* cell : {"min_gru", "min_lstm"}) {
      for (const int size : {37, 100}) {
        for (std::size_t p = 0; p < first_only; ++p) {
          const check::About about(std::string(set->name) + " " + cell + " " + std::to_string(size) + " in precision " + std::to_string(p));
          const std::string h = "h = recurrent x cell=" + std::string(cell) + " size=" + std::to_string(size) + "\n";
          Model trained("x = input axis=time cols=5\n" + h, 3);
          Model model(trained, static_cast<tg_precision>(p));
          const Reals alone = answers(model, {x[0]}, kCols, 1)[0];
          const std::vector<Reals> batch = answers(model, x, kCols, 1);
          CHECK(batch[0] == alone);
          for (const int threads : {2, 3, 5}) {
            const check::About on(std::to_string(threads) + " threads");
            CHECK(answers(model, {x[0]}, kCols, threads)[0] == alone);
            CHECK(answers(model, x, kCols, threads) == batch);
          }
          for (const std::size_t chunk : {1, 90}) {
            const check::About of(std::to_string(chunk) + " steps a call");
            Session session(model, TG_INFER);
            ok(tg_session_carry(session.get(), 1));
            ok(tg_session_threads(session.get(), 2));
            Reals carried;
            for (std::size_t t = 0; t < 700; t += chunk) {
              const std::size_t steps = std::min<std::size_t>(chunk, 700 - t);
              Batch part(model);
              part.lengths("time", {static_cast<std::int32_t>(steps)});
              part.feed("x", Reals(&x[0][t * kCols], &x[0][t * kCols] + steps * kCols));
              session.forward(part);
              const Reals h = session.output("h");
              carried.insert(carried.end(), h.begin(), h.end());
            }
            CHECK(carried == alone);
          }
        }
      }
    }
  }
}

TEST("a minimal cell's training on several threads, by sequences or by units, gives one thread's numbers") {
  for (const char* cell : {"min_gru", "min_lstm"}) {
    for (const Ids& lengths : {Ids{1000}, Ids{300, 299, 1}, Ids{90, 80, 90, 70, 90, 1, 90, 90, 90, 90, 90, 90, 40}}) {
      const check::About about(std::string(cell) + ", " + std::to_string(lengths.size()) + " sequences");
      const std::string h = "h = recurrent x bidirectional=true size=67 cell=" + std::string(cell) + "\n";
      Model model("x = input axis=time cols=3 gradient=true\n" + h, 3);
      std::size_t rows = 0;
      for (const auto n : lengths) rows += static_cast<std::size_t>(n);
      std::vector<Reals> first;
      for (const int threads : {1, 2, 3, 6}) {
        const check::About on(std::to_string(threads) + " threads");
        Batch batch(model);
        batch.lengths("time", lengths).feed("x", random_reals(rows * 3, 1));
        Session session(model);
        ok(tg_session_threads(session.get(), threads));
        session.forward(batch);
        session.backward({{"h", random_reals(rows * 134, 2)}});
        const std::vector<Reals> all = {session.output("h"), session.gradient("x"), session.parameter_gradient("h.bias_ih_l0_reverse")};
        if (first.empty()) first = all;
        for (std::size_t i = 0; i < all.size(); ++i) {
          double largest = 1;
          for (const tg_real v : first[i]) largest = std::fmax(largest, std::abs(static_cast<double>(v)));
          for (std::size_t j = 0; j < all[i].size(); ++j) CHECK_CLOSE(all[i][j] / largest, first[i][j] / largest, 2e-6);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tidegate
