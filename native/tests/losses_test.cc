// The losses over elements against their definitions, computed element by element in double: values, gradients to every input, sizes
// around vectors and blocks, weights, and what they refuse. Gradients by differences are gradcheck_test.cc's.
#include <functional>

#include "check.h"
#include "network.h"

namespace {

constexpr bool kDouble = sizeof(tg_real) == 8;
// Relative to the sum of the elements' magnitudes. Generic adds the elements of a block one after the other, in float.
constexpr double kTolerance = kDouble ? 1e-12 : 1e-5;

// An element's loss and its derivatives; x, t, v: of X, TARGETS and a third input; column: of X.
struct Element {
  double loss, dx, dt, dv = 0;
  double terms = 0;  // the magnitude of dv's terms, which may cancel
};
using Definition = std::function<Element(double x, double t, double v, std::int64_t column)>;

double softplus(double x) { return std::fmax(x, 0) + std::log1p(std::exp(-std::abs(x))); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

Element l1(double x, double t, double, std::int64_t) { return {std::abs(x - t), sign(x - t), -sign(x - t)}; }

Element huber(double d, double delta, double factor) {
  const double slope = factor * std::fmax(-delta, std::fmin(delta, d));
  const double loss = std::abs(d) <= delta ? d * d / 2 : delta * (std::abs(d) - delta / 2);
  return {factor * loss, slope, -slope};
}

Element quantile(double x, double t, double level) {
  const double slope = x > t ? 1 - level : x < t ? -level : 0;
  return {t > x ? level * (t - x) : (1 - level) * (x - t), slope, -slope};
}

// log p = -softplus(-x), log(1 - p) = -softplus(x)
Element logistic(double x, double t, double w) {
  return {w * t * softplus(-x) + (1 - t) * softplus(x), -w * t * sigmoid(-x) + (1 - t) * sigmoid(x), w * softplus(-x) - softplus(x)};
}

Element gaussian(double x, double t, double v, double eps, bool full) {
  const double u = std::fmax(v, eps), d = x - t;
  return {0.5 * (std::log(u) + d * d / u) + (full ? 0.5 * std::log(2 * std::acos(-1.0)) : 0), d / u, -d / u, 0.5 / u - 0.5 * d * d / u / u,
          0.5 / u + 0.5 * d * d / u / u};
}

Element poisson(double x, double t, bool log_input, double eps, bool full) {
  Element e = log_input ? Element{std::exp(x) - t * x, std::exp(x) - t, -x}
                        : Element{x - t * std::log(x + eps), 1 - t / (x + eps), -std::log(x + eps)};
  if (full && t > 1) {
    e.loss += t * std::log(t) - t + 0.5 * std::log(2 * std::acos(-1.0) * t);
    e.dt += std::log(t) + 0.5 / t;
  }
  return e;
}

struct Loss {
  std::string op, attributes;
  Definition element;
  std::int64_t levels = 1;  // columns of X for one of the targets
  // How inputs are made of numbers in -1 ... 1.
  std::function<double(double)> x = [](double u) { return 3 * u; }, t = x, v = nullptr;
};

std::vector<Loss> losses(std::int64_t cols) {
  const auto unit = [](double u) { return (u + 1) / 2; };
  const auto count = [](double u) { return std::floor(3 * (u + 1)); };
  const auto rate = [](double u) { return 2.5 * (u + 1) + 0.01; };
  const auto variance = [](double u) { return u < -0.5 ? 0 : u + 0.6; };
  const double levels[] = {0.1, 0.5, 0.85};
  std::string weights;
  for (std::int64_t c = 0; c < cols; ++c) weights += (c == 0 ? "" : ",") + std::to_string(1 + c % 5) + ".5";
  return {
      {"mse", "", [](double x, double t, double, std::int64_t) { return Element{(x - t) * (x - t), 2 * (x - t), -2 * (x - t)}; }},
      {"l1", "", l1},
      {"huber", " delta=0.5", [](double x, double t, double, std::int64_t) { return huber(x - t, 0.5, 1); }},
      {"smooth_l1", " beta=2", [](double x, double t, double, std::int64_t) { return huber(x - t, 2, 0.5); }},
      {"quantile", " levels=0.1,0.5,0.85",
       [levels, cols](double x, double t, double, std::int64_t c) { return quantile(x, t, levels[c / cols]); }, 3},
      {"binary_cross_entropy", "", [](double x, double t, double, std::int64_t) { return logistic(x, t, 1); }, 1,
       [](double u) { return 40 * u; }, unit},
      {"binary_cross_entropy", " pos_weight=" + weights,
       [](double x, double t, double, std::int64_t c) { return logistic(x, t, 1.5 + static_cast<double>(c % 5)); }, 1,
       [](double u) { return 4 * u; }, unit},
      {"gaussian_nll", "", [](double x, double t, double v, std::int64_t) { return gaussian(x, t, v, 1e-6, false); }, 1,
       [](double u) { return 1e-3 * u; }, [](double u) { return 1e-3 * u; }, variance},
      {"gaussian_nll", " full=true eps=0.25",
       [](double x, double t, double v, std::int64_t) { return gaussian(x, t, v, 0.25, true); }, 1, [](double u) { return 3 * u; },
       [](double u) { return 3 * u; }, variance},
      {"poisson_nll", "", [](double x, double t, double, std::int64_t) { return poisson(x, t, true, 0, false); }, 1,
       [](double u) { return 3 * u; }, count},
      {"poisson_nll", " full=true log_input=false",
       [](double x, double t, double, std::int64_t) { return poisson(x, t, false, 1e-8, true); }, 1, rate, count},
  };
}

std::string spec_of(const Loss& loss, std::int64_t cols, const std::string& more) {
  const std::string width = std::to_string(cols * loss.levels);
  std::string spec = "x = input axis=a gradient=true cols=" + width + "\n";
  spec += "t = input axis=a gradient=true cols=" + std::to_string(cols) + "\n";
  if (loss.v) spec += "v = input axis=a gradient=true cols=" + width + "\n";
  return spec + "loss = " + loss.op + " x t" + (loss.v ? " v" : "") + loss.attributes + more + "\n";
}

Reals made(std::size_t count, std::uint64_t seed, const std::function<double(double)>& of) {
  Reals values = random_reals(count, seed);
  for (tg_real& value : values) value = static_cast<tg_real>(of(static_cast<double>(value)));
  return values;
}

void check_gradient(const char* what, const Reals& actual, const std::vector<double>& expected, const std::vector<double>& terms = {}) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    check::About about(std::string(what) + "[" + std::to_string(i) + "]");
    CHECK_CLOSE(static_cast<double>(actual[i]), expected[i], (kDouble ? 1e-11 : 5e-6) * (terms.empty() ? 1 : std::fmax(1, terms[i])));
  }
}

void check_loss(const Loss& loss, std::int32_t rows, std::int64_t cols, bool mean) {
  check::About about(loss.op + loss.attributes.substr(0, 30) + ", " + std::to_string(rows) + " x " + std::to_string(cols));
  const auto size = static_cast<std::size_t>(rows * cols), wide = size * static_cast<std::size_t>(loss.levels);
  Model model(spec_of(loss, cols, mean ? "" : " reduction=sum"));
  const Reals x = made(wide, 3, loss.x), t = made(size, 4, loss.t), v = loss.v ? made(wide, 5, loss.v) : Reals();
  Batch batch(model);
  batch.lengths("a", {rows}).feed("x", x).feed("t", t);
  if (loss.v) batch.feed("v", v);
  Session session(model);
  const tg_metrics metrics = session.forward(batch);
  session.backward();
  double total = 0, magnitude = 1e-30;
  std::vector<double> dx(wide), dt(size), dv(wide), terms(wide);
  const double divisor = mean ? static_cast<double>(wide) : 1;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t c = 0; c < cols * loss.levels; ++c) {
      const auto at = static_cast<std::size_t>(row * cols * loss.levels + c), target = static_cast<std::size_t>(row * cols + c % cols);
      const double third = loss.v ? static_cast<double>(v[at]) : 0;
      const Element e = loss.element(static_cast<double>(x[at]), static_cast<double>(t[target]), third, c);
      total += e.loss;
      magnitude += std::abs(e.loss);
      dx[at] = e.dx / divisor;
      dt[target] += e.dt / divisor;
      dv[at] = e.dv / divisor;
      terms[at] = e.terms / divisor;
    }
  }
  CHECK(std::abs(metrics.loss - total / divisor) <= kTolerance * magnitude / divisor);
  CHECK_EQUAL(metrics.targets, rows);
  check_gradient("dx", session.gradient("x"), dx);
  check_gradient("dt", session.gradient("t"), dt);
  if (loss.v) check_gradient("dv", session.gradient("v"), dv, terms);
}

// The text of the failure of a forward call.
std::string refused(const std::string& spec, const Ids& lengths, const Reals& x, const Reals& t, const Reals& v = {}) {
  Model model(spec);
  Batch batch(model);
  batch.lengths("a", lengths).feed("x", x).feed("t", t);
  if (!v.empty()) batch.feed("v", v);
  Session session(model);
  try {
    session.forward(batch);
  } catch (const Failure& e) {
    CHECK_EQUAL(static_cast<int>(e.status), static_cast<int>(TG_INVALID_ARGUMENT));
    return e.what();
  }
  return "accepted";
}

void check_contains(const std::string& text, const std::string& words) {
  CHECK_EQUAL(text.find(words) == std::string::npos ? text : words, words);
}

std::string spec_error(const std::string& line) {
  try {
    Model model("x = input axis=a cols=4\nt = input axis=a cols=2\nu = input axis=a cols=4\nloss = " + line + "\n");
  } catch (const Failure& e) {
    CHECK_EQUAL(static_cast<int>(e.status), static_cast<int>(TG_INVALID_SPEC));
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST("every loss and its gradients to all inputs follow the definition, for sizes around every vector") {
  for (std::int64_t cols = 1; cols <= 67; ++cols) {
    for (const Loss& loss : losses(cols)) {
      check_loss(loss, 1, cols, true);
      check_loss(loss, 3, cols, false);
    }
  }
}

TEST("sums over several blocks, and rows that are longer than a block, follow the definition") {
  for (const Loss& loss : losses(7)) check_loss(loss, 1300, 7, true);
  for (const Loss& loss : losses(1)) check_loss(loss, 9001, 1, true);
  for (const Loss& loss : losses(4500)) check_loss(loss, 2, 4500, true);
}

TEST("a perfect prediction has no loss and no gradient") {
  for (const char* op : {"mse", "l1", "huber", "smooth_l1", "quantile levels=0.3"}) {
    check::About about(op);
    const std::string name = op, first = name.substr(0, name.find(' ')), rest = name.substr(first.size());
    Model model("x = input axis=a gradient=true cols=2\nt = input axis=a gradient=true cols=2\nloss = " + first + " x t" + rest + "\n");
    Batch batch(model);
    batch.lengths("a", {2}).feed("x", {1, -2, 3, 0}).feed("t", {1, -2, 3, 0});
    Session session(model);
    CHECK_EQUAL(session.forward(batch).loss, 0.0);
    session.backward();
    for (const char* input : {"x", "t"}) {
      for (const tg_real g : session.gradient(input)) CHECK_EQUAL(g, 0);
    }
  }
}

TEST("a sure and right logit keeps its small loss, and a sure and wrong one its large loss") {
  Model model("x = input axis=a cols=1\nt = input axis=a cols=1\nloss = binary_cross_entropy x t reduction=sum\n");
  const auto loss = [&](tg_real x, tg_real t) {
    Batch batch(model);
    batch.lengths("a", {1}).feed("x", {x}).feed("t", {t});
    return Session(model).forward(batch).loss;
  };
  for (const double x : {20.0, 50.0, 80.0}) {
    const tg_real logit = static_cast<tg_real>(x);
    CHECK_CLOSE(loss(logit, 1) / std::exp(-x), 1, 1e-6);
    CHECK_CLOSE(loss(-logit, 0) / std::exp(-x), 1, 1e-6);
    CHECK_CLOSE(loss(-logit, 1), x, 1e-6);
    CHECK_CLOSE(loss(logit, 0), x, 1e-6);
  }
  CHECK_EQUAL(loss(static_cast<tg_real>(1e30), 1), 0.0);
}

TEST("one pos_weight for all columns is that weight in every column") {
  for (const int cols : {1, 3, 19}) {
    std::string each;
    for (int c = 0; c < cols; ++c) each += c == 0 ? "2.5" : ",2.5";
    std::vector<double> found;
    for (const std::string& weights : {std::string("2.5"), each}) {
      const std::string width = std::to_string(cols);
      Model model("x = input axis=a cols=" + width + "\nt = input axis=a cols=" + width +
                  "\nloss = binary_cross_entropy x t pos_weight=" + weights + "\n");
      Batch batch(model);
      const auto count = static_cast<std::size_t>(5 * cols);
      batch.lengths("a", {5}).feed("x", random_reals(count, 1)).feed("t", made(count, 2, [](double u) { return u > 0 ? 1 : 0; }));
      found.push_back(Session(model).forward(batch).loss);
    }
    CHECK_EQUAL(found[0], found[1]);
  }
}

TEST("targets of binary_cross_entropy outside 0 to 1 are refused by row and column, wherever they stand") {
  const std::string spec = "x = input axis=a cols=2\nt = input axis=a cols=2\nloss = binary_cross_entropy x t\n";
  for (const tg_real bad : {tg_real{-0.25}, static_cast<tg_real>(1.5), static_cast<tg_real>(NAN)}) {
    for (std::size_t at = 0; at < 10; ++at) {
      Reals t(10, static_cast<tg_real>(0.5));
      t[at] = bad;
      check_contains(refused(spec, {2, 3}, Reals(10, 0), t), "row " + std::to_string(at / 2) + " (step ");
      check_contains(refused(spec, {2, 3}, Reals(10, 0), t), "), column " + std::to_string(at % 2) + " is ");
    }
  }
  check_contains(refused(spec, {2}, Reals(4, 0), {0, 1, static_cast<tg_real>(1.5), 0}),
                 "'t' (real, 2 columns, per step of axis 'a'): row 1 (step 1 of sequence 0), "
                 "column 0 is 1.5, expected a number from 0 to 1");
  CHECK_EQUAL(refused(spec, {2}, Reals(4, 0), {0, 1, 1, 0}), "accepted");
}

TEST("a variance below 0 is refused by row and column; 0 is not") {
  const std::string spec = "x = input axis=a cols=2\nt = input axis=a cols=2\nv = input axis=a cols=2\nloss = gaussian_nll x t v\n";
  check_contains(refused(spec, {2}, Reals(4, 0), Reals(4, 0), {1, 2, 3, static_cast<tg_real>(-1e-3)}),
                 "row 1 (step 1 of sequence 0), column 1 is -0.001");
  check_contains(refused(spec, {1, 1}, Reals(4, 0), Reals(4, 0), {-1, 2, 3, 0}), "expected no number below 0");
  CHECK_EQUAL(refused(spec, {2}, Reals(4, 0), Reals(4, 0), {1, 2, 3, 0}), "accepted");
}

TEST("a session goes on as if a refused call had not been made") {
  const std::string spec =
      "x = input axis=a cols=2\nt = input axis=a cols=2\nd = dropout x p=0.5\ny = linear d cols=2\nloss = binary_cross_entropy y t\n";
  Model model(spec);
  Batch good(model), bad(model);
  good.lengths("a", {3}).feed("x", random_reals(6, 1)).feed("t", {0, 1, 0, 1, 0, 1});
  bad.lengths("a", {3}).feed("x", random_reals(6, 1)).feed("t", {0, 1, 0, 1, 0, 2});
  Session undisturbed(model), disturbed(model);
  const double first = undisturbed.forward(good).loss, second = undisturbed.forward(good).loss;
  CHECK_EQUAL(disturbed.forward(good).loss, first);
  CHECK_EQUAL(static_cast<int>(tg_session_forward(disturbed.get(), bad.get(), nullptr)), static_cast<int>(TG_INVALID_ARGUMENT));
  CHECK_EQUAL(disturbed.forward(good).loss, second);
}

TEST("attributes and columns that do not fit are errors that say what is expected") {
  check_contains(spec_error("quantile x t"), "levels=0.1,0.5,0.9");
  check_contains(spec_error("quantile x t levels=0.1,1"), "between 0 and 1");
  check_contains(spec_error("quantile x t levels=0"), "between 0 and 1");
  check_contains(spec_error("quantile x t levels=0.1,0.5,0.9"), "expected 6 columns for 't'");
  CHECK_EQUAL(spec_error("quantile x t levels=0.1,0.9"), "accepted");
  check_contains(spec_error("quantile x u levels=0.1,0.9"), "expected 8 columns");
  check_contains(spec_error("l1 x t"), "as many columns as 'x'");
  check_contains(spec_error("huber x u delta=0"), "delta=0");
  check_contains(spec_error("smooth_l1 x u beta=-1"), "beta=-1");
  check_contains(spec_error("binary_cross_entropy x u pos_weight=1,2"), "expected one weight, or 4, one for each column of 'x'");
  check_contains(spec_error("binary_cross_entropy x u pos_weight=-1"), "no weight below 0");
  check_contains(spec_error("gaussian_nll x u"), "gaussian_nll");
  check_contains(spec_error("gaussian_nll x u t"), "as many columns as 'x'");
  check_contains(spec_error("poisson_nll x u full=1"), "true");
  check_contains(spec_error("l1 x u delta=1"), "unknown attribute 'delta=1'");
}
