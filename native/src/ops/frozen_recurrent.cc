#include "ops/frozen_recurrent.h"

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

}  // namespace tidegate
