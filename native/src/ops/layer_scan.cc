#include "ops/layer_scan.h"

#include <algorithm>

#include "ops/affine.h"
#include "ops/scan_over_steps.h"

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
      scan_(with_input(scan)), work_(scan_, k, scratch, threads) {
  // A chunk's rows are chunk_rows_ at most, or those of one step.
  const Packed& packed = *scan.packed;
  const auto end = [&](index first) {
    index last = first + 1;
    while (last < packed.steps() && packed.offset(last + 1) - packed.offset(first) <= chunk_rows_) ++last;
    return last;
  };
  for (index step = 0; step < packed.steps(); step = end(step)) ++chunks_;
  chunk_ = scratch.take<index>(chunks_ + 1);
  chunk_[0] = 0;
  for (index c = 0; c < chunks_; ++c) chunk_[c + 1] = end(chunk_[c]);
}

Scan LayerScan::with_input(const Scan& scan) const {
  Scan with = scan;
  if (scan.packed->steps() == 1 && input_.product.packed() != nullptr) {
    with.input = {input_.product.packed(), input_.x.data, input_.x.type.cols, input_.start};
  }
  return with;
}

Value LayerScan::input_rows(index row, index rows) const {
  Value x = input_.x;
  x.rows = rows;
  if (x.data != nullptr) x.data += row * x.type.cols;
  if (x.ids != nullptr) x.ids += row;
  return x;
}

// Where units do not need each other's states a thread takes some through all steps, products too, and waits for nobody, unless there
// are so few that rows keep more threads busy.
bool LayerScan::in_units(const Threads& threads) const {
  constexpr index kRows = 32;  // of a product that are worth a thread of their own
  if (threads.count() == 1 || !scan_.cell->over_steps() || scan_.cell->slots > 0 || keeps_ || scan_.input.weight != nullptr ||
      input_.product.packed() == nullptr) {
    return false;
  }
  const index most = threads.count(), parts = scan_.size / input_.product.part_units();
  return parts > 1 && std::min(most, parts) >= std::min(most, chunk_rows_ / kRows);
}

// The units are a layer of their own then, with a tape of their own: tapes side by side would have the caches of two cores pass lines
// to and fro.
void LayerScan::run_units(index chunk, index unit, index unit_end, char* workspace) const {
  const Packed& packed = *scan_.packed;
  const index first = chunk_[chunk], last = chunk_[chunk + 1];
  Scan scan = scan_;
  scan.size = unit_end - unit;
  scan.tape += chunk_rows_ * unit * scan.cell->gates;
  scan.tape_row = packed.offset(first);
  scan.hidden += unit;
  scan.initial[0] += unit;
  const Value x = input_rows(scan.tape_row, packed.offset(last) - scan.tape_row);
  input_.product.forward_units(x, input_.start, scan.tape, unit, unit_end, workspace);
  forward_over_steps(scan, {0, packed.sequences(), 0, scan.size}, first, last);
}

void LayerScan::run(Threads& threads) {
  const Packed& packed = *scan_.packed;
  const index width = scan_.tape_width(), gates = scan_.cell->gates * scan_.size;
  if (in_units(threads)) {
    const index grain = input_.product.part_units(), bytes = input_.product.workspace(chunk_rows_), size = scan_.size;
    constexpr index kWork = index{1} << 22;  // multiplications that are worth a second thread, some 30 us
    const index most = packed.rows() * gates * input_.x.type.cols < kWork ? 1 : threads.count();
    const index grains = (size + grain - 1) / grain, units = (grains + most - 1) / most * grain;
    threads.in_lanes(static_cast<int>((size + units - 1) / units), chunks_, [&](int lane, index chunk) {
      run_units(chunk, units * lane, std::min(size, units * (lane + 1)), workspace_ + lane * bytes);
    });
    return;
  }
  for (index c = 0; c < chunks_; ++c) {
    const index first = chunk_[c], last = chunk_[c + 1], row = packed.offset(first), rows = packed.offset(last) - row;
    scan_.tape_row = keeps_ ? 0 : row;
    real* tape = scan_.tape + (row - scan_.tape_row) * width;
    if (!input_.product.empty()) fill_rows(tape + gates, width, rows, input_.start + gates, width - gates);
    if (!input_.product.empty() && scan_.input.weight == nullptr) {
      input_.product.forward(input_rows(row, rows), input_.start, tape, width, workspace_, threads);
    }
    scan_forward(scan_, work_, first, last, threads);
  }
}

}  // namespace tidegate
