// The scan over time of one layer in one direction, for any cell: it runs the stages that the cell lists (cells/cell.h).
// Rows are packed; a right-to-left direction is the same scan over mirrored rows. States are indexed by rank here, so that the
// sequences which are active at a step are a prefix, and a shorter sequence's last state stays where it is.
#pragma once

#include "cells/cell.h"
#include "ops/op.h"
#include "ops/packed_weight.h"

namespace tidegate {

// A cell's recurrent weights, packed for h x W^T.
struct StageWeights {
  PackedWeight of[kMaxStages];  // empty where a stage has no product
};

// The input product inside the time loop, for scans of a single step: one pass over the weights of both products.
struct StepInput {
  const PackedWeight* weight = nullptr;  // null: the tape holds the input products already
  const real* x = nullptr;               // [rows, C]
  index x_ld = 0;
  const real* bias = nullptr;            // [gates * H]
};

struct Scan {
  const Cell* cell;
  index size;                   // H
  index width;                  // of h: H, or R of a projected cell
  const Packed* packed;
  const real* weight_hh;        // [gates * H, width]; null where `weights` replace it
  const real* weight_hr;        // [width, H] or null
  const real* const* vector;    // the cell's vectors, [H] or [gates * H]; null: absent
  const StageWeights* weights;  // of a frozen model; null: packed for the call
  StepInput input;
  bool descending;              // forward: the first step takes the units from the last to the first; steps alternate
  real* tape;                   // [rows, (gates + slots) * H]: biases + input products in, the tape out
  index tape_row;               // the first packed row of the tape, which may hold a chunk of the steps
  real* hidden;                 // [rows, width], every step's h
  index hidden_ld;
  real* memory;                 // [rows, H], every step's c; null for cells without
  bool one_memory;              // memory is [N, H]: c of the current step alone, updated in place
  const real* initial[kMaxStates];  // [N, width], [N, H]
  index gradient_width;         // of dtape: behind the tape's columns those of the vectors' gradients

  index tape_width() const { return cell->tape_columns() * size; }
  index state_width(int s) const { return s == 0 ? width : size; }
  real* state(int s) const { return s == 0 ? hidden : memory; }
  index state_ld(int s) const { return s == 0 ? hidden_ld : size; }
  // The row of state s after a step, for the sequence of that rank.
  index state_row(int s, index step, index rank) const { return s > 0 && one_memory ? rank : packed->row(rank, step); }
};

// The shape of a stage's weight for h x W^T: its gates as groups, or W_hr as one.
PanelShape stage_shape(const Product& product, index size, index width);

// The workspace of a forward scan, taken from scratch beforehand so that scans may run in parallel.
class ScanWork {
 public:
  ScanWork(const ScanWork&) = delete;
  ScanWork& operator=(const ScanWork&) = delete;
  ScanWork(const Scan& scan, const Kernels& k, Scratch& scratch, const Threads& threads);
  // Whether every product can be split by units; those without panels are made whole.
  bool in_panels() const { return in_panels_; }

 private:
  friend class ForwardScan;
  bool in_panels_ = true;
  StageWeights packed_;
  const StageWeights* weights_;
  const PanelKernels* kernels_;
  const ProductKernels* products_;
  const real* zeros_;
  char* workspace_;
  index input_workspace_;  // where the input product's part of a thread's workspace begins
  index workspace_bytes_;  // of one thread
};

// The steps [first, last).
void scan_forward(const Scan& scan, const ScanWork& work, index first, index last, Threads& threads);

struct ScanGradient {
  const real* dhidden;   // [rows, width], gradient of every step's h
  index dhidden_ld;
  real* d[kMaxStates];   // [N, width], [N, H] by rank. In: gradient of the last states. Out: of the initial ones
  real* dtape;           // [rows, gradient_width], out
  real* dweight_hh;      // added to; null: not wanted
  real* dweight_hr;
};

// The workspace of a backward scan, taken from scratch beforehand.
class BackwardWork {
 public:
  BackwardWork(const BackwardWork&) = delete;
  BackwardWork& operator=(const BackwardWork&) = delete;
  BackwardWork(const Scan& scan, const Kernels& k, Scratch& scratch);

 private:
  friend class BackwardScan;
  friend void scan_backward(const Scan&, const ScanGradient&, const BackwardWork&, index, index, Threads&);
  friend void add_weight_gradients(const Scan&, const ScanGradient&, const BackwardWork&, Scratch&, Threads&);
  const Kernels& k_;
  StageWeights weights_;  // packed for dy x W
  const real* zeros_;
  real* projected_;       // [rows, width]: the gradient of a projected h, or null
};

// The steps [first, last), from the last to the first. Then dtape of these steps is complete, and gradient.d is that of the states before
// step `first`, for its active sequences.
void scan_backward(const Scan& scan, const ScanGradient& gradient, const BackwardWork& work, index first, index last,
                   Threads& threads);

// Weight gradients are computed after the time loop: one product over all rows for each block of a weight.
void add_weight_gradients(const Scan& scan, const ScanGradient& gradient, const BackwardWork& work, Scratch& scratch,
                          Threads& threads);

// [rows, width]: the previous h of every row, gathered.
const real* hidden_before(const Scan& scan, Scratch& scratch);

}  // namespace tidegate
