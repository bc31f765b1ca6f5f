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

enum class Precision { float32, bfloat16, int8 };  // of the weights in products; sums and everything else are float32
constexpr int kPrecisions = 3;

// The columns of a weight as panels hold them: groups (the gates of a cell; 1 where there are none) of `size` units each, for k
// inputs. A panel holds the same units of all groups side by side (simd/panels-inl.h).
struct PanelShape {
  int groups;
  index size, k;
};

// y[row, group, unit] = start[row, group, unit] + sum over segments s and i < k / segments of x[s][row, i] B[s * k / segments + i, group, unit]
struct PanelProduct {
  // The columns of one group. start may be y; start_ld = 0 starts every row from the same numbers.
  struct Target {
    const real* start;
    index start_ld;
    real* y;
    index y_ld;
  };
  PanelShape shape;
  const void* panels;
  int segments;                // x may be in several segments of equal width
  const real* x[kMaxGroups];
  index x_ld;
  index rows;
  Target target[kMaxGroups];
  void* workspace;             // workspace() bytes, for one thread
};

// Products over the same units and the cell's kernel over their results, block by block. Unused fields stay unwritten: a step of a small
// layer is short.
struct PanelPass {
  PanelProduct product[2];
  int products = 0;
  CellKernel kernel = nullptr;  // null: none. It sees all rows of the cells, also those beyond the products' rows
  const CellRows* cells = nullptr;
  index unit = 0, unit_end = 0; // unit is a multiple of every panel's units
  bool descending = false;      // blocks from the last to the first; the same bits either way
};

// Products with a matrix B [k, groups * size] that is packed once. The layout is the instruction set's own.
struct PanelKernels {
  index block;  // where unit ranges may be cut: a multiple of every panel's units
  index (*units)(const PanelShape&);                                                 // of a panel: where they may be cut of that shape
  index (*bytes)(const PanelShape&);                                                 // of the panels
  index (*workspace)(const PanelShape&, index rows);                                 // of PanelProduct::workspace
  void (*pack_rows)(void* panels, const PanelShape&, const real* w, index ldw);      // B = W^T, W [groups * size, k]
  void (*pack_columns)(void* panels, const PanelShape&, const real* b, index ldb);   // B [k, groups * size]
  void (*read_row)(real* y, const void* panels, const PanelShape&, index unit);      // y [k] = a row of W, of one group, as products see it
  void (*run)(const PanelPass&);
};

// A product of matrices that are not packed, with their leading dimensions: C [m, n] from m x k and k x n numbers.
struct MatrixProduct {
  index m, n, k;
  const real* a;
  index lda;
  const real* b;
  index ldb;
  const real* start;  // [m, n], what the sums are added to: C itself, or other numbers; start_ld = 0: one row for all
  index start_ld;
  real* c;
  index ldc;
};

// In the letters of BLAS: n is a matrix as it stands, t one that is transposed (simd/products-inl.h).
struct ProductKernels {
  void (*nt)(const MatrixProduct&);                   // C = start + A B^T, A [m, k], B [n, k]
  void (*nn)(const MatrixProduct&);                   // C = start + A B, A [m, k], B [k, n]
  void (*tn)(const MatrixProduct&, void* workspace);  // C += A^T B, A [k, m], B [k, n]; start is not read
  index workspace;                                    // bytes of tn's, for one thread
};

// Rows of a table, each packed by itself (simd/packed_rows-inl.h).
struct RowKernels {
  index (*bytes)(index cols);                                // of a row
  void (*pack)(void* row, const real* x, index cols);
  void (*read)(real* y, const void* row, index cols);        // y = the row
  void (*add)(real* y, const void* row, index cols);         // y += the row
};

// Which operand of an elementwise operation is one number for all elements (simd/elementwise-inl.h).
enum class Single { none, left, right };

struct Kernels {
  const char* name;
  int lanes;  // reals in one vector
  PanelKernels panels[kPrecisions];  // by Precision
  RowKernels rows[kPrecisions];
  ProductKernels products;
#define TG_KERNEL(name, tolerance, arguments) void(*name) arguments;
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
