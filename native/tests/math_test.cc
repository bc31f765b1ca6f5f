// The vector maths of every instruction set against long double, over a sweep through the bit patterns of all floats. The
// bounds are those that simd/math-inl.h states.
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
constexpr double kLogBound = kDouble ? 4e-16 : 1.0e-7;
constexpr double kErfBound = kDouble ? 4e-16 : 1.2e-7;
constexpr double kSoftplusBound = kDouble ? 4e-16 : 2.4e-7;
constexpr double kExpLessOneBound = kDouble ? 4e-16 : 1.5e-7;
constexpr double kNormalBound = kDouble ? 4e-14 : 4.5e-6, kNormalNearBound = kDouble ? 4e-15 : 6e-7;
constexpr real kInfinity = std::numeric_limits<real>::infinity();
constexpr real kNan = std::numeric_limits<real>::quiet_NaN();

using Function = void (*)(const Kernels&, real* y, const real* x, index n);

void exp_of(const Kernels& set, real* y, const real* x, index n) {
  for (index i = 0; i < n; ++i) y[i] = 0;
  set.add_exp(y, 1, x, 0, n);
}
void sigmoid_of(const Kernels& set, real* y, const real* x, index n) { set.sigmoid_forward(y, x, 0, 0, n); }
void tanh_of(const Kernels& set, real* y, const real* x, index n) { set.tanh_forward(y, x, 0, 0, n); }
void log_of(const Kernels& set, real* y, const real* x, index n) { set.log_forward(y, x, 0, 0, n); }
void erf_of(const Kernels& set, real* y, const real* x, index n) { set.erf_forward(y, x, 0, 0, n); }
void softplus_of(const Kernels& set, real* y, const real* x, index n) { set.softplus_forward(y, x, 0, 0, n); }
void elu_of(const Kernels& set, real* y, const real* x, index n) { set.elu_forward(y, x, 1, 0, n); }
void gelu_of(const Kernels& set, real* y, const real* x, index n) { set.gelu_forward(y, x, 0, 0, n); }


long double exact_exp(long double x) { return std::exp(x); }
long double exact_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
long double exact_tanh(long double x) { return std::tanh(x); }
long double exact_log(long double x) { return std::log(x); }
long double exact_erf(long double x) { return std::erf(x); }
long double exact_softplus(long double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
long double exact_elu(long double x) { return x > 0 ? x : std::expm1(x); }
long double exact_gelu(long double x) { return x * std::erfc(-x / std::sqrt(2.0L)) / 2; }

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

// The largest error over the sweep within [least, greatest], relative to the result or, of denormals, to the least normal float.
void check_error(const char* what, Function f, long double (*exact)(long double), double least, double greatest, double bound) {
  std::vector<real> xs;
  std::vector<long double> exacts;
  for (const real x : sweep()) {
    if (x < least || x > greatest) continue;
    xs.push_back(x);
    exacts.push_back(exact(x));
  }
  CHECK(xs.size() > 1000000);
  for (const Kernels* set : available_kernels()) {
    const check::About about(std::string(set->name) + " " + what);
    std::vector<real> y(xs.size());
    f(*set, y.data(), xs.data(), static_cast<index>(y.size()));
    double worst = 0;
    real at = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const real x = xs[i];
      const long double right = exacts[i];
      const double error = static_cast<double>(std::abs(y[i] - right) / std::fmax(std::abs(right), 1.17549435e-38L));
      if (!(error <= worst)) {
        worst = error;
        at = x;
      }
    }
    if (!(worst <= bound)) {
      check::fail(__FILE__, __LINE__, "relative error " + std::to_string(worst * 1e9) + "e-9 at x = " + std::to_string(at) +
                                          ", the stated bound is " + std::to_string(bound * 1e9) + "e-9");
    }
  }
}

constexpr double kSaturatedBound = kDouble ? 4e-16 : 1.0e-7;

TEST("exp keeps its stated error") { check_error("exp", exp_of, exact_exp, -86.98, 88.72, kExpBound); }
TEST("sigmoid keeps its stated error") { check_error("sigmoid", sigmoid_of, exact_sigmoid, -86.98, 1e38, kSigmoidBound); }
TEST("tanh keeps its stated error") { check_error("tanh", tanh_of, exact_tanh, -1e38, 1e38, kTanhBound); }
TEST("tanh is right to the last bit where it saturates") { check_error("tanh", tanh_of, exact_tanh, 2, 1e38, kSaturatedBound); }

TEST("log keeps its stated error for all positive numbers, denormals and what is close to 1 among them") {
  check_error("log", log_of, exact_log, 1e-46, 3.5e38, kLogBound);
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    double worst = 0;
    for (int i = -200000; i <= 200000; ++i) {
      const real x = static_cast<real>(1 + i * 1.2345e-6);
      const long double right = exact_log(x);
      const real y = one(log_of, *set, x);
      worst = std::fmax(worst, right == 0 ? std::abs(static_cast<double>(y)) : static_cast<double>(std::abs((y - right) / right)));
    }
    CHECK(worst <= kLogBound);
  }
}
TEST("erf keeps its stated error") { check_error("erf", erf_of, exact_erf, -1e38, 1e38, kErfBound); }
TEST("softplus keeps its stated error") { check_error("softplus", softplus_of, exact_softplus, -86.98, 1e38, kSoftplusBound); }
TEST("e^x - 1 keeps its stated error") { check_error("elu", elu_of, exact_elu, -1e38, 0, kExpLessOneBound); }
TEST("gelu keeps the stated error of the normal distribution, in its lower tail too") {
  check_error("gelu", gelu_of, exact_gelu, -13.1, 1e38, kNormalBound);
  check_error("gelu", gelu_of, exact_gelu, -3, 1e38, kNormalNearBound);
}

TEST("pow keeps its stated error") {
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    std::uint64_t state = 9;
    const auto uniform = [&](double least, double greatest) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      return least + (greatest - least) * static_cast<double>(state >> 11) / 0x1p53;
    };
    int seen = 0;
    double worst = 0, at_a = 0, at_b = 0;
    for (int i = 0; i < 400000; ++i) {
      // Over all floats, around 1, and where log's series is longest; b such that the result is a float.
      const double base = i % 3 == 0 ? std::exp(uniform(-103, 88)) : i % 3 == 1 ? 1 + std::exp(uniform(-15, -2)) : uniform(0.69, 1.42);
      const real a = static_cast<real>(base), b = static_cast<real>(uniform(-87, 88) / std::log(static_cast<double>(a)));
      const long double right = std::pow(static_cast<long double>(a), static_cast<long double>(b));
      if (!(right > 1.8e-38 && right < 3.3e38)) continue;
      ++seen;
      real y;
      set->pow_forward(&y, &a, &b, Single::none, 1);
      const double error = static_cast<double>(std::abs((y - right) / right));
      const double bound = kDouble ? 4e-16 : 1.2e-7 + 4e-9 * std::abs(std::log(static_cast<double>(right)));
      if (!(error / bound <= worst)) {
        worst = error / bound;
        at_a = a;
        at_b = b;
      }
    }
    CHECK(seen > 200000);
    const check::About where(std::to_string(at_a) + "^" + std::to_string(at_b));
    CHECK(worst <= 1);
  }
}

TEST("pow has IEEE's results for zeros, infinities, NaN, negative bases and whole exponents") {
  const real numbers[] = {kNan, kInfinity, -kInfinity, 0, real{-0.0}, 1, -1, 2, -2, real{0.5}, real{-0.5}, 3, -3, 20, -20,
                          real{1e10}, real{-1e10}, 16777215, -16777215, 16777216, real{8388607.5}, real{4194303.5}, 8388609, -8388609, real{0.99999994},
                          real{-0.99999994}, std::numeric_limits<real>::denorm_min(), -std::numeric_limits<real>::denorm_min(),
                          std::numeric_limits<real>::max(), -std::numeric_limits<real>::max()};
  for (const Kernels* set : available_kernels()) {
    for (const real a : numbers) {
      for (const real b : numbers) {
        const check::About about(std::string(set->name) + " " + std::to_string(a) + "^" + std::to_string(b));
        real right = std::pow(a, b), y;
        if (!kDouble && std::abs(right) < 1.8e-38) right = std::copysign(real{0}, right);
        set->pow_forward(&y, &a, &b, Single::none, 1);
        if (std::isnan(right) || std::isinf(right) || right == 0) {
          CHECK_EQUAL(std::isnan(y), std::isnan(right));
          if (!std::isnan(right)) CHECK(y == right && std::signbit(y) == std::signbit(right));
        } else {
          CHECK_CLOSE(y / right, 1, kDouble ? 1e-15 : 4.8e-7);
        }
      }
    }
  }
}

TEST("log has IEEE's results outside of the positive numbers") {
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    for (const real zero : {real{0}, real{-0.0}}) CHECK_EQUAL(one(log_of, *set, zero), -kInfinity);
    for (const real negative : {real{-1}, real{-1e-30}, -std::numeric_limits<real>::denorm_min(), -kInfinity}) {
      CHECK(std::isnan(one(log_of, *set, negative)));
    }
    CHECK_EQUAL(one(log_of, *set, kInfinity), kInfinity);
    CHECK(one(log_of, *set, 1) == 0);
  }
}

TEST("erf is odd and stays within -1 ... 1, softplus has its limits") {
  for (const Kernels* set : available_kernels()) {
    const check::About about(set->name);
    std::vector<real> y(sweep().size()), minus(sweep().size()), mirrored(sweep().size());
    for (std::size_t i = 0; i < minus.size(); ++i) minus[i] = -sweep()[i];
    const index n = static_cast<index>(y.size());
    erf_of(*set, y.data(), sweep().data(), n);
    erf_of(*set, mirrored.data(), minus.data(), n);
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(std::abs(y[i]) <= 1);
      CHECK(y[i] == -mirrored[i]);
    }
    CHECK_EQUAL(one(erf_of, *set, kInfinity), 1);
    CHECK_EQUAL(one(erf_of, *set, -kInfinity), -1);
    CHECK(std::signbit(one(erf_of, *set, real{-0.0})));
    CHECK_EQUAL(one(softplus_of, *set, kInfinity), kInfinity);
    CHECK_EQUAL(one(softplus_of, *set, -kInfinity), 0);
    CHECK_EQUAL(one(softplus_of, *set, 1000), 1000);
    CHECK_EQUAL(one(elu_of, *set, -kInfinity), -1);
  }
}

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
    for (const Function f : {exp_of, sigmoid_of, tanh_of, log_of, erf_of, softplus_of, elu_of, gelu_of}) CHECK(std::isnan(one(f, *set, kNan)));
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
