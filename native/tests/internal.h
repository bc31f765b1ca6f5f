// What tests of the inner parts share.
#pragma once

#include <random>
#include <vector>

#include "isa/kernels.h"

namespace tidegate {

// Numbers in -1 ... 1.
inline std::vector<real> random_numbers(index count, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<real> numbers(static_cast<std::size_t>(count));
  for (real& x : numbers) x = static_cast<real>(uniform(engine));
  return numbers;
}

// While it lives, kernels() are those.
class Forced {
 public:
  explicit Forced(const Kernels& set) { force_kernels(set); }
  ~Forced() { force_kernels(before_); }

 private:
  const Kernels& before_ = kernels();
};

}  // namespace tidegate
