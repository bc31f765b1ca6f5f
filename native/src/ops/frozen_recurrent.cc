#include "ops/frozen_recurrent.h"

namespace tidegate {

FrozenLayer::FrozenLayer(Freezing& model, const CellChoice& choice, const Type& x, const RecurrentWeights& weights)
    : input_(model, x, choice.cell.gates, choice.size, model.parameter(weights.of(Weight::ih))) {
  const Cell& cell = choice.cell;
  const index size = choice.size, width = choice.width;
  const auto parameter = [&](int number) { return number < 0 ? nullptr : model.parameter(number); };
  for (int i = 0; i < cell.stages; ++i) {
    const Product& product = cell.stage[i].product;
    if (product.weight == Weight::none) continue;
    const real* weight = parameter(weights.of(product.weight));
    if (product.weight == Weight::hh) weight += product.first * size * width;
    stage_[i] = FrozenWeight(model, stage_shape(product, size, width), weight);
    stages_.of[i] = stage_[i].packed();
  }
  sum_biases(cell, size, weights, parameter, *model.k, start_.need(choice.tape_columns()));
  real* kept = own_.need(choice.gradient_columns() - choice.tape_columns());
  each_vector(cell, weights, [&](int number, int, int columns, int k) {
    if (number < 0) return;
    std::copy_n(parameter(number), columns * size, kept);
    vector_[k] = kept;
    kept += columns * size;
  });
  for (int i = 0; i < weights.count(); ++i) {
    if (weights[i] >= 0) model.replaced(weights[i]);
  }
}

index FrozenLayer::bytes() const {
  index total = input_.bytes() + start_.bytes() + own_.bytes();
  for (const FrozenWeight& weight : stage_) total += weight.bytes();
  return total;
}

}  // namespace tidegate
