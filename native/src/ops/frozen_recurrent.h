// The layers of a recurrent node in a frozen model.
#pragma once

#include <memory>
#include <vector>

#include "ops/frozen_affine.h"
#include "ops/recurrent_layer.h"

namespace tidegate {

// One layer in one direction.
class FrozenLayer {
 public:
  FrozenLayer(Freezing& model, const CellChoice& choice, const Type& x, const RecurrentWeights& weights);
  FrozenLayer(const FrozenLayer&) = delete;

  const AffineProduct& input() const { return input_.product(); }
  const StageWeights& stages() const { return stages_; }
  const real* start() const { return start_.data(); }  // the summed biases, the initial row of the tape
  const real* const* vectors() const { return vector_; }  // [kMaxFields], the cell's vectors; null: absent
  index bytes() const;

 private:
  const FrozenAffine input_;
  FrozenWeight stage_[kMaxStages];
  StageWeights stages_;
  Buffer<real> start_, own_;
  const real* vector_[kMaxFields] = {};  // in own_
};

class FrozenRecurrent : public Prepared {
 public:
  std::vector<std::unique_ptr<FrozenLayer>> layers;  // layer * directions + direction
  index bytes() const override {
    index total = 0;
    for (const auto& layer : layers) total += layer->bytes();
    return total;
  }
};

}  // namespace tidegate
