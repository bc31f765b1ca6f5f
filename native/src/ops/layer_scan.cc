#include "ops/layer_scan.h"

#include <algorithm>

#include "ops/affine.h"

namespace tidegate {

index LayerScan::chunk_rows(const Packed& packed, index columns) {
  constexpr index kClose = index{1} << 15;  // elements of the tape that stay in L2 beside the weights
  constexpr index kLeast = 64;              // rows that amortize reading the input weight
  const index most = std::max(std::max(kClose / columns, kLeast), packed.sequences());
  return std::min(most, packed.rows());
}

LayerScan::LayerScan(const Scan& scan, const LayerInput& input, bool keeps, const Kernels& k, Scratch& scratch, const Threads& threads)
    : input_(input), keeps_(keeps), k_(k),
      chunk_rows_(input.product.empty() ? scan.packed->rows() : chunk_rows(*scan.packed, scan.tape_width())),
      workspace_(scratch.take<char>(checked_product("workspace", input.product.workspace(chunk_rows_), threads.most()))),
      scan_(with_input(scan)), work_(scan_, k, scratch, threads) {}

Scan LayerScan::with_input(const Scan& scan) const {
  Scan with = scan;
  if (scan.packed->steps() == 1 && input_.product.packed() != nullptr) {
    with.input = {input_.product.packed(), input_.x.data, input_.x.type.cols, input_.start};
  }
  return with;
}

void LayerScan::run(Threads& threads) {
  const Packed& packed = *scan_.packed;
  const index width = scan_.tape_width(), gates = scan_.cell->gates * scan_.size;
  for (index first = 0, last; first < packed.steps(); first = last) {
    last = first + 1;
    while (last < packed.steps() && packed.offset(last + 1) - packed.offset(first) <= chunk_rows_) ++last;
    const index row = packed.offset(first), rows = packed.offset(last) - row;
    scan_.tape_row = keeps_ ? 0 : row;
    real* tape = scan_.tape + (row - scan_.tape_row) * width;
    if (!input_.product.empty()) fill_rows(tape + gates, width, rows, input_.start + gates, width - gates);
    if (!input_.product.empty() && scan_.input.weight == nullptr) {
      Value x = input_.x;
      x.rows = rows;
      if (x.data != nullptr) x.data += row * x.type.cols;
      if (x.ids != nullptr) x.ids += row;
      input_.product.forward(x, input_.start, tape, width, workspace_, threads);
    }
    scan_forward(scan_, work_, first, last, threads);
  }
}

}  // namespace tidegate
