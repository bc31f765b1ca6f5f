#include "graph/clip.h"

#include <cmath>

#include "isa/kernels.h"

namespace tidegate {

namespace {

double sum_of_squares(const real* x, index n) {
  constexpr index lanes = 8;  // independent sums, which the compiler turns into vectors
  double total[lanes] = {};
  index i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (index j = 0; j < lanes; ++j) total[j] += static_cast<double>(x[i + j]) * x[i + j];
  }
  for (; i < n; ++i) total[0] += static_cast<double>(x[i]) * x[i];
  return ((total[0] + total[1]) + (total[2] + total[3])) + ((total[4] + total[5]) + (total[6] + total[7]));
}

}  // namespace

double gradient_norm(const real* gradients, const std::vector<Range>& ranges) {
  double total = 0;
  for (const Range& range : ranges) total += sum_of_squares(gradients + range.begin, range.end - range.begin);
  return std::sqrt(total);
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
