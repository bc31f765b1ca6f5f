// What a frozen model's precision costs: h over 50 steps of a layer of 256 units with weights as they start (uniform +-1/16), against
// the cells' equations in double. Inputs are uniform in [-1, 1); every number of an input adds its share of the error.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "check.h"
#include "isa/kernels.h"
#include "network.h"

namespace {

constexpr int kSize = 256, kSteps = 50;

using Numbers = std::vector<double>;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// W x + b, W [rows, x.size()]
Numbers affine(const Reals& w, const Reals& b, const Numbers& x) {
  Numbers y(b.begin(), b.end());
  for (std::size_t r = 0; r < y.size(); ++r) {
    for (std::size_t i = 0; i < x.size(); ++i) y[r] += static_cast<double>(w[r * x.size() + i]) * x[i];
  }
  return y;
}

// h of every step, [kSteps][kSize]
std::vector<Numbers> reference(const Model& model, const std::string& cell, const Reals& x, std::size_t inputs) {
  const Reals w_ih = model.get("h.weight_ih_l0"), w_hh = model.get("h.weight_hh_l0"), b_ih = model.get("h.bias_ih_l0"),
              b_hh = model.get("h.bias_hh_l0");
  Numbers h(kSize), c(kSize);
  std::vector<Numbers> all;
  for (int t = 0; t < kSteps; ++t) {
    const Numbers a = affine(w_ih, b_ih, Numbers(x.begin() + t * inputs, x.begin() + (t + 1) * inputs)), b = affine(w_hh, b_hh, h);
    for (int u = 0; u < kSize; ++u) {
      const auto sum = [&](int gate) { return a[gate * kSize + u] + b[gate * kSize + u]; };
      if (cell == "rnn") {
        h[u] = std::tanh(sum(0));
      } else if (cell == "gru") {
        const double r = sigmoid(sum(0)), z = sigmoid(sum(1)), n = std::tanh(a[2 * kSize + u] + r * b[2 * kSize + u]);
        h[u] = (1 - z) * n + z * h[u];
      } else {
        c[u] = sigmoid(sum(1)) * c[u] + sigmoid(sum(0)) * std::tanh(sum(2));
        h[u] = sigmoid(sum(3)) * std::tanh(c[u]);
      }
    }
    all.push_back(h);
  }
  return all;
}

// The greatest of the last step.
double error(const Model& source, tg_precision precision, const std::vector<Numbers>& expected, const Reals& x) {
  Model frozen(source, precision);
  Session session(frozen, TG_INFER);
  Batch batch(frozen);
  batch.lengths("a", {kSteps}).feed("x", x);
  session.forward(batch);
  const Reals h = session.output("h");
  double most = 0;
  for (int u = 0; u < kSize; ++u) most = std::max(most, std::abs(h[(kSteps - 1) * kSize + u] - expected[kSteps - 1][u]));
  return most;
}

struct Bound {
  const char* cell;
  int inputs;
  double bfloat16, int8;
  double bfloat16_dot;  // where the dot product of bfloat16 rounds the inputs as well
};

// A vanilla cell has no gate that holds on to its state, so it passes an error on whole.
constexpr Bound kBounds[] = {
    {"lstm", 64, 1e-3, 5e-3, 1e-3}, {"lstm", 256, 1e-3, 5e-3, 1e-3},   {"gru", 64, 1e-3, 5e-3, 1e-3},
    {"gru", 256, 1e-3, 5e-3, 2e-3}, {"rnn", 64, 1e-3, 5e-3, 1.5e-3}, {"rnn", 256, 2.5e-3, 1e-2, 3.5e-3},
};

}  // namespace

TEST("h after 50 steps is as close to double as the precision promises, and no closer than it can be") {
  for (const tidegate::Kernels* kernels : tidegate::available_kernels()) {
    tidegate::force_kernels(*kernels);
    const bool dot = std::string(kernels->name) == "avx512_bf16";
    for (const Bound& bound : kBounds) {
      Model model("x = input axis=a cols=" + std::to_string(bound.inputs) + "\nh = recurrent x cell=" + bound.cell + " size=256\n", 3);
      const Reals x = random_reals(static_cast<std::size_t>(kSteps * bound.inputs), 5);
      const std::vector<Numbers> expected = reference(model, bound.cell, x, bound.inputs);
      const auto check_error = [&](tg_precision precision, double least, double most) {
        const double e = error(model, precision, expected, x);
        const check::About about(std::string(kernels->name) + " " + bound.cell + ", " + std::to_string(bound.inputs) +
                                 " inputs, precision " + std::to_string(precision) + ", error " + std::to_string(e * 1e3) + "e-3");
        CHECK(e <= most);
        CHECK(e >= least);
      };
      check_error(TG_FLOAT32, 0, 1e-6);
      check_error(TG_BFLOAT16, 1e-4, dot ? bound.bfloat16_dot : bound.bfloat16);
      check_error(TG_INT8, 4e-4, bound.int8);
    }
  }
  tidegate::force_kernels(*tidegate::available_kernels().front());
}
