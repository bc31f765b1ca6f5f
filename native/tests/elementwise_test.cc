// Every line of simd/elementwise.def through the C ABI against the functions of the C++ library, in the form that the header defines: a
// line without an oracle here fails.
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "check.h"
#include "examples.h"
#include "functions.h"
#include "ops/op.h"

namespace {

constexpr bool kDouble = sizeof(tg_real) == 8;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();

// A result against the oracle's: NaN with NaN, infinity with the same infinity, finite numbers relative to themselves, or to 1.
void check_number(const std::string& what, double actual, double expected, double tolerance) {
  if (std::isnan(expected) ? std::isnan(actual) : actual == expected) return;
  if (std::abs(actual - expected) <= tolerance * std::fmax(1, std::abs(expected))) return;
  char text[200];
  std::snprintf(text, sizeof text, "%s is %.9g, expected %.9g", what.c_str(), actual, expected);
  check::fail(__FILE__, __LINE__, text);
}

const double kClose = kDouble ? 1e-13 : 2e-6;

// ---- Functions of one value -------------------------------------------------------------------------------------------------------

// Around 0, at the kinks, far out. 57 numbers: three rows of 19 are no whole vectors anywhere.
Reals arguments() {
  Reals x = {0, tg_real{-0.0}, 1, -1, tg_real{0.5}, tg_real{-0.5}, tg_real{0.75}, 20, -20, 3, -3, tg_real{1e-20}, tg_real{-1e-20}};
  const Reals more = random_reals(44, 3);
  for (std::size_t i = 0; i < more.size(); ++i) x.push_back(more[i] * static_cast<tg_real>(i % 4 + 1));
  return x;
}

void check_function(const std::string& op, const std::string& name) {
  const auto found = functions().find(name);
  check::About about(name + " of " + op);
  REQUIRE(found != functions().end());
  for (const OracleNumbers& s : found->second.settings) {
    const check::About settings(s.text);
    const std::string line = op == "named" ? name + " x " : "activation x kind=" + name + " ";
    Model model("x = input axis=t cols=19 gradient=true\ny = " + line + s.text + "\n");
    Session session(model);
    Batch batch(model);
    const Reals x = arguments(), seed = random_reals(x.size(), 5);
    batch.lengths("t", {2, 1}).feed("x", x);
    session.forward(batch);
    session.backward({{"y", seed}});
    const Reals y = session.output("y"), dx = session.gradient("x");
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::string at = "(" + std::to_string(x[i]) + ")";
      const double a = kDouble ? s.a : static_cast<float>(s.a), b = kDouble ? s.b : static_cast<float>(s.b);
      check_number("y" + at, y[i], found->second.value(x[i], a, b), kClose);
      check_number("dx" + at, dx[i], seed[i] * found->second.slope(x[i], a, b), kClose);
    }
  }
}

// ---- Operations of two values -----------------------------------------------------------------------------------------------------

struct Operation {
  double neutral;
  std::function<double(double a, double b)> value, left, right;
};

const std::map<std::string, Operation>& operations() {
  static const std::map<std::string, Operation> all = {
      {"add", {0, [](double a, double b) { return a + b; }, [](double, double) { return 1; }, [](double, double) { return 1; }}},
      {"sub", {0, [](double a, double b) { return a - b; }, [](double, double) { return 1; }, [](double, double) { return -1; }}},
      {"mul", {1, [](double a, double b) { return a * b; }, [](double, double b) { return b; }, [](double a, double) { return a; }}},
      {"div", {1, [](double a, double b) { return a / b; }, [](double, double b) { return 1 / b; },
               [](double a, double b) { return -a / b / b; }}},
      {"pow", {1, [](double a, double b) { return std::pow(a, b); },
               [](double a, double b) { return b == 0 ? 0 : b * std::pow(a, b - 1); },
               [](double a, double b) { return a == 0 && b >= 0 ? 0 : std::pow(a, b) * std::log(a); }}},
      {"maximum", {0, [](double a, double b) { return a > b ? a : b; }, [](double a, double b) { return a > b ? 1 : a < b ? 0 : 0.5; },
                   [](double a, double b) { return b > a ? 1 : b < a ? 0 : 0.5; }}},
      {"minimum", {0, [](double a, double b) { return a < b ? a : b; }, [](double a, double b) { return a < b ? 1 : a > b ? 0 : 0.5; },
                   [](double a, double b) { return b < a ? 1 : b > a ? 0 : 0.5; }}},
  };
  return all;
}

// Whole numbers among them, so that some are equal, 0, or powers of a negative base; div gets no 0 to divide by.
Reals operands(const std::string& op, std::size_t count, std::uint64_t seed) {
  Reals x = random_reals(count, seed);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 3 == 0) x[i] = std::round(x[i] * 2);
    if (op == "div" && std::abs(x[i]) < 0.25) x[i] = tg_real{0.5};
  }
  return x;
}

// One form of an operation, rows x cols, each side as rows of `cols` numbers, of one number, one row, or one number for all.
enum class Side { full, column, row, constant };

struct Form {
  std::string name;
  Side left, right;
};

void check_operation(const std::string& op, const Form& form, const Ids& lengths, std::int64_t cols) {
  const Operation& right_answer = operations().at(op);
  check::About about(op + ", " + form.name + ", " + std::to_string(lengths.size()) + " sequences, " + std::to_string(cols) + " columns");
  std::int64_t rows = 0;
  for (const auto n : lengths) rows += n;
  const auto count = [&](Side s) {
    return static_cast<std::size_t>((s == Side::full || s == Side::column ? rows : 1) * (s == Side::full || s == Side::row ? cols : 1));
  };
  const Reals a = operands(op, count(form.left), 21), b = operands(op, count(form.right), 22);
  std::string spec, line = "y = " + op;
  const auto input = [&](const std::string& name, Side s) {
    if (s == Side::row || s == Side::constant) return;
    spec += name + " = input axis=t gradient=true cols=" + std::to_string(s == Side::full ? cols : 1) + "\n";
    line += " " + name;
  };
  input("a", form.left);
  input("b", form.right);
  for (const Side s : {form.left, form.right}) {
    if (s == Side::row) line += " parameter=true";
    if (s == Side::constant) line += " value=" + std::to_string((s == form.left ? a : b)[0]);
  }
  if (form.left == Side::row || form.left == Side::constant) line += " reverse=true";
  Model model(spec + line + "\n");
  CHECK_EQUAL(model.parameters(), form.left == Side::row || form.right == Side::row ? 1 : 0);
  if (model.parameters() == 1) {
    for (const tg_real w : model.get("y.weight")) CHECK_EQUAL(w, right_answer.neutral);
    model.set("y.weight", form.left == Side::row ? a : b);
  }
  Session session(model);
  Batch batch(model);
  batch.lengths("t", lengths);
  if (form.left == Side::full || form.left == Side::column) batch.feed("a", a);
  if (form.right == Side::full || form.right == Side::column) batch.feed("b", b);
  session.forward(batch);
  const Reals seed = random_reals(static_cast<std::size_t>(rows * cols), 23);
  session.backward({{"y", seed}});

  const Reals y = session.output("y");
  std::vector<double> da(a.size()), db(b.size());
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < cols; ++c) {
      const auto at = [&](Side s) {
        return static_cast<std::size_t>(s == Side::full ? r * cols + c : s == Side::column ? r : s == Side::row ? c : 0);
      };
      const double left = a[at(form.left)], right = b[at(form.right)];
      const auto i = static_cast<std::size_t>(r * cols + c);
      check_number("y[" + std::to_string(i) + "]", y.at(i), right_answer.value(left, right), kClose);
      da[at(form.left)] += seed[i] * right_answer.left(left, right);
      db[at(form.right)] += seed[i] * right_answer.right(left, right);
    }
  }
  const auto check_gradient = [&](const std::string& name, Side s, const std::vector<double>& expected) {
    if (s == Side::constant) return;
    const Reals actual = s == Side::row ? session.parameter_gradient("y.weight") : session.gradient(name);
    REQUIRE(actual.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) check_number("d" + name, actual[i], expected[i], 30 * kClose);
  };
  check_gradient("a", form.left, da);
  check_gradient("b", form.right, db);
}

const std::vector<Form> kForms = {
    {"two values", Side::full, Side::full},        {"a column on the left", Side::column, Side::full},
    {"a column on the right", Side::full, Side::column}, {"two columns", Side::column, Side::column},
    {"a constant", Side::full, Side::constant},    {"a constant reversed", Side::constant, Side::full},
    {"a parameter", Side::full, Side::row},        {"a parameter reversed", Side::row, Side::full}};

}  // namespace

TEST("every function of the table gives the C++ library's results, and PyTorch's slopes at kinks") {
#define TG_OPERATION(...)
#define TG_FUNCTION(op, name, ...) check_function(#op, #name);
#include "simd/elementwise.def"
#undef TG_FUNCTION
#undef TG_OPERATION
}

TEST("every operation of the table gives the C++ library's results, and its gradients, in all forms") {
  std::set<std::string> names;
#define TG_FUNCTION(...)
#define TG_OPERATION(name, ...) names.insert(#name);
#include "simd/elementwise.def"
#undef TG_FUNCTION
#undef TG_OPERATION
  for (const std::string& op : names) {
    check::About about(op);
    REQUIRE(operations().count(op) == 1);
    for (const Form& form : kForms) {
      for (const std::int64_t cols : {1, 2, 17, 67}) {
        if (form.left == Side::column && form.right == Side::column && cols > 1) continue;
        for (const Ids& lengths : {Ids{1}, Ids{3, 1, 4}}) check_operation(op, form, lengths, cols);
      }
      if (form.left != Side::column || form.right != Side::column) check_operation(op, form, Ids(50, 3), 5);  // 150 rows: several groups
    }
  }
}

TEST("the slopes at kinks are PyTorch's: 0, 0, 0, inclusive bounds, and half of equals") {
  Model model(
      "x = input axis=t cols=2 gradient=true\nz = input axis=t cols=2 gradient=true\n"
      "relu = activation x kind=relu\nleaky = activation x kind=leaky_relu\nelu = activation x kind=elu alpha=2\nabs = abs x\n"
      "clip = clip x min=0 max=1\nhard = activation z kind=hard_sigmoid alpha=0.5 beta=0.5\nmaximum = maximum x z\nminimum = minimum x z\n"
      "root = sqrt x\npower = pow x value=0\nof_zero = pow x z\n");
  const auto slopes = [&](const std::string& node, const std::string& input) {
    Session session(model);
    Batch batch(model);
    batch.lengths("t", {1}).feed("x", {0, 1}).feed("z", {0, 1});
    session.forward(batch);
    session.backward({{node, {1, 1}}});
    return session.gradient(input);
  };
  CHECK(slopes("relu", "x") == (Reals{0, 1}));
  CHECK(slopes("leaky", "x") == (Reals{static_cast<tg_real>(0.01), 1}));
  CHECK(slopes("elu", "x") == (Reals{2, 1}));
  CHECK(slopes("abs", "x") == (Reals{0, 1}));
  CHECK(slopes("clip", "x") == (Reals{1, 1}));
  CHECK(slopes("hard", "z") == (Reals{tg_real{0.5}, 0}));
  for (const char* node : {"maximum", "minimum"}) {
    for (const char* input : {"x", "z"}) CHECK(slopes(node, input) == (Reals{tg_real{0.5}, tg_real{0.5}}));
  }
  CHECK(slopes("root", "x") == (Reals{static_cast<tg_real>(kInf), tg_real{0.5}}));
  CHECK(slopes("power", "x") == (Reals{0, 0}));
  CHECK(slopes("of_zero", "z") == (Reals{0, 0}));
}

TEST("an operation of a value with itself adds both gradients") {
  Model model("x = input axis=t cols=3 gradient=true\nm = mul x x\nd = div x x\np = pow x x\n");
  Session session(model);
  Batch batch(model);
  batch.lengths("t", {1}).feed("x", {1, 2, 3});
  session.forward(batch);
  session.backward({{"m", {1, 1, 1}}, {"d", {1, 1, 1}}, {"p", {1, 0, 0}}});
  const Reals dx = session.gradient("x");
  CHECK_CLOSE(dx[0], 2 + 0 + 1, kClose);  // d x^x = x^x (1 + log x)
  CHECK_CLOSE(dx[1], 4, kClose);
  CHECK_CLOSE(dx[2], 6, kClose);
}

TEST("add takes any number of values, also one") {
  Model model("x = input axis=t cols=2 gradient=true\nz = input axis=t cols=2 gradient=true\none = add x\nfour = add x z x z\n");
  Session session(model);
  Batch batch(model);
  batch.lengths("t", {1}).feed("x", {1, 2}).feed("z", {10, 20});
  session.forward(batch);
  CHECK(session.output("one") == (Reals{1, 2}));
  CHECK(session.output("four") == (Reals{22, 44}));
  session.backward({{"one", {3, 4}}, {"four", {5, 6}}});
  CHECK(session.gradient("x") == (Reals{13, 16}));
  CHECK(session.gradient("z") == (Reals{10, 12}));
}

TEST("values per sequence of two axes are combined, and other numbers of sequences refused with both inputs' rows") {
  Model model("x = input axis=a per=sequence cols=2\nz = input axis=b per=sequence cols=1\ny = mul x z\n");
  Session session(model);
  Batch batch(model), wrong(model);
  batch.lengths("a", {2, 1}).lengths("b", {1, 3}).feed("x", {1, 2, 3, 4}).feed("z", {10, 100});
  session.forward(batch);
  CHECK(session.output("y") == (Reals{10, 20, 300, 400}));
  wrong.lengths("a", {2, 1}).lengths("b", {1}).feed("x", {1, 2, 3, 4}).feed("z", {10});
  try {
    session.forward(wrong);
    CHECK(false);
  } catch (const Failure& failure) {
    const std::string said = failure.what();
    for (const char* part : {"'y'", "input 2 has 1 rows", "input 1"}) CHECK(said.find(part) != std::string::npos);
  }
}

TEST("a parameter starts from what init says, and else changes nothing") {
  const std::string spec = "x = input axis=t cols=300\n";
  Model plain(spec + "y = mul x parameter=true\n"), uniform(spec + "y = mul x parameter=true init=uniform init_scale=0.2\n"),
      zero(spec + "y = mul x parameter=true init=zero\n");
  for (const tg_real w : plain.get("y.weight")) CHECK_EQUAL(w, 1);
  for (const tg_real w : zero.get("y.weight")) CHECK_EQUAL(w, 0);
  double least = 1, greatest = -1;
  for (const tg_real w : uniform.get("y.weight")) {
    least = std::fmin(least, w);
    greatest = std::fmax(greatest, w);
  }
  CHECK(least >= -0.2 && least < -0.18 && greatest <= 0.2 && greatest > 0.18);
}

TEST("results and gradients have the same bits for any number of threads") {
  for (const std::string op : {"mul", "pow", "maximum"}) {
    for (const std::int64_t cols : {1, 7, 900}) {
      check::About about(op + " of " + std::to_string(cols) + " columns");
      Model model("x = input axis=t gradient=true cols=" + std::to_string(cols) +
                  "\nc = input axis=t gradient=true cols=1\ns = square x\np = add s value=1\nw = " + op + " p parameter=true\nu = " + op +
                  " w c\ny = activation u kind=gelu\nf = softmax y\ng = log_softmax y\n");
      Batch batch(model);
      const Ids lengths = {700, 13, 200};
      batch.lengths("t", lengths).feed("x", random_reals(static_cast<std::size_t>(913 * cols), 1)).feed("c", random_reals(913, 2));
      const Reals seed = random_reals(static_cast<std::size_t>(913 * cols), 4);
      std::vector<Reals> first;
      for (const int threads : {1, 2, 5}) {
        Session session(model);
        ok(tg_session_threads(session.get(), threads));
        session.forward(batch);
        session.backward({{"y", seed}, {"f", seed}, {"g", seed}});
        const std::vector<Reals> all = {session.output("y"), session.output("f"), session.output("g"), session.gradient("x"),
                                        session.gradient("c"), session.parameter_gradient("w.weight")};
        if (threads == 1) first = all;
        CHECK(all == first);
      }
    }
  }
}

TEST("the gradient of a column has the same bits for any number of threads, also of a single row") {
  Model model("x = input axis=t gradient=true cols=30000\nc = input axis=t gradient=true cols=1\ny = mul x c\nz = sub c x\n");
  Batch batch(model);
  const Reals x = random_reals(30000, 1), dy = random_reals(30000, 3), dz = random_reals(30000, 4);
  batch.lengths("t", {1}).feed("x", x).feed("c", {static_cast<tg_real>(0.7)});
  double expected = 0;
  for (std::size_t i = 0; i < x.size(); ++i) expected += static_cast<double>(dy[i]) * static_cast<double>(x[i]) + static_cast<double>(dz[i]);
  Reals first;
  for (const int threads : {1, 2, 3, 5}) {
    Session session(model);
    ok(tg_session_threads(session.get(), threads));
    session.forward(batch);
    session.backward({{"y", dy}, {"z", dz}});
    if (threads == 1) first = session.gradient("c");
    CHECK(session.gradient("c") == first);
    CHECK_CLOSE(session.gradient("c")[0], expected, sizeof(tg_real) == 8 ? 1e-9 : 2e-2);
  }
}

TEST("what is outside of a domain is NaN or infinite, and a training step that meets it changes nothing") {
  const std::string spec =
      "x = input axis=t cols=2\nz = input axis=t cols=2\nl = log x\nr = sqrt x\nd = div x z\np = pow x z\nm = mul l parameter=true\n"
      "target = input axis=t cols=2\nloss = mse m target\n";
  Model model(spec);
  Session session(model);
  Optimizer optimizer(model, "adam");
  Batch batch(model);
  batch.lengths("t", {2}).feed("x", {-1, 0, static_cast<tg_real>(kInf), static_cast<tg_real>(kNaN)}).feed("z", {tg_real{0.5}, 0, 0, 0});
  batch.feed("target", {0, 0, 0, 0});
  session.forward(batch);
  const auto check_all = [&](const std::string& node, const std::vector<double>& expected) {
    const Reals actual = session.output(node);
    for (std::size_t i = 0; i < 4; ++i) check_number(node, actual[i], expected[i], 0);
  };
  check_all("l", {kNaN, -kInf, kInf, kNaN});
  check_all("r", {kNaN, 0, kInf, kNaN});
  check_all("d", {-2, kNaN, kInf, kNaN});
  check_all("p", {kNaN, 1, 1, 1});
  session.backward();
  ok(tg_session_zero_gradients(session.get()));
  const Reals before = model.all_parameters();
  const tg_step step = {0.1, 1, 0, TG_NORM_L2};
  tg_metrics metrics;
  ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, &metrics));
  CHECK(!std::isfinite(metrics.loss));
  CHECK(model.all_parameters() == before);
}
