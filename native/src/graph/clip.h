// The size of the gradients, and clipping them. A gradient slab is taken by its ranges of trainable parameters.
#pragma once

#include <vector>

#include "core/real.h"

namespace tidegate {

struct Range {
  index begin, end;
};

// The values are those of tg_norm in tidegate.h; api_session.cc asserts it.
enum class Norm { l2, l1, max };

// The norm over all ranges, in double: the Euclidean one, the sum of the magnitudes, or the greatest magnitude. Sums are in an order that
// depends on the ranges alone. A NaN if there is one among the gradients.
double gradient_norm(const real* gradients, const std::vector<Range>& ranges, Norm norm);

// Scales all gradients by min(1, max_norm / (norm + 1e-6)) (Pascanu, Mikolov and Bengio 2013, in PyTorch's form). norm: what
// gradient_norm said.
void clip_norm(real* gradients, const std::vector<Range>& ranges, double norm, double max_norm);

// Limits every gradient to +-max_value.
void clip_value(real* gradients, const std::vector<Range>& ranges, double max_value);

}  // namespace tidegate
