// The table of kernels that each instruction set yields, and the choice of one.
#pragma once

#include <string>
#include <vector>

#include "cells/cell.h"
#include "core/real.h"
#include "optim/optimizer.h"

namespace tidegate {

// The cells of one source file.
struct CellGroup {
  const Cell* cells;
  int count;
};

// Products for few rows over a matrix B [k, n] packed once (simd/panels-inl.h). The layout is the instruction set's own; panels take
// k x n elements, n rounded up to a multiple of columns.
struct PanelKernels {
  int columns;
  void (*pack_columns)(real* panels, const real* b, index ldb, index k, index n);  // of B
  void (*pack_rows)(real* panels, const real* w, index ldw, index n, index k);     // of B = W^T, W [n, k]
  void (*add)(real* y, index ldy, const real* x, index ldx, const real* panels, index m, index n, index k);  // y [m,n] += x B
};

struct Kernels {
  const char* name;
  int lanes;  // reals in one vector
  PanelKernels panels;
#define TG_KERNEL(name, arguments) void(*name) arguments;
#include "simd/kernels.def"
#undef TG_KERNEL
  const CellGroup* cell_groups;
  int cell_group_count;
  const OptimizerKind* const* optimizers;
  int optimizer_count;

  const Cell* cell(const std::string& name) const;                  // null if there is none
  std::vector<std::string> cell_names() const;
  const OptimizerKind* optimizer(const std::string& name) const;    // null if there is none
  std::vector<std::string> optimizer_names() const;
};

// The instruction set in use: the first of the list that this processor has, or what TIDEGATE_ISA forces. Throws unsupported.
const Kernels& kernels();

// All that this processor has, best first (generic is always the last).
std::vector<const Kernels*> available_kernels();

// The instruction set of that name; null or "": the best that this processor has. Throws unsupported if it lacks what is asked for.
const Kernels& choose_kernels(const char* asked);

// Makes kernels() return these from now on; for tests that loop over available_kernels().
void force_kernels(const Kernels& chosen);

}  // namespace tidegate
