// The parameters of one layer in one direction, field by field as its cell lists them, and the columns of the tape that its biases are
// added to.
#pragma once

#include <algorithm>

#include "cells/cell.h"
#include "isa/kernels.h"

namespace tidegate {

// Their numbers in the node, in the order of the cell's fields; -1: absent.
class RecurrentWeights {
 public:
  void add(Weight weight, int number) {
    number_[count_++] = of_[static_cast<int>(weight)] = number;
  }
  int count() const { return count_; }
  int operator[](int field) const { return number_[field]; }
  // The number of one of the scan's own fields, -1 if it is not there.
  int of(Weight weight) const { return of_[static_cast<int>(weight)]; }

 private:
  int count_ = 0;
  int number_[kMaxFields];
  int of_[static_cast<int>(Weight::vector) + 1] = {-1, -1, -1, -1, -1, -1, -1};
};

// visit(number, column, columns, k) for every vector of the cell: its number in the node, -1 if it is absent, its columns of dtape, and
// which of the cell's vectors it is.
template <class Visit>
void each_vector(const Cell& cell, const RecurrentWeights& weights, const Visit& visit) {
  int column = cell.tape_columns(), k = 0;
  for (int i = 0; i < cell.fields; ++i) {
    if (cell.field[i].weight != Weight::vector) continue;
    const int columns = cell.columns(cell.field[i]);
    visit(weights[i], column, columns, k++);
    column += columns;
  }
}

// visit(gate, column) for every gate of weight_hh and the column of the tape that its product is added to.
template <class Visit>
void each_recurrent_gate(const Cell& cell, const Visit& visit) {
  for (int i = 0; i < cell.stages; ++i) {
    const Product& product = cell.stage[i].product;
    for (int g = 0; product.weight == Weight::hh && g < product.groups; ++g) visit(product.first + g, product.target[g]);
  }
}

// The initial row of the tape: start [gates and slots * H] = the sum of the biases. That of a recurrent product is added to its target
// column, a gate or a slot. parameter(number) is the parameter's data, null for -1.
template <class Parameter>
void sum_biases(const Cell& cell, index size, const RecurrentWeights& weights, const Parameter& parameter, const Kernels& k, real* start) {
  const real* bias_ih = parameter(weights.of(Weight::bias_ih));
  const real* bias_hh = parameter(weights.of(Weight::bias_hh));
  std::fill_n(start, cell.tape_columns() * size, real{0});
  if (bias_ih != nullptr) std::copy_n(bias_ih, cell.gates * size, start);
  if (bias_hh == nullptr) return;
  each_recurrent_gate(cell, [&](int gate, int column) { k.add(start + column * size, bias_hh + gate * size, size); });
}

}  // namespace tidegate
