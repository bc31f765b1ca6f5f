#include "ops/attend.h"

#include <algorithm>

namespace tidegate {

void attend(const Kernels& k, const KeyRows& keys, index rank, const real* query, real* weights, real* context) {
  const index length = keys.axis->length(rank);
  if (length == 0) {  // of a derived axis: nothing to attend to
    std::fill_n(context, keys.width, real{0});
    return;
  }
  for (index t = 0; t < length; ++t) {
    const real* key = keys.keys + keys.axis->row(rank, t) * keys.size;
    if (keys.v != nullptr) {
      k.tanh_dot(weights + t, query, key, keys.v, keys.size);
    } else {
      k.dot(weights + t, query, key, keys.size);
    }
  }
  if (keys.factor != 1) k.scale(weights, keys.factor, length);
  k.softmax(weights, length);
  std::fill_n(context, keys.width, real{0});
  for (index t = 0; t < length; ++t) {
    k.add_scaled(context, weights[t], keys.values + keys.axis->row(rank, t) * keys.width, keys.width);
  }
}

void attend_backward(const Kernels& k, const KeyRows& keys, const KeyGradients& gradients, index rank, const real* query,
                     const real* weights, const real* dweights, const real* dcontext, real* dquery, real* workspace) {
  const index length = keys.axis->length(rank);
  for (index t = 0; t < length; ++t) {
    const index row = keys.axis->row(rank, t);
    workspace[t] = 0;
    if (dcontext != nullptr) {
      k.dot(workspace + t, dcontext, keys.values + row * keys.width, keys.width);
      if (gradients.values != nullptr) k.add_scaled(gradients.values + row * keys.width, weights[t], dcontext, keys.width);
    }
    if (dweights != nullptr) workspace[t] += dweights[t];
  }
  real along;
  k.dot(&along, weights, workspace, length);
  for (index t = 0; t < length; ++t) {
    const real dscore = keys.factor * weights[t] * (workspace[t] - along);
    const index at = keys.axis->row(rank, t) * keys.size;
    if (keys.v != nullptr) {
      real* dv = gradients.v + rank * keys.size;
      k.tanh_dot_backward(dquery, gradients.keys + at, dv, dscore, query, keys.keys + at, keys.v, keys.size);
      continue;
    }
    if (dquery != nullptr) k.add_scaled(dquery, dscore, keys.keys + at, keys.size);
    if (gradients.keys != nullptr) k.add_scaled(gradients.keys + at, dscore, query, keys.size);
  }
}

}  // namespace tidegate
