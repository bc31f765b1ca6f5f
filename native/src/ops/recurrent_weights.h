// The parameters of one layer in one direction, and the columns of the tape that its biases are added to.
#pragma once

#include <algorithm>

#include "cells/cell.h"
#include "isa/kernels.h"

namespace tidegate {

// Their numbers in the node; -1: none.
struct RecurrentWeights {
  int ih = -1, hh = -1, bias_ih = -1, bias_hh = -1, hr = -1;
};

// visit(gate, column) for every gate of weight_hh and the column of the tape that its product is added to.
template <class Visit>
void each_recurrent_gate(const Cell& cell, const Visit& visit) {
  for (int i = 0; i < cell.stages; ++i) {
    const Product& product = cell.stage[i].product;
    for (int g = 0; product.weight == Weight::hh && g < product.groups; ++g) visit(product.first + g, product.target[g]);
  }
}

// The initial row of the tape: start [gates and slots * H] = the sum of the biases. That of a recurrent product is added to its target
// column, a gate or a slot. Either bias may be null.
inline void sum_biases(const Cell& cell, index size, const real* bias_ih, const real* bias_hh, const Kernels& k, real* start) {
  std::fill_n(start, (cell.gates + cell.slots) * size, real{0});
  if (bias_ih != nullptr) std::copy_n(bias_ih, cell.gates * size, start);
  if (bias_hh == nullptr) return;
  each_recurrent_gate(cell, [&](int gate, int column) { k.add(start + column * size, bias_hh + gate * size, size); });
}

}  // namespace tidegate
