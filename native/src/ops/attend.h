// Attention of one query over the steps of one sequence of keys: weights = softmax over the steps of score(query, key), context = sum of
// weights * values. Keys may be projections of the values (ops/attention_score.h).
#pragma once

#include "core/packed.h"
#include "isa/kernels.h"

namespace tidegate {

// The keys of one call, packed rows of their axis.
struct KeyRows {
  const Packed* axis = nullptr;
  const real* values = nullptr;  // [rows, width]: what the weights average
  index width = 0;
  const real* keys = nullptr;    // [rows, size]: scored against a query [size]
  index size = 0;
  const real* v = nullptr;       // [size]: the score is v . tanh(query + key); null: factor * query . key
  real factor = 1;
};

// Where their gradients are added; what is null is not wanted. With v all of keys and v are.
struct KeyGradients {
  real* values = nullptr;
  real* keys = nullptr;
  real* v = nullptr;  // [sequences, size] by rank, so that sequences may be taken side by side
};

// weights [length of the sequence], context [width]: both are written. A row's bits depend on the query and the sequence alone.
void attend(const Kernels& k, const KeyRows& keys, index rank, const real* query, real* weights, real* context);

// dweights [length], dcontext [width]: either may be null. dquery [size] is added to; null only without v. workspace [length].
void attend_backward(const Kernels& k, const KeyRows& keys, const KeyGradients& gradients, index rank, const real* query,
                     const real* weights, const real* dweights, const real* dcontext, real* dquery, real* workspace);

}  // namespace tidegate
