#include "functions.h"

#include <cmath>
#include <limits>

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(), kPi = 3.14159265358979323846;

double normal(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }
double density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * kPi); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

const std::map<std::string, FunctionOracle>& functions() {
  const std::vector<OracleNumbers> none = {{"", 0, 0}};
  static const std::map<std::string, FunctionOracle> all = {
      {"sqrt", {none, [](double x, double, double) { return std::sqrt(x); }, [](double x, double, double) { return 0.5 / std::sqrt(x); }}},
      {"exp", {none, [](double x, double, double) { return std::exp(x); }, [](double x, double, double) { return std::exp(x); }}},
      {"log", {none, [](double x, double, double) { return std::log(x); }, [](double x, double, double) { return 1 / x; }}},
      {"abs", {none, [](double x, double, double) { return std::abs(x); }, [](double x, double, double) { return (x > 0) - (x < 0); }}},
      {"neg", {none, [](double x, double, double) { return -x; }, [](double, double, double) { return -1; }}},
      {"erf", {none, [](double x, double, double) { return std::erf(x); },
               [](double x, double, double) { return 2 / std::sqrt(kPi) * std::exp(-x * x); }}},
      {"square", {none, [](double x, double, double) { return x * x; }, [](double x, double, double) { return 2 * x; }}},
      {"clip", {{{"min=-0.5 max=0.75", -0.5, 0.75}, {"max=0", -kInf, 0}, {"min=1", 1, kInf}, {"min=0.5 max=0.5", 0.5, 0.5}},
                [](double x, double a, double b) { return x < a ? a : x > b ? b : x; },
                [](double x, double a, double b) { return x >= a && x <= b ? 1 : 0; }}},
      {"tanh", {none, [](double x, double, double) { return std::tanh(x); },
                [](double x, double, double) { return 1 - std::tanh(x) * std::tanh(x); }}},
      {"relu", {none, [](double x, double, double) { return x > 0 ? x : 0; }, [](double x, double, double) { return x > 0 ? 1 : 0; }}},
      {"sigmoid", {none, [](double x, double, double) { return sigmoid(x); },
                   [](double x, double, double) { return sigmoid(x) * sigmoid(-x); }}},
      {"gelu", {none, [](double x, double, double) { return x * normal(x); },
                [](double x, double, double) { return normal(x) + x * density(x); }}},
      {"gelu_tanh", {none,
                     [](double x, double, double) {
                       return 0.5 * x * (1 + std::tanh(std::sqrt(2 / kPi) * (x + 0.044715 * x * x * x)));
                     },
                     [](double x, double, double) {
                       const double t = std::tanh(std::sqrt(2 / kPi) * (x + 0.044715 * x * x * x));
                       return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * std::sqrt(2 / kPi) * (1 + 3 * 0.044715 * x * x);
                     }}},
      {"softplus", {none, [](double x, double, double) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); },
                    [](double x, double, double) { return sigmoid(x); }}},
      {"elu", {{{"", 1, 0}, {"alpha=0.5", 0.5, 0}}, [](double x, double a, double) { return x > 0 ? x : a * std::expm1(x); },
               [](double x, double a, double) { return x > 0 ? 1 : a * std::exp(x); }}},
      {"leaky_relu", {{{"", 0.01, 0}, {"alpha=0.25", 0.25, 0}}, [](double x, double a, double) { return x > 0 ? x : a * x; },
                      [](double x, double a, double) { return x > 0 ? 1 : a; }}},
      {"hard_sigmoid", {{{"", 1.0 / 6, 0.5}, {"alpha=0.2", 0.2, 0.5}, {"alpha=0.5 beta=0.25", 0.5, 0.25}},
                        [](double x, double a, double b) { return std::fmax(0, std::fmin(1, a * x + b)); },
                        [](double x, double a, double b) { return a * x + b > 0 && a * x + b < 1 ? a : 0; }}},
      {"softsign", {none, [](double x, double, double) { return x / (1 + std::abs(x)); },
                    [](double x, double, double) { return 1 / ((1 + std::abs(x)) * (1 + std::abs(x))); }}},
      {"affine", {{{"", 1, 0}, {"alpha=-0.5 beta=0.25", -0.5, 0.25}}, [](double x, double a, double b) { return a * x + b; },
                  [](double, double a, double) { return a; }}},
      {"scaled_tanh", {{{"", 1, 1}, {"alpha=-1.5 beta=0.5", -1.5, 0.5}}, [](double x, double a, double b) { return a * std::tanh(b * x); },
                       [](double x, double a, double b) { return a * b / (std::cosh(b * x) * std::cosh(b * x)); }}},
      {"thresholded_relu", {{{"", 1, 0}, {"alpha=-0.5", -0.5, 0}}, [](double x, double a, double) { return x > a ? x : 0; },
                            [](double x, double a, double) { return x > a ? 1 : 0; }}},
  };
  return all;
}
