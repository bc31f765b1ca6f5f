#include "ops/frozen_recurrent.h"

#include "ops/affine.h"

namespace tidegate {

FrozenLayer::FrozenLayer(Freezing& model, const Cell& cell, index size, index width, const Type& x, const RecurrentWeights& weights)
    : input_(model, x, cell.gates, size, model.parameter(weights.ih)) {
  for (int i = 0; i < cell.stages; ++i) {
    const Product& product = cell.stage[i].product;
    if (product.weight == Weight::none) continue;
    const bool projection = product.weight == Weight::hr;
    const real* weight = projection ? model.parameter(weights.hr) : model.parameter(weights.hh) + product.first * size * width;
    stage_[i] = FrozenWeight(model, stage_shape(product, size, width), weight);
    stages_.of[i] = stage_[i].packed();
  }
  const auto bias = [&](int i) { return i < 0 ? nullptr : model.parameter(i); };
  sum_biases(cell, size, bias(weights.bias_ih), bias(weights.bias_hh), *model.k, start_.need((cell.gates + cell.slots) * size));
  for (const int replaced : {weights.ih, weights.hh, weights.bias_ih, weights.bias_hh, weights.hr}) {
    if (replaced >= 0) model.replaced(replaced);
  }
}

index FrozenLayer::bytes() const {
  index total = input_.bytes() + start_.bytes();
  for (const FrozenWeight& weight : stage_) total += weight.bytes();
  return total;
}

index FrozenScan::tape_rows(const Packed& packed, index columns) {
  constexpr index kClose = index{1} << 16;  // numbers that stay in the second cache beside the weights
  constexpr index kLeast = 128;             // rows that make an input product worth reading its weight
  const index most = std::max(std::max(kClose / columns, kLeast), packed.sequences());
  return std::min(most, packed.rows());
}

FrozenScan::FrozenScan(const FrozenLayer& layer, const Scan& scan, const Value& x, const Kernels& k, Scratch& scratch, const Threads& threads)
    : layer_(layer), scan_(scan), x_(x), k_(k), tape_rows_(tape_rows(*scan.packed, scan.tape_width())),
      joined_(scan.packed->steps() == 1 && layer.input().packed() != nullptr),
      workspace_(scratch.take<char>(checked_product("workspace", layer.input().workspace(tape_rows_), threads.count()))) {
  if (joined_) scan_.input = {layer.input().packed(), x.data, x.type.cols, layer.start()};
  work_.emplace(scan_, k, scratch, threads);
}

void FrozenScan::run(Threads& threads) {
  const Packed& packed = *scan_.packed;
  const index width = scan_.tape_width(), gates = scan_.cell->gates * scan_.size;
  for (index first = 0, last; first < packed.steps(); first = last) {
    last = first + 1;
    while (last < packed.steps() && packed.offset(last + 1) - packed.offset(first) <= tape_rows_) ++last;
    const index row = packed.offset(first), rows = packed.offset(last) - row;
    fill_rows(scan_.tape + gates, width, rows, layer_.start() + gates, width - gates);
    if (!joined_) {
      Value x = x_;
      x.rows = rows;
      if (x.data != nullptr) x.data += row * x.type.cols;
      if (x.ids != nullptr) x.ids += row;
      layer_.input().forward(k_, x, layer_.start(), scan_.tape, width, workspace_, threads);
    }
    scan_.tape_row = row;
    scan_forward(scan_, *work_, first, last, threads);
  }
}

}  // namespace tidegate
