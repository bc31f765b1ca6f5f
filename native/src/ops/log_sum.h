// Sums of numbers that are kept as their logarithms; minus infinity stands for zero. A NaN among them makes the sum NaN.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/real.h"

namespace tidegate {

constexpr double kLogZero = -std::numeric_limits<double>::infinity();

// log(e^a + e^b)
inline double log_add(double a, double b) {
  if (a == kLogZero) return b;
  if (b == kLogZero) return a;
  return a > b ? a + std::log1p(std::exp(b - a)) : b + std::log1p(std::exp(a - b));
}

// log of the sum of e^term(i), 0 <= i < n
template <class Term>
double log_sum(index n, const Term& term) {
  double greatest = kLogZero;
  for (index i = 0; i < n; ++i) greatest = std::max(greatest, term(i));
  const double shift = greatest == kLogZero ? 0 : greatest;  // or zeros would become NaN
  double sum = 0;
  for (index i = 0; i < n; ++i) sum += std::exp(term(i) - shift);
  return shift + std::log(sum);
}

}  // namespace tidegate
