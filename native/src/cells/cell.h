// The interface between a recurrent cell and the scan over time (ops/scan.cc): the scan knows no gate, a cell knows no time.
//
// The tape of a row holds `gates` columns of H, the gate pre-activations, which start as W_ih x + b, then `slots` further columns of H for
// other intermediate results. A step is a list of stages; a stage first makes a product with a recurrent weight, then runs an elementwise
// kernel over the active rows. The backward pass walks the list in reverse: each stage's kernel computes the gradients of the tape and of
// the old states from those of the new states, then its product propagates them.
//
//   lstm               h x W_hh -> gates, kernel
//   gru                h x W_hh -> gates r z and, for n, a slot (reset after the product), kernel
//   gru_reset_before   h x W_hh[r z] -> gates, kernel (writes r*h to a slot); slot x W_hh[n] -> gate n, kernel
//   lstm_projected     h x W_hh -> gates, kernel (writes o*tanh c to a slot); slot x W_hr -> h
//
// A cell without recurrent products (h only enters elementwise, as in the SRU or the QRNN) has stages of kernels alone: Weight::none.
// tests/cells_test.cc runs such a cell; no registered one needs it so far. A kernel is written once over Vec (simd/) and compiled once for
// each instruction set; a cell sees only one vector of units of one row (cells/unit-inl.h). It is called for a block of units as soon
// as the product of that block is done (simd/panels-inl.h), while its operands are in L1.
#pragma once

#include "core/real.h"

namespace tidegate {

constexpr int kHidden = -1;     // as a product's source: h of the step before; as its target: the new h
constexpr int kMaxStates = 2;   // h, c
constexpr int kMaxGroups = 4;   // gates of one product
constexpr int kMaxStages = 2;

enum class Weight { none, hh, hr };

// target[:, columns of H] += source x weight^T, gate by gate.
struct Product {
  Weight weight = Weight::none;  // none: the stage has no product
  int first = 0, groups = 0;     // the gates of weight_hh: rows [first * H, (first + groups) * H); weight_hr is taken whole, as one group
  int source = kHidden;          // kHidden, or a column of the tape
  int target[kMaxGroups] = {};   // the column of the tape that each group is added to, or kHidden
};

// W_hh's gates [first, first + groups) times source, each group to its target.
template <class... Targets>
constexpr Product hh_product(int source, int first, Targets... targets) {
  return {Weight::hh, first, static_cast<int>(sizeof...(targets)), source, {targets...}};
}
// W_hr times source is the new h.
constexpr Product hr_product(int source) { return {Weight::hr, 0, 1, source, {kHidden}}; }

// The operands of a kernel: n rows of one step. Every pointer is [n, H] with its own leading dimension.
struct CellRows {
  index rows;
  index size;  // H
  real* tape;  // [n, (gates + slots) * H]: pre-activations in; out, what the backward pass needs
  index tape_ld;
  const real* prev[kMaxStates];  // the states before the step
  index prev_ld[kMaxStates];
  real* next[kMaxStates];        // the states after it
  index next_ld[kMaxStates];
  // Backward only. d[s]: in, the gradient of the new state; out, that of the old state without what its products add. dtape: gates out;
  // slots in or out, by the cell.
  real* d[kMaxStates];
  index d_ld[kMaxStates];
  real* dtape;
  index dtape_ld;
};

// The part of the rows that one call of a kernel works on.
struct CellSpan {
  index row, row_end;
  index unit, unit_end;  // unit is a multiple of the vector's lanes
};

using CellKernel = void (*)(const CellRows&, const CellSpan&);

struct Stage {
  Product product;
  CellKernel forward = nullptr, backward = nullptr;  // null: no kernel
};

struct Cell {
  const char* name = nullptr;
  int gates = 0;           // G: columns that receive the input product
  int slots = 0;           // further columns of the tape
  int states = 1;          // 1: h. 2: h and c
  bool projected = false;  // h is R wide (weight_hr), all else H
  int forget_gate = -1;    // the gate that the forget_bias attribute sets, -1 if there is none
  int stages = 1;
  Stage stage[kMaxStages];
};

}  // namespace tidegate
