// What the forward and the backward scan share: the rows of one step, where a product's weight stands, and one pass over a step.
#pragma once

#include "core/gemm.h"
#include "ops/scan.h"

namespace tidegate {

// The ranks [begin, end) that are active at a step.
struct StepRows {
  index step, begin, rows, row;  // row: the first packed row
};

StepRows step_rows(const Packed& packed, index step, index begin, index end);

// State s before the step, its first row and row length.
const real* state_before(const Scan& scan, int s, const StepRows& at, index* ld);

CellRows cell_rows(const Scan& scan, const StepRows& at);

// Where a product's weight stands: its rows [first * H, (first + groups) * H) of weight_hh, or weight_hr.
struct WeightBlock {
  const real* data;
  index offset, rows, cols;  // offset: elements before data in its tensor
};

WeightBlock weight_block(const Scan& scan, const Product& product);

void clear_rows(real* rows, index ld, index count, index width);

// visit(first, count, target) for each run of a product's groups whose targets are neighbours.
template <class Visit>
void each_run(const Product& product, const Visit& visit) {
  for (int g = 0; g < product.groups;) {
    int count = 1;
    while (g + count < product.groups && product.target[g + count] == product.target[g] + count) ++count;
    visit(g, count, product.target[g]);
    g += count;
  }
}

// Whether packing the weights pays: it reads and writes the weight once, and a product of few rows reads it once.
bool worth_packing(const Packed& packed, const Kernels& k);

}  // namespace tidegate
