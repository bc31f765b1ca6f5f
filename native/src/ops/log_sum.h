// Sums of numbers that are kept as their logarithms; minus infinity stands for zero.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/real.h"

namespace tidegate {

constexpr double kLogZero = -std::numeric_limits<double>::infinity();

// log(e^a + e^b)
inline double log_add(double a, double b) {
  const double greatest = std::max(a, b);
  if (greatest == kLogZero) return kLogZero;  // or the difference would be no number
  return greatest + std::log1p(std::exp(std::min(a, b) - greatest));
}

// log of the sum of e^term(i), 0 <= i < n
template <class Term>
double log_sum(index n, const Term& term) {
  double greatest = kLogZero;
  for (index i = 0; i < n; ++i) greatest = std::max(greatest, term(i));
  if (greatest == kLogZero) return kLogZero;
  double sum = 0;
  for (index i = 0; i < n; ++i) sum += std::exp(term(i) - greatest);
  return greatest + std::log(sum);
}

}  // namespace tidegate
