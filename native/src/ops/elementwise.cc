// Element by element: the functions of one value, the kinds of activation, and the operations of two values, one for each line of
// simd/elementwise.def.
//
//   sqrt X, exp X, ..., clip X [min=A] [max=B]            y = f(x)
//   activation X kind=K [alpha=A] [beta=B]                y = f(x)
//   sub X Z, mul X Z, ...                                 y = f(x, z). X and Z have the same rows, and as many columns, or one of them has
//                                                         one column, which then goes with each column of the other
//   mul X value=V [reverse=true]                          y = f(x, V), or f(V, x)
//   mul X parameter=true [reverse=true]                   y = f(x, w), or f(w, x), w the parameter weight [C] for all rows
//   add X Y ...                                           also any other number of values of the same columns
#include <algorithm>
#include <cstring>
#include <limits>

#include "ops/elementwise.h"
#include "ops/initializer.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

// ---- Functions of one value -------------------------------------------------------------------------------------------------------

constexpr double kBound = std::numeric_limits<float>::max(), kUnbounded = std::numeric_limits<double>::infinity();
constexpr FunctionSettings none = {0, {}, false};
constexpr FunctionSettings min_max = {2, {{"min", -kBound, kBound, -kUnbounded}, {"max", -kBound, kBound, kUnbounded}}, true};
constexpr FunctionSettings alpha(double standard) { return {1, {{"alpha", -kBound, kBound, standard}}, false}; }
constexpr FunctionSettings alpha_beta(double first, double second) {
  return {2, {{"alpha", -kBound, kBound, first}, {"beta", -kBound, kBound, second}}, false};
}

#define TG_OPERATION(name, tolerance, neutral, example, value, to_left, to_right)
#define TG_FUNCTION(op, name, tolerance, settings, example, value, gradient) \
  constexpr Function name##_function = {FunctionOp::op, #name, settings, Domain::example, &Kernels::name##_forward, &Kernels::name##_backward};
#include "simd/elementwise.def"
#undef TG_FUNCTION

constexpr const Function* functions[] = {
#define TG_FUNCTION(op, name, tolerance, settings, example, value, gradient) &name##_function,
#include "simd/elementwise.def"
#undef TG_FUNCTION
};

class ElementwiseFunction : public NodeOp {
 public:
  // null: the node's kind= says which.
  explicit ElementwiseFunction(const Function* function) : function_(function) {}

  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    if (function_ == nullptr) function_ = &activation_of(node.attributes(), "kind");
    const FunctionSettings& settings = function_->settings;
    const FunctionSettings::Numbers numbers = settings.read(node.attributes());
    if (settings.bounds && !numbers.given) {
      node.fail(text("expected '", settings.setting[0].key, "=', '", settings.setting[1].key, "=' or both"));
    }
    if (settings.bounds && numbers.a > numbers.b) {
      node.fail(text("'", settings.setting[0].key, "=", node.attributes().word(settings.setting[0].key), "' is above '",
                     settings.setting[1].key, "=", node.attributes().word(settings.setting[1].key), "'"));
    }
    a_ = static_cast<real>(numbers.a);
    b_ = static_cast<real>(numbers.b);
    node.output("", node.input(0));
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    real* y = run.out(0);
    run.threads->split(x.rows * x.type.cols, kElementGrain, [&](index begin, index end) {
      (run.k->*function_->forward)(y + begin, x.data + begin, a_, b_, end - begin);
    });
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    const Value& y = run.result(0);
    if (x.grad == nullptr || y.grad == nullptr) return;
    run.threads->split(y.rows * y.type.cols, kElementGrain, [&](index begin, index end) {
      (run.k->*function_->backward)(x.grad + begin, y.grad + begin, x.data + begin, y.data + begin, a_, b_, end - begin);
    });
  }

 private:
  const Function* function_;
  real a_ = 0, b_ = 0;
};

// Random inputs are around 0; where that is no place for the function, their squares and a little more are its input.
std::string example_of(const Function& f) {
  const std::string in = f.domain == Domain::positive ? "p" : "x";
  const std::string line = f.op == FunctionOp::activation ? text("y = activation ", in, " kind=", f.name) : text("y = ", f.name, " ", in);
  return text("x = input axis=a cols=5 gradient=true\n", f.domain == Domain::positive ? "s = square x\np = add s value=0.5\n" : "", line,
              f.settings.bounds ? " min=-0.4 max=0.5" : "",
              "\n"
              "target = input axis=a cols=5\n"
              "loss = mse y target\n");
}

std::vector<std::string> activation_examples() {
  std::vector<std::string> examples;
  for (const Function* f : activations()) examples.push_back(example_of(*f));
  return examples;
}

// ---- Operations of two values -----------------------------------------------------------------------------------------------------

using OperationGradient = void(real* d, const real* dy, const real* a, const real* b, const real* y, Single single, index n);

struct Operation {
  const char* name;
  double neutral;
  Domain domain;
  void (*Kernels::*forward)(real* y, const real* a, const real* b, Single single, index n);
  OperationGradient* Kernels::*left;
  OperationGradient* Kernels::*right;
};

#undef TG_OPERATION
#define TG_FUNCTION(op, name, tolerance, settings, example, value, gradient)
#define TG_OPERATION(name, tolerance, neutral, example, value, to_left, to_right)                                              \
  constexpr Operation name##_operation = {#name, neutral, Domain::example, &Kernels::name##_forward, &Kernels::name##_left, \
                                          &Kernels::name##_right};
#include "simd/elementwise.def"
#undef TG_OPERATION

constexpr int kMostSummands = 64;
constexpr index kGroup = 64;  // rows whose gradient of a parameter is summed by itself, so that rounding errors grow slowly

bool sums(const Operation& operation) { return &operation == &add_operation; }

class ElementwiseOperation : public NodeOp {
 public:
  explicit ElementwiseOperation(const Operation& operation) : operation_(operation) {}

  void infer(Declaration& node) override {
    const Attributes& attributes = node.attributes();
    inputs_ = node.inputs();
    const bool value = attributes.has("value"), parameter = attributes.flag("parameter", false);
    reverse_ = attributes.flag("reverse", false);
    if (inputs_ > 1 && (value || parameter || reverse_)) {
      node.fail(text(value ? "value=" : parameter ? "parameter=true" : "reverse=true", " goes with one input, got ", inputs_));
    }
    if (value && parameter) node.fail("value= and parameter=true both stand for the second operand; expected one of them");
    if (inputs_ == 1 && !value && !parameter && !sums(operation_)) {
      node.fail("one input; expected a second, value= or parameter=true");
    }
    second_ = value ? Second::constant : parameter ? Second::parameter : inputs_ > 1 ? Second::input : Second::none;
    if (value) value_ = static_cast<real>(attributes.number("value", -kBound, kBound));
    for (int i = 0; i < inputs_; ++i) {
      expect_kind(node, i, Kind::real);
      expect_same_rows(node, 0, i);
    }
    Type type = node.input(0);
    for (int i = 1; i < inputs_; ++i) {
      const index cols = node.input(i).cols;
      if (cols == type.cols) continue;
      if (inputs_ > 2 || (cols != 1 && type.cols != 1)) {
        node.fail(text("input ", node.describe(i), ": expected as many columns as ", node.describe(0), inputs_ > 2 ? "" : ", or one"));
      }
      type.cols = std::max(type.cols, cols);
    }
    if (parameter) {
      const Init standard = {Init::Law::constant, operation_.neutral};
      node.parameter("weight", type.cols, 0,
                     attributes.has("init") ? Initializer(attributes, 1 / std::sqrt(static_cast<double>(type.cols))).weight(1, type.cols)
                                            : standard);
    }
    node.output("", type);
  }

  void check(const Run& run) const override {
    for (int i = 1; i < inputs_; ++i) check_same_rows(run, 0, i);
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    real* y = run.out(0);
    if (second_ == Second::none) {
      std::memcpy(y, x.data, sizeof(real) * x.rows * x.type.cols);
      return;
    }
    const Pair pair = operands(run, nullptr);
    pair.split(*run.threads, [&](index row, index begin, index end) {
      real* to = y + row * pair.cols + begin;
      (run.k->*operation_.forward)(to, pair.left.at(row, begin), pair.right.at(row, begin), pair.single, end - begin);
    });
    for (int i = 2; i < inputs_; ++i) run.k->add(y, run.in(i).data, x.rows * x.type.cols);
  }

  void backward(Run& run) const override {
    const Value& y = run.result(0);
    if (y.grad == nullptr) return;
    if (second_ == Second::none) {
      if (run.in(0).grad != nullptr) run.k->add(run.in(0).grad, y.grad, y.rows * y.type.cols);
      return;
    }
    const Pair pair = operands(run, second_ == Second::parameter ? run.gradient(0) : nullptr);
    gradient(run, pair, pair.left, run.k->*operation_.left);
    gradient(run, pair, pair.right, run.k->*operation_.right);
    for (int i = 2; i < inputs_; ++i) {
      if (run.in(i).grad != nullptr) run.k->add(run.in(i).grad, y.grad, y.rows * y.type.cols);
    }
  }

 private:
  enum class Second { none, input, constant, parameter };

  // An operand as rows see it. step: from row to row; single: a row has one number.
  struct Operand {
    const real* data;
    real* grad;
    index step;
    bool single, vector;  // vector: one row for all
    const real* at(index row, index col) const { return data + row * step + (single ? 0 : col); }
    real* grad_at(index row, index col) const { return grad + row * step + (single ? 0 : col); }
  };

  struct Pair {
    Operand left, right;
    Single single;
    index rows, cols;

    // Calls work(row, begin, end) for pieces of rows that cover all of them; what is the same for all rows is one long row.
    template <class Work>
    void split(Threads& threads, const Work& work) const {
      if (rows == 1) {
        threads.split(cols, kElementGrain, [&](index begin, index end) { work(0, begin, end); });
        return;
      }
      threads.split(rows, row_grain(cols), [&](index begin, index end) {
        for (index row = begin; row < end; ++row) work(row, 0, cols);
      });
    }
  };

  static Operand of_value(const Value& value, index cols) {
    const bool single = value.type.cols == 1 && cols > 1;
    return {value.data, value.grad, value.type.cols, single, false};
  }

  // dweight: the gradient of the parameter, if there is one.
  Pair operands(const Run& run, real* dweight) const {
    const Value& x = run.in(0);
    Pair pair{};
    pair.rows = x.rows;
    pair.cols = second_ == Second::input ? std::max(x.type.cols, run.in(1).type.cols) : x.type.cols;
    pair.left = of_value(x, pair.cols);
    switch (second_) {
      case Second::input: pair.right = of_value(run.in(1), pair.cols); break;
      case Second::constant: pair.right = {&value_, nullptr, 0, true, false}; break;
      default: pair.right = {run.parameter(0), dweight, 0, false, true};
    }
    if (reverse_) std::swap(pair.left, pair.right);
    pair.single = pair.left.single ? Single::left : pair.right.single ? Single::right : Single::none;
    const auto the_same = [&](const Operand& o) { return o.single ? o.step == 0 : !o.vector; };
    if (the_same(pair.left) && the_same(pair.right)) {
      pair.cols *= pair.rows;
      pair.rows = 1;
    }
    return pair;
  }

  // Adds to the gradient of one of the two, `own`.
  static void gradient(Run& run, const Pair& pair, const Operand& own, OperationGradient* kernel) {
    if (own.grad == nullptr) return;
    const Value& y = run.result(0);
    const auto add_row = [&](real* d, index row, index begin, index end) {
      const index at = row * pair.cols + begin;
      kernel(d, y.grad + at, pair.left.at(row, begin), pair.right.at(row, begin), y.data + at, pair.single, end - begin);
    };
    if (own.single) {  // a sum over the row: no two threads add to one, and its order is the same with any number of them
      run.threads->split(pair.rows, row_grain(pair.cols), [&](index begin, index end) {
        for (index row = begin; row < end; ++row) add_row(own.grad_at(row, 0), row, 0, pair.cols);
      });
      return;
    }
    if (!own.vector) {
      pair.split(*run.threads, [&](index row, index begin, index end) { add_row(own.grad_at(row, begin), row, begin, end); });
      return;
    }
    // Threads share the columns, so that each is summed in the same order with any number of them.
    real* group = run.scratch->take<real>(pair.cols);
    const index grain = std::max<index>(16, kElementGrain / pair.rows / 16 * 16);
    run.threads->split(pair.cols, grain, [&](index begin, index end) {
      for (index first = 0; first < pair.rows; first += kGroup) {
        std::fill(group + begin, group + end, real{0});
        for (index row = first; row < std::min(pair.rows, first + kGroup); ++row) add_row(group + begin, row, begin, end);
        run.k->add(own.grad + begin, group + begin, end - begin);
      }
    });
  }

  const Operation& operation_;
  Second second_ = Second::none;
  int inputs_ = 0;
  real value_ = 0;
  bool reverse_ = false;
};

// All forms, and a column beside a row.
std::vector<std::string> examples_of(const Operation& operation) {
  const bool positive = operation.domain == Domain::positive;
  const std::string op = operation.name, x = positive ? "p" : "x", z = positive ? "q" : "z", c = positive ? "r" : "c";
  std::string spec =
      "x = input axis=a cols=3 gradient=true\n"
      "z = input axis=a cols=3 gradient=true\n"
      "c = input axis=a cols=1 gradient=true\n";
  if (positive) {
    spec += "xx = square x\nzz = square z\ncc = square c\np = add xx value=0.5\nq = add zz value=0.6\nr = add cc value=0.7\n";
  }
  spec += "both = " + op + " " + x + " " + z + "\ntwice = " + op + " " + z + " " + z + "\nconstant = " + op + " " + x + " value=0.7\n" +
          "reversed = " + op + " " + x + " value=1.5 reverse=true\nweighted = " + op + " " + x + " parameter=true\n" +
          "weights_first = " + op + " " + z + " parameter=true reverse=true\nleft = " + op + " " + c + " " + x + "\nright = " + op + " " +
          z + " " + c + "\n";
  std::vector<std::string> examples = {spec + "y = add both twice constant reversed weighted weights_first left right\n"
                                              "target = input axis=a cols=3\nloss = mse y target\n"};
  if (sums(operation)) {
    examples.push_back(
        "x = input axis=a cols=3 per=sequence gradient=true\n"
        "z = input axis=b cols=3 per=sequence gradient=true\n"
        "y = add x z\n"
        "target = input axis=a cols=3 per=sequence\n"
        "loss = mse y target\n");
  }
  return examples;
}

// ---- The registry -----------------------------------------------------------------------------------------------------------------

template <const Function* f>
std::unique_ptr<NodeOp> make_function() {
  return std::make_unique<ElementwiseFunction>(f);
}
template <const Function* f>
std::vector<std::string> function_examples() {
  return {example_of(*f)};
}
template <const Operation* o>
std::unique_ptr<NodeOp> make_operation() {
  return std::make_unique<ElementwiseOperation>(*o);
}
template <const Operation* o>
std::vector<std::string> operation_examples() {
  return examples_of(*o);
}

#undef TG_FUNCTION
#define TG_KIND_named(name) {#name, 1, 1, {}, &make_function<&name##_function>, &function_examples<&name##_function>},
#define TG_KIND_activation(name)
#define TG_FUNCTION(op, name, tolerance, settings, example, value, gradient) TG_KIND_##op(name)
#define TG_OPERATION(name, tolerance, neutral, example, value, to_left, to_right)                                               \
  {#name, 1, sums(name##_operation) ? kMostSummands : 2, {}, &make_operation<&name##_operation>, &operation_examples<&name##_operation>},
const OpKind kinds[] = {
    {"activation", 1, 1, {}, &make_function<nullptr>, &activation_examples},
#include "simd/elementwise.def"
};
#undef TG_FUNCTION
#undef TG_OPERATION

}  // namespace

FunctionSettings::Numbers FunctionSettings::read(const Attributes& attributes) const {
  Numbers numbers;
  for (int i = 0; i < count; ++i) {
    const FunctionSetting& s = setting[i];
    numbers.given |= attributes.has(s.key);
    (i == 0 ? numbers.a : numbers.b) = attributes.number(s.key, s.least, s.greatest, s.standard);
  }
  return numbers;
}

std::vector<const Function*> activations() {
  std::vector<const Function*> all;
  for (const Function* f : functions) {
    if (f->op == FunctionOp::activation) all.push_back(f);
  }
  return all;
}

const Function& activation_of(const Attributes& attributes, const std::string& key) {
  std::vector<std::string> names;
  for (const Function* f : activations()) names.emplace_back(f->name);
  const std::string name = attributes.choice(key, names);
  return *activations()[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
}

TG_REGISTER_OPS(elementwise, kinds);

}  // namespace tidegate
