#include "graph/clip.h"

#include <cmath>

#include "isa/kernels.h"

namespace tidegate {

namespace {

template <class Term>
double sum_of(const real* x, index n, const Term& term) {
  constexpr index lanes = 8;  // independent sums, which the compiler turns into vectors
  double total[lanes] = {};
  index i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (index j = 0; j < lanes; ++j) total[j] += term(static_cast<double>(x[i + j]));
  }
  for (; i < n; ++i) total[0] += term(static_cast<double>(x[i]));
  return ((total[0] + total[1]) + (total[2] + total[3])) + ((total[4] + total[5]) + (total[6] + total[7]));
}

double greatest_magnitude(const real* x, index n) {
  real greatest = 0, nan = 0;  // a comparison drops a NaN
  for (index i = 0; i < n; ++i) {
    const real size = std::abs(x[i]);
    greatest = size > greatest ? size : greatest;
    nan = size == size ? nan : size;
  }
  return static_cast<double>(nan == nan ? greatest : nan);
}

}  // namespace

double gradient_norm(const real* gradients, const std::vector<Range>& ranges, Norm norm) {
  double total = 0;
  for (const Range& range : ranges) {
    const real* x = gradients + range.begin;
    const index n = range.end - range.begin;
    if (norm == Norm::l2) total += sum_of(x, n, [](double g) { return g * g; });
    if (norm == Norm::l1) total += sum_of(x, n, [](double g) { return std::abs(g); });
    if (norm == Norm::max) {
      const double greatest = greatest_magnitude(x, n);
      total = greatest <= total ? total : greatest;
      if (std::isnan(total)) break;
    }
  }
  return norm == Norm::l2 ? std::sqrt(total) : total;
}

void clip_norm(real* gradients, const std::vector<Range>& ranges, double norm, double max_norm) {
  const double factor = max_norm / (norm + 1e-6);
  if (!(factor < 1)) return;
  for (const Range& range : ranges) kernels().scale(gradients + range.begin, static_cast<real>(factor), range.end - range.begin);
}

void clip_value(real* gradients, const std::vector<Range>& ranges, double max_value) {
  for (const Range& range : ranges) {
    kernels().clamp(gradients + range.begin, static_cast<real>(max_value), range.end - range.begin);
  }
}

}  // namespace tidegate
