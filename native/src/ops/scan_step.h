// Shared by the forward and the backward scan: the rows of one step, the weight block of a product, the operands of a kernel.
#pragma once

#include <algorithm>

#include "ops/products.h"
#include "ops/scan.h"

namespace tidegate {

// The ranks [begin, end) that are active at a step.
struct StepRows {
  index step, begin, rows, row;  // row: the first packed row
};

StepRows step_rows(const Packed& packed, index step, index begin, index end);

// The first row of state s before the step, and its leading dimension.
const real* state_before(const Scan& scan, int s, const StepRows& at, index* ld);

CellRows cell_rows(const Scan& scan, const StepRows& at);

// The weight of a product: rows [first * H, (first + groups) * H) of weight_hh, or weight_hr.
struct WeightBlock {
  const real* data;
  index offset, rows, cols;  // offset: of data in its tensor, in elements
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

constexpr index kRankGrain = 4;  // sequences that are worth a thread of their own

// Multiplications of a scan that are worth a second thread, about 50 us. With 0.4 million (LSTM 16, 8 sequences, 50 steps) two threads took 0.7
// of one thread's time where the cores were close to each other, and 1.7 of it where they shared no cache.
constexpr index kWorthThreads = index{1} << 20;

inline index multiplications(const Scan& scan, index rows) { return rows * scan.cell->gates * scan.size * scan.width; }

// Calls work(begin, end, stage, lane) for ranks that cover [0, sequences), for the stages 0 ... stages - 1 of each of them; ranks of one lane are
// those of one thread. A sequence's bits do not depend on its neighbours. all: the multiplications.
template <class Work>
void in_ranks(Threads& threads, index sequences, index all, index stages, const Work& work) {
  const index lanes = all < kWorthThreads ? 1 : threads.count(), grains = (sequences + kRankGrain - 1) / kRankGrain;
  const index ranks = (grains + lanes - 1) / lanes * kRankGrain;  // of a lane
  if (ranks == 0) return;
  threads.in_lanes(static_cast<int>((sequences + ranks - 1) / ranks), stages, [&](int lane, index stage) {
    work(ranks * lane, std::min(sequences, ranks * (lane + 1)), stage, lane);
  });
}

// Whether packing the weights for one call pays: with few rows it costs more than it saves.
bool worth_packing(const Packed& packed);

}  // namespace tidegate
