// exp, log, log(1 + e^x), sigmoid and tanh of every instruction set against long double, over a sweep through the bit patterns of all
// floats. The bounds are those that simd/math-inl.h states.
#include <cstring>
#include <limits>

#include "check.h"
#include "isa/kernels.h"

namespace tidegate {
namespace {

constexpr bool kDouble = sizeof(real) == 8;
constexpr double kExpBound = kDouble ? 3e-16 : 1.2e-7;
constexpr double kSigmoidBound = kDouble ? 4e-16 : 1.8e-7;
constexpr double kTanhBound = kDouble ? 4e-16 : 2.1e-7;
constexpr double kLogBound = kDouble ? 3e-16 : 8.5e-8;
constexpr double kLog1pOfExpBound = kDouble ? 4e-16 : 1.5e-7;
constexpr real kInfinity = std::numeric_limits<real>::infinity();
constexpr real kNan = std::numeric_limits<real>::quiet_NaN();

using Function = void (*)(const Kernels&, real* y, const real* x, index n);

void exp_of(const Kernels& set, real* y, const real* x, index n) {
  for (index i = 0; i < n; ++i) y[i] = 0;
  set.add_exp(y, 1, x, 0, n);
}
void sigmoid_of(const Kernels& set, real* y, const real* x, index n) { set.sigmoid_forward(y, x, n); }
void tanh_of(const Kernels& set, real* y, const real* x, index n) { set.tanh_forward(y, x, n); }
void log_of(const Kernels& set, real* y, const real* x, index n) {
  for (index i = 0; i < n; ++i) y[i] = 0;
  set.add_log(y, 1, x, 0, n);
}
// log(1 + e^-|x|): the loss of a negative with the logit -|x|.
void log1p_of_exp_of(const Kernels& set, real* y, const real* x, index n) {
  for (index i = 0; i < n; ++i) {
    const real size = -std::abs(x[i]), one = 1, none = 0;
    y[i] = 0;
    set.logistic(&y[i], &size, &none, &one, 1);
  }
}

long double exact_exp(long double x) { return std::exp(x); }
long double exact_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
long double exact_tanh(long double x) { return std::tanh(x); }

long double exact_log(long double x) { return std::log(x); }
long double exact_log1p_of_exp(long double x) { return std::log1p(std::exp(-std::abs(x))); }

// Every 1009th finite float, as real numbers.
const std::vector<real>& sweep() {
  static const std::vector<real> all = [] {
    std::vector<real> list;
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 1009) {
      const std::uint32_t pattern = static_cast<std::uint32_t>(bits);
      float x;
      std::memcpy(&x, &pattern, sizeof x);
      if (std::isfinite(x)) list.push_back(static_cast<real>(x));
    }
    return list;
  }();
  return all;
}

real one(Function f, const Kernels& set, real x) {
  real y;
  f(set, &y, &x, 1);
  return y;
}

// The largest relative error over the sweep within [least, greatest].
void check_error(const char* what, Function f, long double (*exact)(long double), double least, double greatest, double bound) {
  for (const Kernels* set : available_kernels()) {
    const check::About about(std::string(set->name) + " " + what);
    std::vector<real> y(sweep().size());
    f(*set, y.data(), sweep().data(), static_cast<index>(y.size()));
    double worst = 0;
    index seen = 0;
    real at = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const real x = sweep()[i];
      if (x < least || x > greatest) continue;
      ++seen;
      const long double right = exact(x);
      const double error = right == 0 ? std::abs(static_cast<double>(y[i])) : static_cast<double>(std::abs((y[i] - right) / right));
      if (!(error <= worst)) {
        worst = error;
        at = x;
      }
    }
    CHECK(seen > 1000000);
    if (!(worst <= bound)) {
      check::fail(__FILE__, __LINE__, "relative error " + std::to_string(worst * 1e9) + "e-9 at x = " + std::to_string(at) +
                                          ", the stated bound is " + std::to_string(bound * 1e9) + "e-9");
    }
  }
}

constexpr double kSaturatedBound = kDouble ? 4e-16 : 1.0e-7;

TEST("exp keeps its stated error") { check_error("exp", exp_of, exact_exp, -86.98, 88.72, kExpBound); }
TEST("log keeps its stated error") { check_error("log", log_of, exact_log, 1.1754944e-38, 3.5e38, kLogBound); }
TEST("log(1 + e^x) keeps its stated error") {
  check_error("log(1 + e^x)", log1p_of_exp_of, exact_log1p_of_exp, -86.98, 86.98, kLog1pOfExpBound);
}
TEST("log near 1 keeps the digits of what is left") {
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    for (int i = -3000; i <= 3000; ++i) {
      const real x = static_cast<real>(1 + i * 0x1p-23);
      const double exact = std::log(static_cast<double>(x));
      CHECK(std::abs(static_cast<double>(one(log_of, *set, x)) - exact) <= kLogBound * std::abs(exact));
    }
  }
}
TEST("log has its limits at 0 and infinity and is a NaN below 0") {
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    CHECK_EQUAL(one(log_of, *set, 0), -kInfinity);
    CHECK_EQUAL(one(log_of, *set, kInfinity), kInfinity);
    CHECK_EQUAL(one(log_of, *set, 1), 0);
    for (const real x : {real{-1}, -kInfinity, kNan}) CHECK(std::isnan(one(log_of, *set, x)));
    CHECK_EQUAL(one(log1p_of_exp_of, *set, 200), static_cast<real>(kDouble ? std::exp(-200.0) : 0));
    CHECK_CLOSE(one(log1p_of_exp_of, *set, 0), std::log(2.0), kLog1pOfExpBound);
    CHECK(std::isnan(one(log1p_of_exp_of, *set, kNan)));
  }
}
TEST("sigmoid keeps its stated error") { check_error("sigmoid", sigmoid_of, exact_sigmoid, -86.98, 1e38, kSigmoidBound); }
TEST("tanh keeps its stated error") { check_error("tanh", tanh_of, exact_tanh, -1e38, 1e38, kTanhBound); }
TEST("tanh is right to the last bit where it saturates") { check_error("tanh", tanh_of, exact_tanh, 2, 1e38, kSaturatedBound); }

TEST("tanh is odd and stays within -1 ... 1, sigmoid within 0 ... 1") {
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    std::vector<real> y(sweep().size()), minus(sweep().size()), mirrored(sweep().size());
    for (std::size_t i = 0; i < minus.size(); ++i) minus[i] = -sweep()[i];
    const index n = static_cast<index>(y.size());
    tanh_of(*set, y.data(), sweep().data(), n);
    tanh_of(*set, mirrored.data(), minus.data(), n);
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(std::abs(y[i]) <= 1);
      CHECK(y[i] == -mirrored[i]);
    }
    sigmoid_of(*set, y.data(), sweep().data(), n);
    for (const real v : y) CHECK(v >= 0 && v <= 1);
  }
}

TEST("infinities give the limits and a NaN stays one") {
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    CHECK_EQUAL(one(exp_of, *set, kInfinity), kInfinity);
    CHECK_EQUAL(one(exp_of, *set, -kInfinity), 0);
    CHECK_EQUAL(one(exp_of, *set, 0), 1);
    CHECK_EQUAL(one(sigmoid_of, *set, kInfinity), 1);
    CHECK(one(sigmoid_of, *set, -kInfinity) >= 0 && one(sigmoid_of, *set, -kInfinity) <= real{1.7e-38});
    CHECK_EQUAL(one(sigmoid_of, *set, 0), real{0.5});
    CHECK_EQUAL(one(tanh_of, *set, kInfinity), 1);
    CHECK_EQUAL(one(tanh_of, *set, -kInfinity), -1);
    CHECK(std::signbit(one(tanh_of, *set, real{-0.0})));
    CHECK(!std::signbit(one(tanh_of, *set, real{0})));
    for (const Function f : {exp_of, sigmoid_of, tanh_of}) CHECK(std::isnan(one(f, *set, kNan)));
  }
}

TEST("beyond the range of exact results exp and sigmoid go to their limits without a jump") {
  const double least_normal = 1.7e-38;  // float's; in double every result of the sweep is exact
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    for (const double x : {-86.99, -87.5, -88.0, -95.0, -104.0, -1e3, -1e30}) {
      CHECK(std::abs(one(exp_of, *set, static_cast<real>(x)) - std::exp(x)) <= least_normal);
      CHECK(std::abs(one(sigmoid_of, *set, static_cast<real>(x)) - std::exp(x)) <= least_normal);
    }
    if (!kDouble) CHECK_EQUAL(one(exp_of, *set, static_cast<real>(88.73)), kInfinity);
  }
}

}  // namespace
}  // namespace tidegate
