// One instruction set's kernels: includes everything that is written over Vec and lists it in a table. isa/x.cc
// defines TG_ISA and, inside namespace tidegate::TG_ISA's unnamed namespace, Vec. Nothing here may instantiate a standard template:
// the linker could keep this file's copy, compiled for this instruction set, for the whole library.

namespace tidegate {
namespace TG_ISA {
namespace {

#include "simd/wide-inl.h"
#include "simd/math-inl.h"
#include "simd/rows-inl.h"
#include "simd/elementwise-inl.h"
#include "simd/elementwise.def"
#undef TG_FUNCTION
#undef TG_OPERATION
#include "simd/panels-inl.h"
#include "simd/panels_bfloat16-inl.h"
#ifdef TG_BFLOAT16_DOT
#include "simd/panels_bfloat16_dot-inl.h"
using ChosenBfloat16Panels = Bfloat16DotPanels;
#else
using ChosenBfloat16Panels = Bfloat16Panels;
#endif
#include "simd/panels_int8-inl.h"
#include "simd/packed_rows-inl.h"
#include "simd/products-inl.h"
#include "cells/unit-inl.h"
#include "cells/activations-inl.h"
#include "cells/lstm_layer_norm-inl.h"
#include "cells_include.inc"
#include "optim/update-inl.h"
#include "optim/moments-inl.h"
#include "optimizers_include.inc"

// A cell file x-inl.h defines `constexpr Cell x_cells[]`.
const CellGroup cell_groups[] = {
#define TG_CELLS(name) {name##_cells, static_cast<int>(sizeof(name##_cells) / sizeof(Cell))},
#include "cells_table.inc"
#undef TG_CELLS
};

// An optimizer file x-inl.h defines `constexpr OptimizerKind x_optimizer`.
const OptimizerKind* const optimizers[] = {
#define TG_OPTIMIZER(name) &name##_optimizer,
#include "optimizers_table.inc"
#undef TG_OPTIMIZER
};

}  // namespace

extern const Kernels table;
const Kernels table = {
    TG_ISA_TEXT,
    Vec::lanes,
    {panel_kernels<Float32Panels>(), panel_kernels<ChosenBfloat16Panels>(), panel_kernels<Int8Panels>()},
    {row_kernels<Float32Row>(), row_kernels<Bfloat16Row>(), row_kernels<Int8Row>()},
    {multiply_nt, multiply_nn, multiply_tn, outer_workspace()},
#define TG_KERNEL(name, tolerance, arguments) name,
#include "simd/kernels.def"
#undef TG_KERNEL
    cell_groups,
    static_cast<int>(sizeof(cell_groups) / sizeof(CellGroup)),
    optimizers,
    static_cast<int>(sizeof(optimizers) / sizeof(optimizers[0])),
};

}  // namespace TG_ISA
}  // namespace tidegate
