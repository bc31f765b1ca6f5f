// Masks of inverted dropout: 0 with probability p, else 1/(1-p), so that a layer needs no correction outside training.
#pragma once

#include "ops/op.h"

namespace tidegate {

// mask[i], 0 <= i < n, is a pure function of random and of the number first + i. One draw of 64 bits serves two elements.
inline void draw_mask(real* mask, index n, double p, const Random& random, std::uint64_t first = 0) {
  const real kept = p < 1 ? static_cast<real>(1 / (1 - p)) : 0;
  const std::uint64_t limit = static_cast<std::uint64_t>(p * 0x1p32);  // a draw of 32 bits below it drops
  for (index i = 0; i < n; ++i) {
    const std::uint64_t number = first + static_cast<std::uint64_t>(i);
    const std::uint64_t draw = (random.bits(number / 2) >> (number % 2 * 32)) & 0xffffffffu;
    mask[i] = draw < limit ? 0 : kept;
  }
}

}  // namespace tidegate
