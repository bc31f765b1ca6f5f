// The size of the gradients, and clipping them. A gradient slab is taken by its ranges of trainable parameters.
#pragma once

#include <vector>

#include "core/real.h"

namespace tidegate {

struct Range {
  index begin, end;
};

// The Euclidean norm over all ranges, summed in double in an order that depends on the ranges alone.
double gradient_norm(const real* gradients, const std::vector<Range>& ranges);

// Scales all gradients by min(1, max_norm / (norm + 1e-6)) (Pascanu, Mikolov and Bengio 2013, in PyTorch's form). norm: what
// gradient_norm said.
void clip_norm(real* gradients, const std::vector<Range>& ranges, double norm, double max_norm);

// Limits every gradient to +-max_value.
void clip_value(real* gradients, const std::vector<Range>& ranges, double max_value);

}  // namespace tidegate
