// What an optimizer is: slots that it keeps for every parameter, hyperparameters with PyTorch's defaults, and one update that is
// compiled for each instruction set. A new optimizer is one file optim/x-inl.h and its line in the list in CMakeLists.txt.
#pragma once

#include "core/real.h"

namespace tidegate {

constexpr int kMaxSlots = 3;
constexpr int kMaxHypers = 8;
constexpr int kNoHyper = -1;

struct Hyper {
  const char* name;
  double least, greatest, standard;  // the range and the default; flags are 0 or 1
  bool flag;
};

struct Slot {
  const char* name;  // PyTorch's: exp_avg, exp_avg_sq, momentum_buffer, ...
  int needs;         // the slot is kept only if this hyperparameter is not 0; kNoHyper: always
  int start;         // the hyperparameter that fills it before the first step; kNoHyper: 0
};

// One step over a run of n parameters. A slot that is not kept is null.
struct OptimizerRun {
  index n;
  real* parameter;        // [n] in and out
  const real* gradient;   // [n]
  real* slot[kMaxSlots];  // [n] each, in and out
  double learning_rate;
  double hyper[kMaxHypers];
  std::int64_t step;      // 1 for the first
};

struct OptimizerKind {
  const char* name;
  int slots;
  Slot slot[kMaxSlots];
  int hypers;
  Hyper hyper[kMaxHypers];
  // What is wrong with hyperparameters that are each in range, null if nothing is; null itself if every combination is right.
  const char* (*conflict)(const double* hyper);
  void (*update)(const OptimizerRun&);
};

}  // namespace tidegate
