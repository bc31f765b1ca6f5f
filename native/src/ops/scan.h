// The scan over time of one layer in one direction, for any cell: it runs the stages that the cell lists (cells/cell.h).
// Rows are packed; a right-to-left direction is the same scan over mirrored rows. States are indexed by rank here, so that the
// sequences which are active at a step are a prefix, and a shorter sequence's last state stays where it is.
#pragma once

#include "cells/cell.h"
#include "ops/op.h"

namespace tidegate {

struct Scan {
  const Cell* cell;
  index size;                   // H
  index width;                  // of h: H, or R of a projected cell
  const Packed* packed;
  const real* weight_hh;        // [gates * H, width]
  const real* weight_hr;        // [width, H] or null
  real* tape;                   // [rows, (gates + slots) * H]: input products and biases in, the tape out
  real* hidden;                 // [rows, width], every step's h
  index hidden_ld;
  real* memory;                 // [rows, H], every step's c; null for cells without
  const real* initial[kMaxStates];  // [N, width], [N, H]

  index tape_width() const { return (cell->gates + cell->slots) * size; }
  index state_width(int s) const { return s == 0 ? width : size; }
  real* state(int s) const { return s == 0 ? hidden : memory; }
  index state_ld(int s) const { return s == 0 ? hidden_ld : size; }
};

void scan_forward(const Scan& scan, const Kernels& k, Scratch& scratch, Threads& threads);

// The last state of each sequence, by rank: state s into last [N, width of s].
void scan_last(const Scan& scan, int s, real* last);

struct ScanGradient {
  const real* dhidden;   // [rows, width], gradient of every step's h
  index dhidden_ld;
  real* d[kMaxStates];   // [N, width], [N, H] by rank. In: gradient of the last states. Out: of the initial ones
  real* dtape;           // [rows, tape_width], out
  real* dweight_hh;      // added to; null: not wanted
  real* dweight_hr;
};

void scan_backward(const Scan& scan, const ScanGradient& gradient, const Kernels& k, Scratch& scratch, Threads& threads);

}  // namespace tidegate
